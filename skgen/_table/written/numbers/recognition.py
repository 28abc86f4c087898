"""The written form that the numbers in a column of texts have."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np

from skgen._table.written.numbers.digits import BLANKS, MINUSES, Exponent, Unit
from skgen._table.written.numbers.form import NumberForm, number_pattern
from skgen._table.written.numbers.plain import are_numbers
from skgen._table.written.numbers.separators import separators_of
from skgen._table.written.numbers.spelling import spell, starts_of
from skgen._table.written.numbers.units import (
    abbreviates_counts,
    is_prefix,
    is_unit,
    measures_of,
)
from skgen._table.written.odd_texts import (
    FEWEST_DISTINCT,
    MOST_ODD,
    comes_back,
    odd_share,
    sample_of,
)

FEWEST_OF_UNIT = 0.005  # of the rows, for a unit beside the commonest
INFERRED = 4000  # texts that show the form
LIKE_NUMBERS = 0.4  # of a few texts, for the others to be looked at

_MINUS = "".join(map(re.escape, MINUSES))
_SPLIT = re.compile(
    rf"(\s*)([+({_MINUS}]?)([^0-9()+{_MINUS}]*?)([+({_MINUS}]?)"
    rf"([0-9]+(?:[.,'’{BLANKS}][0-9]+)*|(?<![^\W\d_])[.,][0-9]+)"  # noqa: RUF001
    r"((?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z]))?)(.*)",
    re.DOTALL,
)


class SplitText(NamedTuple):
    """A text taken apart around its number."""

    at: int  # position of the text
    before: str  # blanks before the prefix
    prefix: str
    sign: str  # "", "+", or a key of `NEGATIVES`
    minus: str
    number: str
    exponent: str
    unit: str

    @property
    def frame(self):
        """What stands around the number."""
        return self.prefix.strip(), self.unit.strip()


def recognise_numbers(texts, counts):
    """Form of the numbers that nearly all texts of a column hold, None if they do not.

    Parameters
    ----------
    texts : ndarray of object
        Distinct texts.
    counts : ndarray of int
        Rows that hold each.
    """
    if not _look_like_numbers(texts[sample_of(texts)]):
        return None
    some = _common_texts(counts)
    form = _infer(texts[some], counts[some])
    if form is None:
        return None
    values, parsed = form.read(texts)
    if len(some) < len(texts):
        finer = np.flatnonzero(parsed & ~_have_decimals(values, form.decimals))[
            :INFERRED
        ]
        if len(finer):
            some = np.union1d(some, finer)
            form = _infer(texts[some], counts[some])
    accepted = form is not None and _are_most(form, values, parsed, texts, counts)
    return form if accepted else None


def _common_texts(counts):
    """Positions of the commonest texts, and of others evenly."""
    if len(counts) <= INFERRED:
        return np.arange(len(counts))
    common = np.argpartition(counts, -INFERRED // 2)[-INFERRED // 2 :]
    return np.union1d(common, sample_of(counts, INFERRED // 2))


def _infer(texts, counts):
    """Form of some texts, which are all but a few."""
    splits = _split_all(texts)
    sizes = _sizes_of_units(_rows_of_frames(splits, counts))
    form = _form_of_splits(splits, sizes, texts, counts)
    if form is None:
        return None
    values, parsed = form.read(texts)
    return form if _are_most(form, values, parsed, texts, counts) else None


def _are_most(form, values, parsed, texts, counts):
    """Whether nearly all texts are numbers of the form, and numbers that vary."""
    odd = odd_share(texts, counts, parsed)
    distinct = np.unique(values[parsed])
    if odd > MOST_ODD or len(distinct) < FEWEST_DISTINCT:
        return False
    if _is_plain(form) and not are_numbers(distinct, texts[~parsed].tolist(), odd):
        return False
    return comes_back(form, texts, counts, values, parsed)


def _have_decimals(values, decimals):
    if decimals is None:
        return np.ones(len(values), dtype=bool)
    return np.round(values, decimals) == values


def _look_like_numbers(texts):
    frames = Counter(split.frame for split in _split_all(texts))
    usable = [rows for frame, rows in frames.most_common() if _is_frame(frame)]
    return sum(usable[:3]) >= LIKE_NUMBERS * len(texts)


def _is_plain(form):
    """Whether numbers are bare digits, perhaps with a decimal point or a sign."""
    unit = form.units[0]
    bare = len(form.units) == 1 and not (form.prefix + unit.text).strip()
    return bare and not form.group and not isinstance(unit.digits, Exponent)


# --- taking texts apart -------------------------------------------------------------


def _split_all(texts):
    splits = (_split_text(at, text) for at, text in enumerate(texts.tolist()))
    return [split for split in splits if split is not None]


def _split_text(at, text):
    found = _SPLIT.fullmatch(text)
    if found is None:
        return None
    before, a, prefix, b, number, exponent, unit = found.groups()
    sign = a or b
    behind = unit[:1] in tuple(MINUSES) and not unit[1:2].isalnum()
    if not sign and not behind:
        return SplitText(at, before, prefix, "", "", number, exponent, unit)
    if a and b:
        return None
    minus = sign if sign in MINUSES else "-"
    if sign == "(":
        style, unit = _take_bracket(bool(a), prefix, unit)
        if style is None:
            return None
    elif not sign:
        style, minus, unit = "$1-", unit[0], unit[1:]
    else:
        style = "+" if sign == "+" else "-$1" if a else "$-1"
    return SplitText(at, before, prefix, style, minus, number, exponent, unit)


def _take_bracket(outside, prefix, unit):
    """Where a bracket that opens before a number closes, and the unit without it."""
    end = unit.rstrip()
    if outside and end.endswith(")"):
        return "($1)", end[:-1] + unit[len(end) :]
    if (not outside or not prefix) and unit.startswith(")"):
        return "$(1)", unit[1:]
    return None, unit


# --- units --------------------------------------------------------------------------


def _is_frame(frame):
    prefix, unit = frame
    return is_prefix(prefix) and is_unit(unit)


def _rows_of_frames(splits, counts):
    """Rows of each frame; of frames of zeros alone, none."""
    rows, nonzero = Counter(), set()
    for split in splits:
        rows[split.frame] += counts[split.at]
        if split.number.strip("0.,"):
            nonzero.add(split.frame)
    return {f: n for f, n in rows.items() if f in nonzero and _is_frame(f)}


def _sizes_of_units(frames):
    """Frames of the commonest measure, and the sizes of their units.

    A unit alone has the size 1, so that numbers are as written. Counts are in ones if
    some are abbreviated; other measures are in the smallest unit of the column.
    """
    measures = defaultdict(dict)
    for frame in frames:
        for measure, size in measures_of(frame[1]):
            measures[frame[0], measure][frame] = size
    if not measures:
        return {}
    name = max(measures, key=lambda name: sum(map(frames.get, measures[name])))
    sizes = measures[name]
    common = sizes[max(sizes, key=frames.get)]
    fewest = FEWEST_OF_UNIT * sum(map(frames.get, sizes))
    counted = name[1][0] == "count"
    if counted and not abbreviates_counts([unit for _, unit in sizes]):
        fewest = np.inf
    sizes = {
        frame: size
        for frame, size in sizes.items()
        if size == common or frames[frame] >= fewest
    }
    smallest = 1.0 if counted else min(sizes.values())
    if len(set(sizes.values())) == 1:
        smallest = min(sizes.values())
    return {frame: size / smallest for frame, size in sizes.items()}


def _unit_of(splits, size, counts, point, scaled):
    """The unit of some size, as most of its texts write it."""
    rows = counts[[split.at for split in splits]]
    cores = _ranked((split.frame[1] for split in splits), rows)
    own = [split.frame[1] == cores[0] and split.sign in ("", "+") for split in splits]
    texts = _ranked((split.unit for split in compress(splits, own)), rows[own])
    text, singular = texts[0] if texts else cores[0], None
    if not _only_one(splits, cores[0]):
        ones = [core for core in cores[1:] if _only_one(splits, core)]
        singular = text.replace(cores[0], ones[0]) if ones else None
    others = [core for core in cores[1:] if core != (singular or "").strip()]
    numbers = [split.number for split in splits]
    exponents = [split.exponent for split in splits]
    digits = spell(numbers, exponents, rows, point, scaled)
    return Unit(text, size, digits, 0.0, singular, tuple(others))


def _ranked(items, rows):
    """Distinct items, those of most rows first."""
    total = Counter()
    for item, n in zip(items, rows.tolist(), strict=True):
        total[item] += n
    return [item for item, _ in total.most_common()]


def _only_one(splits, core):
    numbers = {split.number for split in splits if split.frame[1] == core}
    return numbers <= {"1", "1.0", "1,0"}


# --- the form -----------------------------------------------------------------------


def _form_of_splits(splits, sizes, texts, counts):
    """Form of the texts whose frames have a size, None if none is a number."""
    inside = [split for split in splits if split.frame in sizes]
    rows = counts[[split.at for split in inside]]
    numbers = [split.number for split in inside]
    if not inside:
        return None
    point, group, indian = separators_of(numbers, rows)
    match = re.compile(number_pattern(point, group, indian)).fullmatch
    inside = [split for split in inside if match(split.number)]
    units = _units_of(inside, sizes, counts, point)
    if not units:
        return None
    form = NumberForm(units=units, point=point, group=group, indian=indian)
    form = replace(
        form, **_signs_of(inside, counts), **_front_of(inside, texts, counts)
    )
    form = replace(form, zero=_text_of_zero(splits, sizes, texts, counts))
    whole = all(unit.digits.step == 1 for unit in units) and not group
    return None if form.prefix.strip() == "R" and whole else form  # R12 is a code


def _units_of(splits, sizes, counts, point):
    members = defaultdict(list)
    for split in splits:
        members[sizes[split.frame]].append(split)
    order, scaled = sorted(members), len(members) > 1
    units = [_unit_of(members[size], size, counts, point, scaled) for size in order]
    if not scaled:
        return tuple(units)
    values = [_magnitudes(members[size], size, point) for size in order]
    rows = [counts[[split.at for split in members[size]]] for size in order]
    starts = starts_of(values, rows, order)
    return tuple(replace(u, start=at) for u, at in zip(units, starts, strict=True))


def _magnitudes(splits, size, point):
    punctuation = str.maketrans(point, ".", BLANKS + (",'’" if point == "." else ".'’"))  # noqa: RUF001
    texts = (split.number.translate(punctuation) + split.exponent for split in splits)
    return np.array([float(text) * size for text in texts])


def _signs_of(splits, counts):
    """Where signs stand, and whether positive numbers have one."""
    rows = counts[[split.at for split in splits]]
    signs = np.array([split.sign for split in splits])
    found = {
        "plus": rows[signs == "+"].sum() * 2
        > rows[(signs == "+") | (signs == "")].sum()
    }
    negative = (signs != "") & (signs != "+")
    if negative.any():
        signed = list(compress(splits, negative))
        styles = _ranked(((s.sign, s.minus) for s in signed), rows[negative])
        found["negative"], found["minus"] = styles[0]
    small = [split.number[0] in ".," for split in splits]
    zero = [split.number[:2] in ("0.", "0,") for split in splits]
    found["bare_point"] = rows[small].sum() > rows[zero].sum()
    return found


def _front_of(splits, texts, counts):
    """What stands before numbers, and the width that blanks there fill up."""
    rows = counts[[split.at for split in splits]]
    fronts = _ranked((split.before + split.prefix for split in splits), rows)
    lengths = np.array([len(texts[split.at]) for split in splits])
    blanks = {split.before for split in splits}
    if len(blanks) > 1 and lengths.min() == lengths.max():
        return {"prefix": fronts[0].lstrip(), "width": int(lengths[0])}
    return {"prefix": fronts[0]}


def _text_of_zero(splits, sizes, texts, counts):
    """Zero without the unit of other numbers, if most zeros are like that."""
    zeros = [split for split in splits if not split.number.strip("0.,")]
    rows = counts[[split.at for split in zeros]]
    frames = _ranked((split.frame for split in zeros), rows)
    bare = {("", ""), *((prefix, "") for prefix, _ in sizes)} - sizes.keys()
    if not frames or frames[0] not in bare:
        return None
    own = [split.frame == frames[0] for split in zeros]
    return _ranked((texts[split.at] for split in compress(zeros, own)), rows[own])[0]
