"""Names of columns as arguments of the command line."""

import csv
import re
from difflib import get_close_matches

from skgen._cli.messages import Misuse

MAX_SHOWN = 20


def split_names(text):
    """Names separated by commas; in quotes if they hold one.

    Examples
    --------
    >>> split_names('age,"name, first"')
    ['age', 'name, first']
    """
    return next(csv.reader([text]), [])


def resolve_names(names, columns, path):
    """Columns that are meant, blanks around their names aside.

    Parameters
    ----------
    names : sequence of str
    columns : sequence of str
        Columns of the table.
    path : pathlib.Path
        Of its file, for the error.

    Returns
    -------
    resolved : list of str

    Raises
    ------
    Misuse
        That names all that the table lacks.
    """
    columns = list(columns)
    stripped = {}
    for column in columns:
        stripped.setdefault(normal(column), []).append(column)
    resolved, unknown = [], []
    for name in names:
        alike = stripped.get(normal(name), [])
        if name in columns:
            resolved.append(name)
        elif len(alike) == 1:
            resolved.append(alike[0])
        else:
            unknown.append(name)
    if unknown:
        listed = ", ".join(f"{name!r}{_near(name, columns)}" for name in unknown)
        raise Misuse(f"{path} has no column {listed}; use one of {shown(columns)}")
    return resolved


def shown(names, most=MAX_SHOWN):
    """Names for a message, separated by commas."""
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _near(name, columns):
    texts = [str(column) for column in columns]
    near = get_close_matches(name, texts, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def normal(name):
    """A name without blanks around it, and with single ones within."""
    return re.sub(r"\s+", " ", str(name)).strip()
