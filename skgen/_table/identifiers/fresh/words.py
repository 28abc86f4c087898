"""Words: names in a fixed order of words and signs, and free text."""

import re
from collections import Counter
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from skgen._table.identifiers.fresh.groups import draw_keys, group_texts, shares_of
from skgen._table.identifiers.fresh.placeholders import CASES, VOWELS, draw_words

#: share of texts, and number of them, that hold a word which is kept: "Street"
COMMON, COMMON_ROWS = 0.2, 10
#: numbers at a place that are kept if all are frequent
FEW_NUMBERS = 60
#: share of vowels in the words of any language, but not in random letters
VOWEL_SHARES = 0.25, 0.7
#: of the signs between words, those that are rarer are left out
RARE = 0.02
LONGEST = 30
#: words that long texts are made of
VOCABULARY = 20_000

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[\W_]")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_BETWEEN = re.compile(r"([\W_]+)")


def hold_words(texts):
    """Whether most texts hold words of some language, rather than random letters.

    Parameters
    ----------
    texts : list of str
    """
    found = [_LONG_WORD.findall(text) for text in texts[:: max(1, len(texts) // 2000)]]
    letters = normalize("NFD", "".join(word for words in found for word in words))
    letters = [letter for letter in letters.lower() if letter.isalpha()]
    latin = [letter for letter in letters if letter.isascii()]
    if 2 * sum(map(bool, found)) < len(found):
        return False
    if 2 * len(latin) < len(letters):  # of another script
        return True
    share = sum(letter in VOWELS for letter in latin) / len(latin)
    mixed = all(set(text.lower()) <= set("0123456789abcdef-:{}") for text in texts)
    return VOWEL_SHARES[0] <= share <= VOWEL_SHARES[1] and not mixed


def case_of(token):
    """How a token of letters or digits is spelled; a sign stands for itself."""
    if token.isdecimal():
        return "digits"
    if not token[0].isalpha():
        return token
    if token.upper() == token.lower():
        return "signs"
    if token.isupper() and len(token) > 1:
        return "upper"
    return "title" if token[0].isupper() else "lower"


# --- a fixed order ------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """Words and signs in a fixed order, such as "Aaaa, A. Aaaa".

    Parameters
    ----------
    slots : list of (str or dict)
        A text that is always the same, or what is known of the words at a place: their
        ``case``, the shares of their ``lengths``, the shares of those that are
        ``kept``, and whether numbers may begin with ``zeros``.
    """

    slots: list

    @classmethod
    def fit_all(cls, texts):
        """Shares and forms of texts with the same kinds of words in the same order."""
        parts = [_TOKEN.findall(text) for text in texts]
        groups = group_texts([tuple(map(case_of, tokens)) for tokens in parts], parts)
        return [(share, cls.fit(group)) for share, group in groups]

    @classmethod
    def fit(cls, parts):
        """Fit to texts that were split into tokens of the same kinds."""
        return cls([_slot(Counter(column)) for column in zip(*parts, strict=True)])

    @property
    def mask(self):
        return "".join(map(_slot_mask, self.slots))

    def draw(self, n, extra, rng):
        """List of `n` texts, each with `extra` more characters than it should have."""
        slots = list(self.slots)
        free = [at for at, slot in enumerate(slots) if not isinstance(slot, str)]
        if not free:
            slots += ["-", {"case": "digits", "lengths": {"1": 1.0}, "kept": {}}]
            free = [len(slots) - 1]
        # names grow by their words, not by the number behind them
        last = max(free, key=lambda at: (slots[at]["case"] != "digits", at))
        columns = [
            [slot] * n
            if isinstance(slot, str)
            else _draw_slot(slot, n, extra * (at == last), rng)
            for at, slot in enumerate(slots)
        ]
        return list(map("".join, zip(*columns, strict=True)))


def _slot(counts):
    total = sum(counts.values())
    least = max(COMMON_ROWS, COMMON * total)
    first = next(iter(counts))
    if case_of(first) == "digits" and len(counts) <= FEW_NUMBERS:
        # all of them are frequent, such as months
        least = COMMON_ROWS if min(counts.values()) >= COMMON_ROWS else least
    kept = {token: round(n / total, 4) for token, n in counts.items() if n >= least}
    if len(counts) == 1 and (kept or not first[0].isalnum()):
        return first
    lengths = Counter()
    for token, count in counts.items():
        if token not in kept:
            lengths[len(token)] += count
    return {
        "case": case_of(first),
        "lengths": shares_of(lengths or Counter(map(len, kept))),
        "kept": kept,
        "zeros": any(len(token) > 1 and token[0] == "0" for token in counts),
    }


def _draw_slot(slot, n, extra, rng):
    lengths = draw_keys(slot["lengths"], n, rng).astype(int) + extra
    zeros = slot.get("zeros", False)
    words = draw_words(lengths, slot["case"], rng, zero_first=zeros)
    if not slot["kept"]:
        return words
    # where there is no room left, made-up words must give it
    keep = rng.random(n) < (0 if extra else sum(slot["kept"].values()))
    kept = draw_keys(slot["kept"], n, rng)
    return np.where(keep, kept.astype(object), np.array(words, dtype=object)).tolist()


def _slot_mask(slot):
    if isinstance(slot, str):
        return slot
    kept = slot["kept"]
    if kept and max(kept.values()) > 0.5:
        return max(kept, key=kept.get)
    first, other = CASES[slot["case"]]
    return first + other * (int(max(slot["lengths"], key=slot["lengths"].get)) - 1)


# --- any order ----------------------------------------------------------------------


@dataclass(frozen=True)
class FreeText:
    """Words in any order.

    Parameters
    ----------
    n_words : list of float
        Quantiles of their number, equally spaced.
    lengths, cases, signs : dict of {str: float}
        Shares of the lengths and cases of words, and of the signs between two words.
    first, last : str
        Signs at the beginning and at the end.
    """

    n_words: list
    lengths: dict
    cases: dict
    signs: dict
    first: str = ""
    last: str = ""

    mask = "free text"

    @classmethod
    def fit(cls, texts):
        """Fit to texts of any kind."""
        parts = [_BETWEEN.split(text) for text in texts]
        words = [word for tokens in parts for word in tokens[::2] if word]
        signs = Counter(sign for tokens in parts for sign in _inner_signs(tokens))
        common = {s: n for s, n in signs.items() if n >= RARE * signs.total()}
        sizes = [sum(map(bool, tokens[::2])) for tokens in parts]
        split = [["", ""] if len(tokens) == 1 else tokens for tokens in parts]
        return cls(
            np.quantile(sizes, np.linspace(0, 1, 21)).round(1).tolist(),
            shares_of(Counter(min(len(word), LONGEST) for word in words or ["x"])),
            shares_of(Counter(map(_case_of_most, words or ["x"]))),
            shares_of(common or {" ": 1}),
            _usual(t[1] if not t[0] else "" for t in split),
            _usual(t[-2] if not t[-1] else "" for t in split),
        )

    def draw(self, n, extra, rng):
        """List of `n` texts, whose words have `extra` more characters."""
        position = rng.random(n) * (len(self.n_words) - 1)
        sizes = np.interp(position, np.arange(len(self.n_words)), self.n_words)
        sizes = np.maximum(np.rint(sizes).astype(int), 1)
        ends = 2 * sizes.cumsum()
        tokens = self._tokens(int(sizes.sum()), extra, rng)
        return [
            self.first + "".join(tokens[end - 2 * size + 1 : end]) + self.last
            for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)
        ]

    def _tokens(self, n, extra, rng):
        """Signs and words in turn."""
        size = min(n, VOCABULARY)
        lengths = draw_keys(self.lengths, size, rng).astype(int) + extra
        cases, words = draw_keys(self.cases, size, rng), np.empty(size, dtype=object)
        for case in self.cases:
            at = np.flatnonzero(cases == case)
            words[at] = draw_words(lengths[at], case, rng)
        tokens = np.empty(2 * n, dtype=object)
        tokens[::2] = draw_keys(self.signs, n, rng)
        tokens[1::2] = words if size == n else words[rng.integers(size, size=n)]
        return tokens.tolist()


def _inner_signs(tokens):
    """Signs between two words of a text that was split at its signs."""
    start, end = (1 if tokens[0] else 3), len(tokens) - (0 if tokens[-1] else 2)
    return tokens[start:end:2]


def _case_of_most(word):
    """Case of a word that may hold a digit."""
    letters = "".join(c for c in word if not c.isdecimal())
    return case_of(letters or word) if (letters or word)[0].isalnum() else "lower"


def _usual(found):
    """What most texts have."""
    found = Counter(found)
    [(sign, count)] = found.most_common(1)
    return sign if 2 * count > found.total() else ""
