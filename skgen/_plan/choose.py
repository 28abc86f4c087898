"""Which rules the generators of an estimator keep."""

from skgen._utils.estimators import change_parameter
from skgen.rules import find_in_values


def choose_rules(rules, schema, codec, Z, sample_weight=None):
    """Rules that the parameter `rules` asks for.

    Parameters
    ----------
    rules : "auto", None, or iterable of Rule
    schema : Schema, dict or None
        Rules of a `Schema` are used in place of found ones.
    codec : TableCodec
        Fitted.
    Z : ndarray of shape (n_samples, n_features)
        Encoded rows, in which rules are found.
    sample_weight : ndarray of shape (n_samples,), default=None

    Returns
    -------
    rules : sequence of Rule
    """
    if rules is None:
        return ()
    if not isinstance(rules, str):
        return rules
    declared = getattr(schema, "rules", ())
    return declared or find_in_values(codec.values(Z), sample_weight)


def rules_of(generator):
    """Parameter `rules` of a generator, or of the one nested in it; () without it."""
    found = []
    change_parameter(generator, "rules", lambda rules: found.append(rules) or rules)
    return (found and found[0]) or ()


def share_rules(generator, codec, Z, sample_weight=None):
    """Let a generator keep the rules of all rows, whichever it is fitted to.

    Parameters
    ----------
    generator : object
        Its parameter `rules`, or that of a nested generator, is changed in place.
    codec, Z, sample_weight
        As in `choose_rules`.
    """

    def choose(rules):
        return list(choose_rules(rules, None, codec, Z, sample_weight))

    change_parameter(generator, "rules", choose)
