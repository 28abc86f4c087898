"""Rules between the columns of a table: found, declared and checked."""

from skgen.rules._base import Rule
from skgen.rules._copy import Copy
from skgen.rules._dependency import Dependency
from skgen.rules._find import find_in_values, find_rules
from skgen.rules._implication import Implication
from skgen.rules._labels import label_of as label_of
from skgen.rules._labels import number_of as number_of
from skgen.rules._linear import Absolute, Linear
from skgen.rules._list import FoundRule, RuleList
from skgen.rules._one_hot import OneHot
from skgen.rules._order import Order
from skgen.rules._plain import read_rules
from skgen.rules._product import Product

__all__ = [
    "Absolute",
    "Copy",
    "Dependency",
    "FoundRule",
    "Implication",
    "Linear",
    "OneHot",
    "Order",
    "Product",
    "Rule",
    "RuleList",
    "find_in_values",
    "find_rules",
    "read_rules",
]
