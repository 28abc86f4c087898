"""Whether a table fits into the memory of the machine."""

import os

from skgen._cli.messages import Misuse

BYTES_OF_CELL = 64  # a number, what it is drawn from, and its text
TOO_LARGE = (
    "there is not enough memory; ask for fewer rows by -n, or leave columns out by "
    "--drop"
)


def check_size(n_rows, n_columns):
    """Raise an error if a table to be drawn is larger than the memory."""
    memory = _memory()
    needed = n_rows * n_columns * BYTES_OF_CELL
    if memory is not None and needed > memory:
        most = max(1, memory // (n_columns * BYTES_OF_CELL))
        raise Misuse(
            f"-n {n_rows}: this number of rows of {n_columns} columns does not fit "
            f"into the memory of this machine, which holds {most} at the most; ask for "
            "fewer, and again with another --random-state"
        )


def _memory():
    """Bytes of memory, None if the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
