"""Estimators after a fit that failed."""

import inspect

import pytest

from skgen._utils.mixins import keeps_state_on_error


class Fitted:
    def __init__(self):
        self.seen_, self.kept_ = [1], True

    @keeps_state_on_error
    def fit(self, X, y=None):
        """Learn."""
        del self.kept_
        self.seen_, self.new_ = X, y
        if y == "bad":
            raise ValueError("y is bad")
        return self


def test_a_failed_method_leaves_the_attributes_as_they_were():
    estimator = Fitted()
    with pytest.raises(ValueError, match="y is bad"):
        estimator.fit([2], y="bad")
    assert vars(estimator) == {"seen_": [1], "kept_": True}


def test_a_method_that_works_keeps_what_it_has_set():
    estimator = Fitted()
    assert estimator.fit([2], y="good") is estimator
    assert vars(estimator) == {"seen_": [2], "new_": "good"}


def test_signature_and_docstring_are_those_of_the_method():
    assert list(inspect.signature(Fitted.fit).parameters) == ["self", "X", "y"]
    assert Fitted.fit.__doc__ == "Learn."
