"""What the user declares of the columns, and what cannot be taken as it is."""

import json

import numpy as np

from skgen import Schema, describe
from skgen._cli.files import import_pandas
from skgen._cli.messages import Misuse, in_options
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


def faults_of(frame, schema, identifiers):
    """What is wrong with each column of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
    schema : dict
    identifiers : str

    Returns
    -------
    faults : list of str
        One message for each column that cannot be taken as it is.
    """
    try:
        describe(frame, schema=schema, identifiers=identifiers)
        return []
    except ERRORS:
        pass
    faults = []
    for name, others in zip(frame, _rows_of_others(frame), strict=True):
        beside = f"rows of {name}"
        known = {other: facts for other, facts in schema.items() if other == name}
        known[beside] = {"kind": "integer"}
        try:
            describe(
                frame[[name]].assign(**{beside: others}),
                schema=known,
                identifiers=identifiers,
            )
        except ERRORS as error:
            faults.append(in_options(error))
    return faults


def _rows_of_others(frame):
    """For each column, which different row of the other columns each row has.

    With it, a column is judged as in the table: copies of rows may not count.
    """
    codes = [import_pandas().factorize(frame[name])[0] for name in frame]
    weights = np.random.default_rng(0).integers(2**62, size=len(codes), dtype=np.int64)
    # a sum of random weights separates rows, modulo 2**64
    total = sum(weight * code for weight, code in zip(weights, codes, strict=True))
    for weight, code in zip(weights, codes, strict=True):
        yield np.unique(total - weight * code, return_inverse=True)[1]
