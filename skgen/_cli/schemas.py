"""What the user declares of the columns."""

import json

from skgen import Schema
from skgen._cli.messages import Misuse
from skgen._cli.names import resolve_names

ERRORS = (TypeError, ValueError)


def read_schema(path, categorical=()):
    """Facts that the user declares of columns.

    Parameters
    ----------
    path : pathlib.Path or None
        JSON file with what ``describe --json`` writes, or with corrections: an object
        from columns to kinds or to objects of facts.
    categorical : sequence of str, default=()
        Columns that are categories.

    Returns
    -------
    declared : dict of dict
    whole : bool
        Whether the file has the schema of a whole table, some of whose columns another
        table may lack.
    """
    declared, whole = {}, False
    if path is not None:
        declared, whole = _read_json(path)
    for name in categorical:
        declared[name] = {"kind": "categorical"}
    return declared, whole


def _read_json(path):
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Misuse(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise Misuse(f"{path} is no JSON: {error}") from error
    whole = isinstance(content, dict) and isinstance(content.get("columns"), list)
    try:
        if whole:
            schema = Schema.from_dict(content)
            return {name: schema[name].facts() for name in schema}, True
        return {name: _facts(name, facts) for name, facts in content.items()}, False
    except (AttributeError, KeyError, *ERRORS) as error:
        raise Misuse(
            f"{path} has no schema: {error}. Write it by describe --json, or write "
            'corrections such as {"zip": "categorical", "price": {"step": 0.05}}'
        ) from error


def _facts(name, facts):
    if isinstance(facts, str):
        return {"kind": facts}
    if isinstance(facts, dict):
        return facts
    raise TypeError(f"{name!r} has {facts!r}, which is neither a kind nor an object")


def schema_for(declared, whole, names, path, *, besides=()):
    """The declared facts of the columns of a table.

    Parameters
    ----------
    declared, whole
        As `read_schema` returns them.
    names : sequence of str
        Columns of the table.
    path : pathlib.Path
        Of its file, for the error.
    besides : sequence of str, default=()
        Columns that may be declared, too.

    Returns
    -------
    schema : dict of dict
    """
    if whole:
        return {name: facts for name, facts in declared.items() if name in names}
    resolved = resolve_names(list(declared), [*names, *besides], path)
    facts = dict(zip(resolved, declared.values(), strict=True))
    return {name: facts[name] for name in resolved if name in names}
