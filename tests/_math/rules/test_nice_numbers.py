import numpy as np
import pytest

from skgen._math.rules.nice_numbers import simplest_number


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.79, 1.81, 1.8),
        (-0.01, 0.2, 0.0),
        (99.2, 100.3, 100.0),
        (0.33332, 0.33334, 1 / 3),
        (-2.26, -2.24, -2.25),
        (0.4535923, 0.4535924, 0.4535923),
        (86_399.9, 86_400.1, 86_400.0),
        (1e-9, 2e-9, 2e-9),
    ],
)
def test_examples(low, high, expected):
    assert simplest_number(low, high) == pytest.approx(expected, rel=1e-12, abs=0)


def test_it_is_within_the_interval():
    rng = np.random.default_rng(0)
    for _ in range(300):
        low = rng.normal() * 10.0 ** rng.integers(-6, 6)
        high = low + abs(low) * 10.0 ** rng.uniform(-9, 0)
        assert low <= simplest_number(low, high) <= high
