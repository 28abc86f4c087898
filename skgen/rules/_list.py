"""`RuleList`: rules that were found, with what speaks for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from skgen.rules._base import Rule


@dataclass(frozen=True)
class FoundRule:
    """A rule that was found in a table.

    Parameters
    ----------
    rule : Rule
    evidence : float
        Surprise of the rule in nats: minus the logarithm of the probability that
        columns with the same margins, but independent, obey it by chance.
    n_rows : int
        Number of distinct rows on which it was verified, none of which it was found on.
    share : float, default=1.0
        Share of these in which it holds.
    """

    rule: Rule
    evidence: float
    n_rows: int
    share: float = 1.0


class RuleList(Sequence):
    """Rules of a table: a sequence of `Rule`, printed as a table.

    Parameters
    ----------
    found : iterable of FoundRule

    Attributes
    ----------
    found : tuple of FoundRule
        The rules with what speaks for each.

    Examples
    --------
    >>> from skgen.rules import FoundRule, Order, RuleList
    >>> rules = RuleList([FoundRule(Order(("start", "end")), 41.3, 500)])
    >>> rules[0]
    <Order: start <= end>
    >>> print(rules)
    start <= end  holds in 500 of 500 rows, evidence 41
    """

    def __init__(self, found=()):
        self.found = tuple(found)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return RuleList(self.found[index])
        return self.found[index].rule

    def __len__(self):
        return len(self.found)

    def __eq__(self, other):
        return isinstance(other, RuleList) and self.found == other.found

    __hash__ = None

    def __str__(self):
        if not self.found:
            return "no rules"
        width = min(60, max(len(str(rule)) for rule in self))
        return "\n".join(
            f"{found.rule!s:{width}}  holds in "
            f"{round(found.share * found.n_rows):,} of {found.n_rows:,} rows, "
            f"evidence {found.evidence:.0f}"
            for found in self.found
        )

    def __repr__(self):
        return f"<RuleList of {len(self)} rules. print() shows them.>"

    def to_dict(self):
        """The rules as a dict that JSON can hold.

        Returns
        -------
        rules : dict
            Its only key is "rules", a list of dicts with what ``Rule.to_dict`` returns
            under the key "rule", and the other attributes of `FoundRule`.
        """
        return {
            "rules": [
                {
                    "rule": found.rule.to_dict(),
                    "evidence": float(found.evidence),
                    "n_rows": int(found.n_rows),
                    "share": float(found.share),
                }
                for found in self.found
            ]
        }

    @classmethod
    def from_dict(cls, rules):
        """Inverse of `to_dict`.

        Parameters
        ----------
        rules : dict
        """
        return cls(
            FoundRule(**{**found, "rule": Rule.from_dict(found["rule"])})
            for found in rules["rules"]
        )
