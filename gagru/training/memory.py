"""How a training process gets its memory."""

import ctypes

# Options of mallopt(3), from glibc's malloc.h.
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


def keep_freed_memory() -> None:
    """Have the C library keep freed memory for what is allocated next, for the rest of the process.

    glibc hands large blocks back to the system, so that every training step gets the same memory anew, page by page,
    which takes a tenth of its time. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, -1)
