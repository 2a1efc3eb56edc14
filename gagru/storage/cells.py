"""CSV files that users wrote."""

import pandas as pd

from gagru.task.errors import InputError


def read_cells(path, what: str) -> pd.DataFrame:
    """The cells of a CSV file that a user wrote, as text; an empty cell is an empty text.

    Raises `InputError` where it is no CSV file in UTF-8; `what` it should be is named, as "a CSV file of predictions".
    """
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name {what}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text ({error.reason}); save it as CSV in UTF-8") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: is not CSV ({str(error).strip()}); mend it") from error
