"""New values that are distinct and none of the real ones."""

from base64 import b64decode, b64encode
from hashlib import blake2b

import numpy as np

from skgen._math.hashing import mix

#: cells of a filter for each value: about a third of all other values look real too
CELLS = 2
#: rounds without enough new values before a pattern is widened, and rounds in all
FEW, MAX_ROUNDS = 0.1, 60


class SeenValues:
    """Set of values that answers "certainly not" or "perhaps", and lists nothing.

    Each value marks one of at least 2 n cells, found by a hash; a value whose cell is
    not marked is none of them. Of all other values 22 to 40 % meet a marked cell. So
    whoever has the set and tries all possible values finds many times the real ones,
    even where only few values are possible and any hash can be undone.

    Parameters
    ----------
    marks : ndarray of bool
        As many cells as a power of two.
    salt : int
        Makes the cells of another table others.
    """

    def __init__(self, marks, salt):
        self.marks = marks
        self.salt = salt

    @classmethod
    def of(cls, values):
        """Set of the values of an array of texts, or of whole numbers as uint64."""
        keys = hashes(values)
        # of the values, so that equal columns have equal sets
        salt = int(np.bitwise_xor.reduce(keys, initial=np.uint64(len(keys))))
        n_cells = 1 << max(3, (CELLS * len(keys) - 1).bit_length())
        seen = cls(np.zeros(n_cells, dtype=bool), salt)
        seen.marks[seen._cells(keys)] = True
        return seen

    def _cells(self, keys):
        bits = len(self.marks).bit_length() - 1
        return (mix(keys, self.salt) >> np.uint64(64 - bits)).astype(np.intp)

    def may_hold(self, values):
        """Mask of the values that may be in the set; False is certain."""
        return self.marks[self._cells(hashes(values))]

    def to_dict(self):
        packed = np.packbits(self.marks).tobytes()
        return {"salt": self.salt, "marks": b64encode(packed).decode("ascii")}

    @classmethod
    def from_dict(cls, known):
        packed = np.frombuffer(b64decode(known["marks"]), dtype=np.uint8)
        return cls(np.unpackbits(packed).astype(bool), known["salt"])


def hashes(values):
    """64-bit hashes of texts, or of whole numbers as uint64.

    Parameters
    ----------
    values : sequence of str, or ndarray of uint64
    """
    if isinstance(values, np.ndarray) and values.dtype == np.uint64:
        return mix(values)
    digests = b"".join(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for text in values
    )
    return np.frombuffer(digests, dtype=np.uint64)


def draw_fresh(draw, n, may_hold):
    """Distinct values, none of them seen.

    Parameters
    ----------
    draw : callable
        ``draw(n, extra)`` returns a list of n values, of more possible ones if `extra`,
        from 0, is larger.
    n : int
    may_hold : callable
        Mask of the values of a list that may be real ones.

    Returns
    -------
    values : list of length n
        Values repeat only if, after many rounds, there are not enough others.
    """
    found, extra = {}, 0
    for _ in range(MAX_ROUNDS):
        missing = n - len(found)
        if missing <= 0:
            break
        drawn = draw(2 * missing + 8, extra)
        new = [value for value in dict.fromkeys(drawn) if value not in found]
        fresh = ~may_hold(new)
        new = [value for value, is_fresh in zip(new, fresh, strict=True) if is_fresh]
        found.update(dict.fromkeys(new[:missing]))
        if len(new) < FEW * len(drawn):
            extra += 1
    values = list(found)
    while len(values) < n:
        values += values[: n - len(values)] or draw(n, extra)
    return values
