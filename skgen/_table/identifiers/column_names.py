"""What the name of a column says about its values."""

import re
from itertools import pairwise


def _listed(words):
    return frozenset(words.split())


#: words that name an identifier wherever they stand
IDENTIFIERS = _listed(
    "id ids uuid guid uid pid iid identifier pk rowid seqn ssn isbn imei vin"
)
#: words that name one if they come last, and may name a quantity too
LAST_WORDS = _listed("no nr nbr num number nummer numero index idx key code serial seq")
#: what a number, an index or a code may be of that is measured
QUANTITIES = _listed(
    "total sum mean average avg max min count price mass heat stock share market "
    "consumer refractive body quality value of"
)
#: what joins an ending without a space: "clientnum", "userid"
OWNERS = _listed(
    "account acct applicant application booking buyer card child client contract cust "
    "customer device doc document emp employee encounter game guest host house "
    "household instance invoice item job listing loan member obs order passenger "
    "patient payment person pet player policy prod product record rec request row sale "
    "sample seller seq serial session staff store student subject ticket trans "
    "transaction txn unique user vehicle"
)
_ENDINGS = "id|ids|no|nr|nbr|num|number|key|code|index|idx|uuid|guid"
_JOINED = re.compile(rf"({'|'.join(sorted(OWNERS))})({_ENDINGS})")
# digits stay with a chemical formula, such as NO2
_WORDS = re.compile(r"[A-Z]+\d+(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
#: what counts along a scale without ties: never taken for a key by missing ties
SCALES = _listed(
    "time times timestamp ts t date datetime year years yr month months week weeks day "
    "days hour hours minute minutes min second seconds sec ms unix epoch step steps "
    "cycle cycles period tick frame depth distance altitude height position pos angle "
    "frequency freq wavelength wavenumber rank ranking age dt x"
)
#: of which there are many, and which are learned all the same
PLACES_AND_KINDS = _listed(
    "zip zipcode postcode postal plz city town village suburb municipality county "
    "state country region district zone brand make model type category kind class "
    "species"
)


def words_of(name):
    """Words of a column's name in lower case: "CustomerId" and "customer_id" alike.

    Parameters
    ----------
    name : object
        Position in arrays, tuple of several levels, or text.

    Returns
    -------
    words : list of str
        In their order; empty if the name is no text.
    """
    if isinstance(name, tuple):
        name = " ".join(part for part in name if isinstance(part, str))
    found = _WORDS.findall(name) if isinstance(name, str) else []
    return [word.lower() for word in found]


def says_identifier(name):
    """Whether the name of a column says that it identifies rows.

    Parameters
    ----------
    name : object
        Position in arrays, tuple of several levels, or text.

    Returns
    -------
    said : {"", "perhaps", "yes"}
        "perhaps" for words that may name a quantity too, such as "number".

    Examples
    --------
    >>> from skgen._table.identifiers.column_names import says_identifier
    >>> names = "CustomerId", "customer_id", "S.No.", "width", "paid"
    >>> [says_identifier(name) for name in names]
    ['yes', 'yes', 'perhaps', '', '']
    """
    if isinstance(name, str) and name.strip() in ("#", "№"):
        return "yes"
    words = words_of(name)
    if not words:
        return ""
    pairs = map("".join, pairwise(words))
    owned = any(map(_JOINED.fullmatch, [*words, *pairs]))
    if owned or not IDENTIFIERS.isdisjoint(words) or words == ["unnamed"]:
        return "yes"
    measured = (QUANTITIES | PLACES_AND_KINDS) & set(words)
    return "perhaps" if words[-1] in LAST_WORDS and not measured else ""
