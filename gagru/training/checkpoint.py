"""What a training that is interrupted goes on from, and which of two processes may write a fold's results."""

import hashlib
import json
import uuid
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from gagru.storage.files import whole, write_text
from gagru.task.errors import InputError


class Checkpoint:
    """The state of a training after its last epoch, one file that `folder` holds until the training is finished.

    Whoever makes the latest `Checkpoint` of a folder owns the folder. A process that goes on though its workflow was
    killed finds so that another has taken over, and ends without having written anything.

    Parameters
    ----------
    folder : of the fold's results
    describes : everything the training depends on, as JSON can hold it: settings, data, code, versions. A checkpoint
        that was written under another description is not used.
    """

    def __init__(self, folder, describes: dict):
        self.path = Path(folder) / "checkpoint.safetensors"
        self.owner = Path(folder) / ".owner"
        self.token = uuid.uuid4().hex
        self.key = hashlib.sha256(json.dumps(describes, sort_keys=True).encode()).hexdigest()
        write_text(self.owner, self.token)

    def check_owner(self) -> None:
        """Raise `InputError` where another process has taken over the folder."""
        if not self.owner.is_file() or self.owner.read_text(encoding="utf-8") != self.token:
            raise InputError(f"{self.owner.parent}: another process trains this fold now; this one ends")

    def save(self, tensors: dict[str, torch.Tensor], values: dict) -> None:
        """Keep the state after an epoch: `tensors` by name, and `values` that JSON can hold."""
        self.check_owner()
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        with whole(self.path) as temporary:
            # Not save_file, whose errors do not tell a full disk.
            temporary.write_bytes(save(tensors, {"key": self.key, "values": json.dumps(values)}))

    def load(self, report) -> tuple[dict[str, torch.Tensor], dict] | None:
        """What `save` kept. None where there is nothing, or (after a `report`) nothing that may be used."""
        if not self.path.is_file():
            return None
        try:
            with safe_open(self.path, "pt") as file:
                found = file.metadata()
                if found["key"] != self.key:
                    report(f"{self.path}: of other settings, data or code, so it is not used; training starts anew")
                    return None
                return {name: file.get_tensor(name) for name in file.keys()}, json.loads(found["values"])  # noqa: SIM118
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            report(f"{self.path}: damaged ({error}), so it is not used; training starts anew")
            return None

    def remove(self) -> None:
        """Leave nothing behind: the training is finished."""
        self.path.unlink(missing_ok=True)
        self.owner.unlink(missing_ok=True)
