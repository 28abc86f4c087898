"""Names of months and days of the week in several languages."""

# full names of months, short ones, full names of days from Monday on, short ones
_NAMES = {
    "en": (
        "January February March April May June July August September October November "
        "December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "Mon Tue Wed Thu Fri Sat Sun",
    ),
    "de": (
        "Januar Februar März April Mai Juni Juli August September Oktober November "
        "Dezember",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Mo Di Mi Do Fr Sa So",
    ),
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre "
        "décembre",
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lun mar mer jeu ven sam dim",
    ),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
        "noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lun mar mié jue vie sáb dom",
    ),
    "it": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
        "novembre dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "lun mar mer gio ven sab dom",
    ),
    "pt": (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro "
        "novembro dezembro",
        "jan fev mar abr mai jun jul ago set out nov dez",
        "segunda terça quarta quinta sexta sábado domingo",
        "seg ter qua qui sex sáb dom",
    ),
    "nl": (
        "januari februari maart april mei juni juli augustus september oktober "
        "november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "ma di wo do vr za zo",
    ),
}
LANGUAGES = tuple(_NAMES)
# which names a field of a format holds
NAME_FIELDS = {"B": 0, "b": 1, "A": 2, "a": 3}
CASES = {"title": str.title, "upper": str.upper, "lower": str.lower}
_ALSO_READ = {"b": {"sept": 8}}

MONTHS = frozenset(
    name
    for names in _NAMES.values()
    for name in f"{names[0]} {names[1]} sept".casefold().split()
)
WEEKDAYS = frozenset(
    name
    for names in _NAMES.values()
    for name in f"{names[2]} {names[3]}".casefold().split()
)


def names_of(field, language, case):
    """Names in their order, as a field of a format writes them."""
    return list(map(CASES[case], _NAMES[language][NAME_FIELDS[field]].split()))


def positions_of(field, language):
    """Positions by the names in lower case."""
    names = _NAMES[language][NAME_FIELDS[field]].casefold().split()
    return {**_ALSO_READ.get(field, {}), **{name: at for at, name in enumerate(names)}}


def find_language(months, days):
    """Language and fields of names of months and of days, None if of no language.

    Parameters
    ----------
    months, days : set of str
        Names, which may be none. Full ones are looked for before short ones.
    """
    for language in LANGUAGES:
        fields = [_field_of(months, "Bb", language), _field_of(days, "Aa", language)]
        if None not in fields:
            return language, *fields
    return None


def _field_of(words, fields, language):
    words = {word.casefold() for word in words}
    known = (f for f in fields if words <= positions_of(f, language).keys())
    return next(known, None)


def find_case(words):
    """How nearly all words are written."""
    words = list(words)
    for case in ("upper", "lower"):
        if sum(word == CASES[case](word) for word in words) * 2 > len(words):
            return case
    return "title"
