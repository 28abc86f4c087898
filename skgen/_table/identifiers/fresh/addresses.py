"""Addresses of the internet, drawn where nobody is.

Mail and pages go to domains that are reserved for examples [1]_, and numbers are of
networks that no public route leads to [2]_ [3]_.

References
----------
.. [1] RFC 2606, "Reserved Top Level DNS Names".
.. [2] RFC 1918, "Address Allocation for Private Internets".
.. [3] RFC 3849, "IPv6 Address Prefix Reserved for Documentation".
"""

import re

from skgen._table.identifiers.fresh.codes import Code
from skgen._table.identifiers.fresh.forms import Enclosed, FormMixture, Octets
from skgen._table.identifiers.fresh.placeholders import HEX

#: share of texts that must be addresses of one kind
MOST = 0.95
#: share of distinct paths from which these identify pages, rather than the hosts
DISTINCT_PATHS = 0.5
DOMAINS = ["example.com", "example.org", "example.net"]

_MAIL = re.compile(r"([^@\s]+)@[^@\s]+\.[^@\s.]+")
_PAGE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(www\.)?([^/\s?#.]+)[^/\s?#]*(\S*)")
_NUMBER = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_LONG_NUMBER = re.compile(r"(?=.*::|(?:[^:]*:){7})[0-9a-fA-F:]{3,39}")


def fit_addresses(texts):
    """Form of texts that are addresses; None if they are something else.

    Parameters
    ----------
    texts : list of str
    """
    if found := _all_match(_MAIL, texts):
        names = [match[1] for match in found]
        return Enclosed([""], FormMixture.fit(names), [f"@{d}" for d in DOMAINS])
    if found := _all_match(_PAGE, texts):
        return _pages(found)
    if _all_match(_NUMBER, texts):
        return Enclosed(["10."], Octets(), [""])
    if _all_match(_LONG_NUMBER, texts):
        group = [[HEX, None]] * 4
        places = [*group, [":", None], *group, [":", None], *group]
        return Enclosed(["2001:db8::"], Code(places), [""])
    return None


def _all_match(pattern, texts):
    """The matches of nearly all texts, or none."""
    found = list(filter(None, map(pattern.fullmatch, texts)))
    return found if len(found) >= MOST * len(texts) else []


def _pages(found):
    schemes = sorted({match[1].lower() for match in found})
    paths = [match[4] for match in found]
    if len(set(paths)) >= DISTINCT_PATHS * len(paths):
        before = [f"{scheme}www.{DOMAINS[0]}" for scheme in schemes]
        return Enclosed(before, FormMixture.fit(paths), [""])
    hosts = FormMixture.fit([match[3] for match in found])
    www = "www." if 2 * sum(bool(match[2]) for match in found) > len(found) else ""
    return Enclosed([f"{s}{www}" for s in schemes], hosts, [f".{d}" for d in DOMAINS])
