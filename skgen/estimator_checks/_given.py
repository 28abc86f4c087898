"""Checks of `sample` given cells, ranges and sets, and of draws of `impute`."""

import numpy as np

from skgen.estimator_checks._density import mixed_densities, pairs
from skgen.estimator_checks._tools import (
    MEMBERS,
    N_DRAWN,
    PLANS,
    assert_frequencies,
    assert_same_distribution,
    cells,
    fitted,
    frame,
    gauss_nodes,
    interval_ends,
    missing,
    mixed,
    names_of_checks,
    need,
    refused,
    same_cells,
    with_missing,
)


def check_given_cells_are_kept(name, generator):
    """`sample` keeps given cells unchanged: scalars, arrays or a table.

    Missing cells of a given table are drawn.
    """
    need(generator, "impute")
    generator = fitted(generator, mixed(200))
    drawn = generator.sample(30, given={"member": "yes", "spend": 111.25})
    spend = np.linspace(80, 160, 30)
    by_array = generator.sample(30, given={"spend": spend})
    for what, kept in {
        "category": (cells(drawn, 2) == "yes").all(),
        "number": (cells(drawn, 1) == 111.25).all(),
        "array": same_cells(cells(by_array, 1), spend),
    }.items():
        assert kept, f"{name}: a given {what} is not kept. Write it to the result."
    table = with_missing(30, seed=1)[["member", "spend"]]
    drawn = generator.sample(30, given=table)
    for given, column in ((0, 2), (1, 1)):
        known = ~missing(cells(table, given))
        kept = cells(drawn, column)[known] == cells(table, given)[known]
        assert kept.all(), (
            f"{name}: cells of a given table are not kept. Write them to the result."
        )
        assert not missing(cells(drawn, column)).any(), (
            f"{name}: missing cells of a given table are not drawn. Impute them."
        )


def check_sample_given_cells_is_impute(name, generator):
    """`sample` given some cells draws the other cells like `impute`.

    Kolmogorov-Smirnov distance; false-alarm rate 1e-6 per column.
    """
    need(generator, "impute")
    generator = fitted(generator, mixed(400))
    n = N_DRAWN // 2
    drawn = generator.sample(n, given={"member": "yes"})
    nothing = np.full(n, None, dtype=object)
    blank = frame(
        plan=nothing, spend=np.full(n, np.nan), member=np.repeat(MEMBERS[1:], n)
    )
    message = f"{name}: sample given cells differs from impute, expected the same draws"
    assert_same_distribution(drawn, generator.impute(blank), 0.0, message)


def check_ranges_and_sets_are_kept(name, generator):
    """`sample` given a range and a set returns n rows, all within the range and set.

    The given columns are never missing, and all values of the set are drawn.
    """
    need(generator, "impute")
    generator = fitted(generator, with_missing(400))
    low, high = np.quantile(cells(mixed(400), 1), [0.3, 0.7])
    given = {"spend": (low, high), "plan": set(PLANS[:2])}
    for n_samples in (0, 1, 200):
        drawn = generator.sample(n_samples, given=given)
        assert len(drawn) == n_samples, (
            f"{name}: {len(drawn)} rows within ranges are drawn, expected {n_samples}. "
            "Draw until there are n rows."
        )
        plan, spend = cells(drawn, 0), cells(drawn, 1)
        # a missing cell is not a member of the set
        assert set(plan) <= given["plan"], (
            f"{name}: cells are drawn outside the given set. Draw its members only."
        )
        assert ((spend >= low) & (spend <= high)).all(), (
            f"{name}: cells are drawn outside the given range. Draw within its ends."
        )
    assert set(plan) == given["plan"], (
        f"{name}: a value of the set is never drawn. Draw all that the model can draw."
    )
    above = generator.sample(20, given={"spend": (high, None)})
    assert (cells(above, 1) >= high).all(), (
        f"{name}: cells are drawn outside an open range. None as an end is no limit."
    )


def check_rows_within_a_range_follow_the_model(name, generator):
    """`sample` given a range follows the conditional distribution of the model.

    If there is a density, draws are compared with it, in a range of a quarter of the
    rows and in one of few rows; else with unconditional draws within the first range.
    Chi-square tests with a tolerance of 0.02 (a divergence) for draws by weighted
    particles; false-alarm rate 1e-6.
    """
    need(generator, "impute")
    X = mixed(400)
    generator = fitted(generator, X)
    message = f"{name}: rows within a range of 'spend' do not follow the model"
    if not hasattr(generator, "score_samples"):
        low, free = np.quantile(cells(X, 1), 0.75), generator.sample(N_DRAWN)
        within = cells(free, 1) >= low
        expected = _count_pairs(free, within) + 0.5
        counts = _count_within(generator, low)
        # the expectation is a sample too: smaller counts make up for its variance
        counts = np.round(counts / (1 + counts.sum() / within.sum()))
        assert_frequencies(counts, expected, 0.02, message)
        return
    for share in (0.75, 0.995):
        low = np.quantile(cells(X, 1), share)
        nodes, weights = gauss_nodes(np.union1d(interval_ends(cells(X, 1)), low))
        density = mixed_densities(generator, nodes, weights)
        # numbers beyond the observed ones have a density, but are never drawn
        within = (nodes.mean(axis=1) >= low) & (nodes.mean(axis=1) <= cells(X, 1).max())
        expected = density[:, within].sum(axis=1)
        assert_frequencies(_count_within(generator, low), expected, 0.02, message)


def check_impossible_conditions_are_refused(name, generator):
    """Conditions that no row can meet are an error that names their column."""
    need(generator, "impute")
    generator = fitted(generator, mixed(200))
    for given in (
        {"spend": (1e6, 2e6)},
        {"spend": 1e6},
        {"spend": (150.0, 100.0)},
        {"spend": set()},
        {"plan": ("basic", "plus")},
    ):
        with refused(ValueError, *given, by=f"{name}: sample given {given}"):
            generator.sample(5, given=given)


def check_effective_sample_sizes_come_with_the_rows(name, generator):
    """``return_ess=True`` adds a positive number per row, inf if nothing is given."""
    need(generator, "impute")
    generator = fitted(generator, mixed(200))
    X, ess = generator.sample(7, return_ess=True)
    assert len(X) == 7, (
        f"{name}: sample(7, return_ess=True) returns {len(X)} rows, expected 7."
    )
    assert np.array_equal(ess, np.full(7, np.inf)), (
        f"{name}: the effective sample sizes of exact draws are {ess}. Return inf."
    )
    X, ess = generator.sample(7, given={"member": "yes"}, return_ess=True)
    assert ess.shape == (len(X),), (
        f"{name}: the effective sample sizes are {ess}. Return one for each row."
    )
    assert (ess > 0).all(), (
        f"{name}: the effective sample sizes are {ess}, expected positive numbers."
    )


def check_many_draws_of_impute_differ(name, generator):
    """``impute(n_draws=m)`` returns a list of m different completed tables."""
    need(generator, "impute")
    X = with_missing(60)
    generator = fitted(generator, X)
    tables = generator.impute(X, n_draws=3, random_state=0)
    assert len(tables) == 3, f"{name}: impute(n_draws=3) returns no list of 3 tables."
    known = ~missing(cells(X, 1))
    for table in tables:
        assert not any(missing(cells(table, j)).any() for j in range(3)), (
            f"{name}: a table of impute(n_draws=3) has missing cells. Fill all."
        )
        assert same_cells(cells(table, 1)[known], cells(X, 1)[known]), (
            f"{name}: impute(n_draws=3) changes known cells. Keep them unchanged."
        )
    spends = [cells(table, 1)[~known] for table in tables]
    assert not np.array_equal(spends[0], spends[1]), (
        f"{name}: the tables of impute(n_draws=3) are the same. Draw each one anew."
    )


def _count_within(generator, low):
    drawn = generator.sample(1500, given={"spend": (low, None)})
    return _count_pairs(drawn, np.full(1500, True))


def _count_pairs(X, rows):
    plan, member = cells(X, 0)[rows], cells(X, 2)[rows]
    return np.array([np.sum((plan == p) & (member == m)) for p, m in pairs()])


__all__ = names_of_checks(globals())
