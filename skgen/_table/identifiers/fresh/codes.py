"""Codes: texts that have an alphabet of characters at each place."""

import re
from dataclasses import dataclass

import numpy as np

from skgen._table.identifiers.fresh.groups import FEWEST, group_texts
from skgen._table.identifiers.fresh.placeholders import (
    ALPHABETS,
    DIGITS,
    LOWER,
    UPPER,
    alphabet_of,
    draw_characters,
    join_characters,
)

#: if each character was seen this often at a place, no other one may stand there
OFTEN = 10
#: possible codes for each real one; else places are widened
ROOM = 4
#: longest set of characters that a mask lists
LISTED = 8

_ALNUM = re.compile(r"[^\W_]")
_MIXED = ALPHABETS.keys() - {DIGITS, LOWER, UPPER}


@dataclass(frozen=True)
class Code:
    """Texts of one length.

    Parameters
    ----------
    places : list of [str, list of float or None]
        For each place the characters that may stand there, and their shares; a single
        one is fixed.

    Examples
    --------
    >>> from skgen._table.identifiers.fresh.codes import Code
    >>> Code.fit([f"C-{number:05}" for number in range(100, 2000)]).mask
    'C-0####'
    """

    places: list

    @classmethod
    def fit_all(cls, texts):
        """Shares and forms of texts that have the same signs at the same places."""
        groups = group_texts([_ALNUM.sub("x", text) for text in texts], texts)
        return [(share, cls.fit(group)) for share, group in groups]

    @classmethod
    def fit(cls, texts):
        """Fit to texts of the same length."""
        places = [_place(column) for column in zip(*texts, strict=True)]
        _mix_alphabets(places)
        _widen(places, ROOM * len(texts))
        return cls(places)

    @property
    def mask(self):
        return "".join(_sign(characters) for characters, _ in self.places)

    def draw(self, n, extra, rng):
        """List of `n` texts, each with `extra` more characters than it should have."""
        places = list(self.places)
        free = [at for at, (letters, _) in enumerate(places) if len(letters) > 1]
        if free:
            places[free[-1] : free[-1]] = [places[free[-1]]] * extra
        else:
            places += [["-", None], *[[DIGITS, None]] * (1 + extra)]
        matrix = np.empty((n, len(places)), dtype="U1")
        for at, (characters, shares) in enumerate(places):
            matrix[:, at] = draw_characters(characters, n, rng, shares)
        return join_characters(matrix)


def _place(column):
    """What may stand at a place: the few characters seen there, or their alphabet."""
    characters, counts = np.unique(column, return_counts=True)
    characters = characters.tolist()
    alphabet = alphabet_of(set(characters))
    if len(characters) == 1 and not _ALNUM.match(characters[0]):
        return [characters[0], None]
    if len(column) < FEWEST:  # too few for any of their characters to be kept
        return [alphabet if alphabet in ALPHABETS else LOWER, None]
    if len(characters) == 1:
        return [characters[0], None]
    known = len(column) >= OFTEN * len(characters) and counts.min() >= FEWEST
    # letters are rarely all seen, digits are
    few = len(characters) * (1 if alphabet == DIGITS else 2) < len(alphabet)
    if known and few:
        return ["".join(characters), (counts / counts.sum()).round(3).tolist()]
    return [alphabet, None]


def _mix_alphabets(places):
    """Give all places of a mixed run, such as hexadecimal digits, its alphabet."""
    for run in _runs(places):
        known = {places[at][0] for at in run if places[at][0] in ALPHABETS}
        joint = alphabet_of(set("".join(known)))
        for at in run if known & _MIXED else ():
            if places[at][0] in known:
                places[at] = [joint, None]


def _widen(places, wanted):
    """Let more digits stand at places of digits, from the last to the first."""
    for fixed_too in (False, True):
        for run in _runs(places):
            if all(len(places[at][0]) == 1 for at in run):
                continue
            for at in reversed(run):
                characters = places[at][0]
                room = np.prod([float(len(letters)) for letters, _ in places])
                if room >= wanted:
                    return
                if set(characters) <= set(DIGITS) and (
                    fixed_too or len(characters) > 1
                ):
                    places[at] = [DIGITS, None]


def _runs(places):
    """Positions of the places between signs such as a hyphen."""
    runs = [[]]
    for at, (characters, _) in enumerate(places):
        if len(characters) == 1 and not _ALNUM.match(characters):
            runs.append([])
        else:
            runs[-1].append(at)
    return runs


def _sign(characters):
    if len(characters) == 1:
        return characters
    if set(characters) < set(DIGITS) and len(characters) > FEWEST:
        return "#"
    listed = f"[{characters}]" if len(characters) <= LISTED else "?"
    return ALPHABETS.get(characters, listed)
