"""Patterns of written numbers as people write them: "$#,##0.00", "0.# kmpl"."""

import re

from skgen._table.written.numbers.digits import (
    BLANKS,
    MINUSES,
    NEGATIVES,
    Decimals,
    Exponent,
    Unit,
    place_signs,
)

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"(?:\\.|[^;\\])*", re.DOTALL)
_DIGITS = re.compile(
    rf"(?P<digits>[#0](?:[#0.,'’{BLANKS}]*[#0])?|[.,]0[#0]*)"  # noqa: RUF001
    r"(?:(?P<mark>[eE])(?P<plus>\+?)(?P<width>0+))?"
)
_NUMBER = re.compile(
    rf"(?P<prefix>(?:\\.|[^#0\\])*?){_DIGITS.pattern}(?P<unit>.*)", re.DOTALL
)


# --- writing ------------------------------------------------------------------------


def describe_numbers(form):
    """The form as JSON, readable by people."""
    parts = [_describe_unit(form, unit) for unit in form.units]
    described = {"number": parts}
    if len(parts) == 1:
        described = {"number": parts[0].pop("pattern"), **parts[0]}
    if form.width:
        described["width"] = form.width
    return described


def _describe_unit(form, unit):
    part = {"pattern": _write_sections(form, unit)}
    if unit.size != 1:
        part["size"] = unit.size
    if unit.start:
        part["from"] = unit.start
    if unit.singular is not None:
        part["singular"] = unit.singular
    if unit.aliases:
        part["aliases"] = list(unit.aliases)
    if getattr(unit.digits, "significant", None) is not None:
        part["significant"] = unit.digits.significant
    return part


def _write_sections(form, unit):
    """Positive numbers; negative ones and zero where they are special."""
    digits = _write_digits(form, unit.digits)
    prefix, text = _escape(form.prefix, ";\\#0"), _escape(unit.text, ";\\")
    sections = [place_signs(prefix, digits, text, plus_signs(form))]
    usual = form.negative == "-$1" and form.minus == "-"
    if form.plus or form.zero is not None or not usual:
        sections.append(place_signs(prefix, digits, text, minus_signs(form)))
    if form.zero is not None:
        sections.append(_escape(form.zero, ";\\"))
    return ";".join(sections)


def _escape(text, special):
    return "".join(f"\\{char}" if char in special else char for char in text)


def minus_signs(form):
    """What negative numbers have at the four places of `NEGATIVES`."""
    return tuple(sign.replace("-", form.minus) for sign in NEGATIVES[form.negative])


def plus_signs(form):
    """What numbers above 0 have there: a plus in front, if anything."""
    if not form.plus:
        return ("", "", "", "")
    return ("", "+", "", "") if form.negative == "$-1" else ("+", "", "", "")


def _write_digits(form, digits):
    whole = "" if form.bare_point else "0"
    if form.group:
        whole = (
            f"#{form.group}##{form.group}##0" if form.indian else f"#{form.group}##0"
        )
    if isinstance(digits, Exponent):
        decimals = "0" * digits.decimals
    else:
        decimals = "0" * digits.fewest + "#" * (digits.most - digits.fewest)
    text = whole + (form.point + decimals if decimals else "")
    if isinstance(digits, Exponent):
        text += digits.mark + "+" * digits.plus + "0" * digits.width
    return text


# --- reading ------------------------------------------------------------------------


def parse_numbers(described):
    """Parameters of the `NumberForm` that `described` describes."""
    parts = described["number"]
    if isinstance(parts, str):
        parts = [{**described, "pattern": parts}]
    if not isinstance(parts, list | tuple) or not parts:
        raise _not_a_pattern(parts)
    read = [_parse_unit(part) for part in parts]
    units = sorted((unit for _, unit in read), key=lambda unit: unit.size)
    return {**read[0][0], "units": tuple(units), "width": described.get("width", 0)}


def _parse_unit(part):
    pattern = part.get("pattern") if isinstance(part, dict) else part
    if not isinstance(pattern, str):
        raise _not_a_pattern(pattern)
    first, *others = [text for text in _SECTION.findall(pattern) if text] or [""]
    found = _NUMBER.fullmatch(first)
    if found is None or len(others) > 2:
        raise _not_a_pattern(pattern)
    form, digits = _parse_digits(found, part.get("significant"))
    prefix, plus = _take_plus(found["prefix"])
    if others:
        body = found[0][len(found["prefix"]) : len(found[0]) - len(found["unit"])]
        form |= _parse_negative(others[0], prefix, body, found["unit"], pattern)
    if len(others) == 2:
        form["zero"] = _ESCAPED.sub(r"\1", others[1])
    unit = Unit(
        _ESCAPED.sub(r"\1", found["unit"]),
        float(part.get("size", 1)),
        digits,
        float(part.get("from", 0)),
        part.get("singular"),
        tuple(part.get("aliases", ())),
    )
    return {"prefix": _ESCAPED.sub(r"\1", prefix), "plus": plus, **form}, unit


def _take_plus(prefix):
    return prefix.replace("+", "", 1), "+" in prefix


def _parse_digits(found, significant):
    """Separators and digits of a pattern such as "#,##0.00" or "0.0E+00"."""
    whole, point, decimals, group = _split_digits(found["digits"])
    form = {"group": group, "indian": group != "" and len(whole.split(group)) > 2}
    if point:
        form |= {"point": point, "bare_point": "0" not in whole and not group}
    elif group == ".":
        form["point"] = ","
    if found["mark"]:
        plus, width = found["plus"] == "+", len(found["width"])
        return form, Exponent(len(decimals), found["mark"], plus, width)
    return form, Decimals(decimals.count("0"), len(decimals), significant)


def _split_digits(digits):
    """Whole part, decimal point, decimals and separator of groups."""
    separators = [char for char in digits if char not in "#0"]
    if not separators:
        return digits, "", "", ""
    last = separators[-1]
    whole, _, tail = digits.rpartition(last)
    grouped = last in BLANKS or separators.count(last) > 1
    if grouped or (len(set(separators)) == 1 and whole == "#" and len(tail) == 3):
        return digits, "", "", last
    return whole, last, tail, separators[0] if len(separators) > 1 else ""


def _parse_negative(section, prefix, digits, unit, pattern):
    for style, signs in NEGATIVES.items():
        for minus in MINUSES:
            placed = [sign.replace("-", minus) for sign in signs]
            if section == place_signs(prefix, digits, unit, placed):
                return {"negative": style, "minus": minus}
    raise _not_a_pattern(pattern)


def _not_a_pattern(pattern):
    return ValueError(
        f"{pattern!r} is no pattern of numbers. Write one such as '$#,##0.00', "
        "'0.# km' or '#,##0;(#,##0)': the digits of positive numbers and, behind a "
        "semicolon, of negative ones."
    )
