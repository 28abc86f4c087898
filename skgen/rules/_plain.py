"""Rules as JSON holds them, in a schema or in a file of their own."""

from skgen._table.schema.description import reads_part
from skgen.rules._base import Rule
from skgen.rules._list import RuleList


@reads_part("rules")
def read_rules(described):
    """Rules of what JSON holds.

    Parameters
    ----------
    described : list of dict, or dict
        What ``Rule.to_dict`` returns for each rule, or what ``RuleList.to_dict``
        returns, or the list in it. Of a dict with further keys, such as that of a whole
        schema, only the list under the key "rules" is read.

    Returns
    -------
    rules : RuleList or tuple of Rule
        A `RuleList` if what speaks for each rule is known.

    Raises
    ------
    TypeError, ValueError
        If something in it describes no rule.
    """
    known = isinstance(described, dict) and "rules" in described
    items = described["rules"] if known else described
    items = items if isinstance(items, list) else [items]
    for item in items:
        if not isinstance(item, dict):
            raise TypeError(
                "rules must be a list of dicts, as to_dict of rules returns them; got "
                f"{item!r}."
            )
    if items and all("rule" in item for item in items):
        return RuleList.from_dict({"rules": items})
    return tuple(Rule.from_dict(item.get("rule", item)) for item in items)
