"""Rules between columns that the user declares on the command line."""

import json

from skgen._cli.messages import Misuse
from skgen.rules import RuleList, read_rules

#: words of the option in place of a file, and what they stand for
WORDS = {"none": None, "auto": "auto"}


def rules_for(option, schema, names):
    """Rules between the columns of a table, as keyword argument of an estimator.

    Parameters
    ----------
    option : pathlib.Path, {"none", "auto"} or None
        Of the command line: a JSON file of rules, or None if it is not given.
    schema : pathlib.Path or None
        JSON file. If it has the schema of a table and `option` is not given, the rules
        in it count.
    names : sequence of str
        Columns of the table, but for those that no rule can be about.

    Returns
    -------
    known : dict
        ``{"rules": rules}``; empty if the user says nothing about rules.
    """
    if isinstance(option, str):
        return {"rules": WORDS[option]}
    path = schema if option is None else option
    content = None if path is None else _read_json(path)
    of_table = isinstance(content, dict) and "columns" in content
    if option is None and not (of_table and content.get("rules")):
        return {}
    rules = _rules_in(content, path)
    # another table may lack some columns of a whole one
    return {"rules": _about(rules, names) if of_table else rules}


def of_generator(rules):
    """Keyword arguments for an estimator that has a generator.

    Parameters
    ----------
    rules : dict
        What `rules_for` returns.
    """
    return {f"generator__{name}": value for name, value in rules.items()}


def _about(rules, names):
    """Those of some rules that are about columns of these names only."""
    if isinstance(rules, RuleList):
        return RuleList(f for f in rules.found if set(f.rule.columns) <= set(names))
    return tuple(rule for rule in rules if set(rule.columns) <= set(names))


def _read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Misuse(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise Misuse(f"{path} is no JSON: {error}") from error


def _rules_in(content, path):
    try:
        return read_rules(content)
    except (TypeError, ValueError) as error:
        raise Misuse(
            f"{path} has no rules: {error} Write them by describe --json, or write a "
            'list such as [{"kind": "order", "columns": ["start", "end"]}]'
        ) from error
