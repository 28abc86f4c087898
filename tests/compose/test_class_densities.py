"""Densities of classes in the measure of the whole table."""

import numpy as np
import pytest

from skgen.compose._class_densities import (
    log_measure_ratio,
    log_unseen_share,
    observed_values,
)
from skgen.table import Column

VALUES = np.array([0.0, 1.5, 2.0, 4.0])  # of the whole table


def seen_by(z, kind="continuous", atoms=()):
    column = Column("x", kind, atoms=np.array(atoms))
    return observed_values(np.array(z), np.ones(len(z)), column)


def test_density_at_a_repeated_value_becomes_a_probability():
    seen = seen_by([1.5, 2.0, 4.0])
    z = np.array([0.0, 1.5, 2.0, 4.0, 3.0, np.nan])
    found = log_measure_ratio(z, seen, VALUES, VALUES)
    # from half-way to the neighbour on one side to that on the other; 3.0 is no atom
    expected = np.log([1.5, 1.0, 1.25, 2.0, 1.0, 1.0])
    np.testing.assert_allclose(found, expected)


def test_probability_of_a_value_that_only_the_class_repeats_becomes_a_density():
    seen = seen_by([2.0, 2.0, 2.0, 1.5, 4.0], atoms=[2.0])
    z = np.array([1.5, 2.0, 3.0])
    found = log_measure_ratio(z, seen, np.empty(0), VALUES)
    np.testing.assert_allclose(found, [0.0, -np.log(1.25), 0.0])
    assert not log_measure_ratio(z, seen, np.array([2.0]), VALUES).any()


def test_single_value_beside_repeated_ones_is_a_point_mass_too():
    seen = seen_by([0.0, 0.0, 0.0, 2.0], atoms=[0.0])
    found = log_measure_ratio(np.array([2.0]), seen, np.array([0.0]), VALUES)
    np.testing.assert_allclose(found, -np.log(1.25))


def test_class_of_whole_numbers_gives_others_half_a_row():
    seen = seen_by([0.0, 2.0, 4.0], kind="integer")
    z = np.array([2.0, 1.5, 2.25, np.nan])
    found = log_measure_ratio(z, seen, np.array([1.5, 2.0]), VALUES)
    # 1.5 is repeated: its density becomes a probability as well, of width one here
    np.testing.assert_allclose(found, [0.0, np.log(1 / 8), np.log(1 / 8), 0.0])


def test_generators_without_a_codec_have_densities():
    seen = observed_values(
        np.array([2.0, 2.0, np.nan]), np.array([1.0, 2.0, 4.0]), None
    )
    found = log_measure_ratio(np.array([2.0]), seen, np.array([2.0]), VALUES)
    np.testing.assert_allclose(found, np.log(1.25))
    # half of one row among three that are observed, for each of two categories
    assert log_unseen_share(seen, 2) == pytest.approx(np.log(0.5 / 4 / 2))


def test_column_of_one_value_needs_no_width():
    seen = seen_by([3.0], atoms=[3.0])
    one = np.array([3.0])
    assert log_measure_ratio(np.array([3.0, 5.0]), seen, one, one).tolist() == [0, 0]
