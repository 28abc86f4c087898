"""Units of written numbers, and which of them measure the same thing."""

import re
import unicodedata

COUNTS = {
    "k": 1e3,
    "K": 1e3,
    "thousand": 1e3,
    "Tsd.": 1e3,
    "lac": 1e5,
    "lakh": 1e5,
    "lakhs": 1e5,
    "m": 1e6,
    "M": 1e6,
    "MM": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "mio": 1e6,
    "mio.": 1e6,
    "million": 1e6,
    "cr": 1e7,
    "crore": 1e7,
    "crores": 1e7,
    "b": 1e9,
    "B": 1e9,
    "G": 1e9,
    "bn": 1e9,
    "mrd": 1e9,
    "mrd.": 1e9,
    "billion": 1e9,
    "T": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
}
# metres, bytes and tonnes unless the column abbreviates other counts, too
AMBIGUOUS_COUNTS = {"m", "b", "B", "G", "T"}

MEASURES = {
    "length": {"nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
    "mass": {"ng": 1e-9, "µg": 1e-6, "mcg": 1e-6, "mg": 1e-3, "g": 1.0, "kg": 1e3},
    "volume": {"µl": 1e-6, "ml": 1e-3, "cl": 1e-2, "dl": 0.1, "l": 1.0, "L": 1.0},
    "data": {"B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "power": {"mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "energy": {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9},
    "voltage": {"mV": 1e-3, "V": 1.0, "kV": 1e3},
    "current": {"µA": 1e-6, "mA": 1e-3, "A": 1.0},
    "imperial length": {"in": 1.0, "inches": 1.0, "ft": 12.0, "feet": 12.0, "yd": 36.0},
    "imperial mass": {"oz": 1.0, "lb": 16.0, "lbs": 16.0},
    "calendar": {
        **dict.fromkeys(("mo", "mos", "month", "months"), 1.0),
        **dict.fromkeys(("y", "yr", "yrs", "year", "years"), 12.0),
    },
    # in days; months and years have their mean lengths
    "time": {
        "ms": 1 / 86_400_000,
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1 / 86_400),
        **dict.fromkeys(("min", "mins", "minute", "minutes"), 1 / 1440),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 1 / 24),
        **dict.fromkeys(("d", "day", "days"), 1.0),
        **dict.fromkeys(("wk", "wks", "week", "weeks"), 7.0),
        **dict.fromkeys(("mo", "mos", "month", "months"), 30.4375),
        **dict.fromkeys(("y", "yr", "yrs", "year", "years"), 365.25),
    },
}

_CURRENCIES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL "
    "BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS "
    "INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB RON RSD RUB RWF SAR SBD SCR SDG "
    "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
_CURRENCY_WORDS = "Rs Rs. Re. kr kr. Kr Kr. zł Kč Ft Fr Fr. fr. Tk Tk. RM Rp R"
CURRENCIES = frozenset(_CURRENCIES.split())
CURRENCY_WORDS = frozenset(_CURRENCY_WORDS.split())
_BEFORE_NUMBERS = set("~≈±<>≤≥=")  # "about", "at least"
_SYMBOL_WITH_LETTERS = re.compile(r"[A-Z]{1,3}(?P<symbol>\W)", re.ASCII)  # "US$"

# a unit starts with a letter or a symbol; "/5" and "out of 5" are scales of ratings
_UNIT = re.compile(
    r"(?:[^\W\d_][^_@#\\;|:]{0,24}"
    r"""|[%‰°′″'"][^_@#\\;|:0-9]{0,8}"""  # noqa: RUF001
    r"|[+*]"
    r"|/ ?[0-9]{1,3}"
    r"|[(][^()0-9]{1,24}[)])?"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)


def is_prefix(text):
    """Whether a text can stand before a number that is one, not part of a code."""
    core = text.strip()
    while core and core[0] in _BEFORE_NUMBERS:
        core = core[1:].lstrip()
    if not core or core in CURRENCY_WORDS or core.upper() in CURRENCIES:
        return True
    with_letters = _SYMBOL_WITH_LETTERS.fullmatch(core)
    return _is_symbol(with_letters["symbol"] if with_letters else core)


def is_unit(text):
    """Whether a text can stand behind a number as its unit."""
    core = text.strip()
    if _ORDINAL.match(core):
        return False
    return _UNIT.fullmatch(core) is not None or _is_symbol(core)


def _is_symbol(text):
    return len(text) == 1 and unicodedata.category(text) == "Sc"


def measures_of(unit):
    """What a unit can measure: pairs of a name and the size of the unit.

    Units of the same name can stand in one column. Any unit counts something, in ones
    or in an abbreviation: "K views" in thousands of views.
    """
    core = unit.strip()
    word = re.match(r"[^\s+]*", core)[0]
    size = _look_up(COUNTS, word)
    counted = core if size is None else core[len(word) :].strip()
    counted = counted.casefold()
    if len(counted) > 2:  # 1 day, 2 days
        counted = counted.removesuffix("s")
    found = [(("count", counted), size or 1.0)]
    for name, table in MEASURES.items():
        size = _look_up(table, core)
        if size is not None:
            found.append(((name, ""), size))
    return found


def abbreviates_counts(units):
    """Whether units such as "", "k" and "m" are counts: "m" alone is metres."""
    words = {re.match(r"[^\s+]*", unit.strip())[0] for unit in units}
    return any(
        _look_up(COUNTS, word) is not None and word not in AMBIGUOUS_COUNTS
        for word in words
    )


def _look_up(table, unit):
    size = table.get(unit)
    if size is None and len(unit) > 1:  # m and M differ
        size = table.get(unit.lower())
    return size
