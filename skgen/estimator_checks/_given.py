"""Laws of `sample` given cells, ranges and sets."""

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
    need,
    refused,
    same_cells,
    with_missing,
)


def check_given_cells_are_kept(name, generator):
    """`sample` keeps the given cells as they are, be they scalars, arrays or a table.

    Missing cells of a given table are drawn like those of other columns.
    """
    need(generator, "impute")
    generator = fitted(generator, mixed(200))
    drawn = generator.sample(30, given={"member": "yes", "spend": 111.25})
    assert (cells(drawn, 2) == "yes").all(), f"{name}: a given category is not kept."
    assert (cells(drawn, 1) == 111.25).all(), f"{name}: a given number is not kept."
    spend = np.linspace(80, 160, 30)
    drawn = generator.sample(30, given={"spend": spend})
    assert same_cells(cells(drawn, 1), spend), f"{name}: a given array is not kept."
    table = with_missing(30, seed=1)[["member", "spend"]]
    drawn = generator.sample(30, given=table)
    for given, column in ((0, 2), (1, 1)):
        known = ~missing(cells(table, given))
        kept = cells(drawn, column)[known] == cells(table, given)[known]
        assert kept.all(), f"{name}: cells of a given table are not kept."
        assert not missing(cells(drawn, column)).any(), (
            f"{name}: missing cells of a given table are not drawn."
        )


def check_sample_given_cells_is_impute(name, generator):
    """`sample` given some cells draws the rest as `impute` does.

    Kolmogorov-Smirnov distances with a false-alarm rate of 1e-6 a column.
    """
    need(generator, "impute")
    generator = fitted(generator, mixed(400))
    n = N_DRAWN // 2
    drawn = generator.sample(n, given={"member": "yes"})
    nothing = np.full(n, None, dtype=object)
    blank = frame(
        plan=nothing, spend=np.full(n, np.nan), member=np.repeat(MEMBERS[1:], n)
    )
    message = f"{name}: sample given cells differs from impute"
    assert_same_distribution(drawn, generator.impute(blank), 0.0, message)


def check_ranges_and_sets_are_kept(name, generator):
    """Rows given a range and a set are as many as asked for, all of them within.

    Cells within are never missing, and all values of the set are drawn.
    """
    need(generator, "impute")
    generator = fitted(generator, with_missing(400))
    low, high = np.quantile(cells(mixed(400), 1), [0.3, 0.7])
    given = {"spend": (low, high), "plan": set(PLANS[:2])}
    for n_samples in (0, 1, 200):
        drawn = generator.sample(n_samples, given=given)
        assert len(drawn) == n_samples, (
            f"{name}: {len(drawn)} rows within ranges are drawn instead of {n_samples}."
        )
        plan, spend = cells(drawn, 0), cells(drawn, 1)
        # a missing cell is no member of the set
        assert set(plan) <= given["plan"], (
            f"{name}: cells are drawn outside the given set."
        )
        assert ((spend >= low) & (spend <= high)).all(), (
            f"{name}: cells are drawn outside the given range."
        )
    assert set(plan) == given["plan"], f"{name}: a value of the set is never drawn."
    above = generator.sample(20, given={"spend": (high, None)})
    assert (cells(above, 1) >= high).all(), f"{name}: an open range is not kept."


def check_rows_within_a_range_follow_the_model(name, generator):
    """Rows within a range are distributed as the model says for all rows within it.

    As its density says, for a range that a quarter of the rows are in and one that few
    are in; without a density, as those of its free draws that are within the first.
    Chi-square tests with a false-alarm rate of 1e-6; a divergence of 0.02 is granted
    for draws by weighted particles.
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
        # the free rows are a sample too: fewer rows compare as well with the truth
        counts = np.round(counts / (1 + counts.sum() / within.sum()))
        assert_frequencies(counts, expected, 0.02, message)
        return
    for share in (0.75, 0.995):
        low = np.quantile(cells(X, 1), share)
        nodes, weights = gauss_nodes(np.union1d(interval_ends(cells(X, 1)), low))
        density = mixed_densities(generator, nodes, weights)
        # what is far out is scored, but never drawn
        within = (nodes.mean(axis=1) >= low) & (nodes.mean(axis=1) <= cells(X, 1).max())
        expected = density[:, within].sum(axis=1)
        assert_frequencies(_count_within(generator, low), expected, 0.02, message)


def check_impossible_conditions_are_refused(name, generator):
    """What the model never draws is an error that names its column, not a long wait."""
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
    """With ``return_ess`` there is a positive number for each row, infinite if free."""
    need(generator, "impute")
    generator = fitted(generator, mixed(200))
    X, ess = generator.sample(7, return_ess=True)
    assert len(X) == 7, f"{name}: {len(X)} rows come with the sample sizes, not 7."
    assert np.array_equal(ess, np.full(7, np.inf)), (
        f"{name}: free rows come with the effective sample sizes {ess}."
    )
    X, ess = generator.sample(7, given={"member": "yes"}, return_ess=True)
    assert ess.shape == (len(X),), f"{name}: the sample sizes are not one for each row."
    assert (ess > 0).all(), (
        f"{name}: given rows come with the effective sample sizes {ess}."
    )


def check_many_draws_of_impute_differ(name, generator):
    """``impute(n_draws=m)`` gives m completed tables, each as `impute` gives one."""
    need(generator, "impute")
    X = with_missing(60)
    generator = fitted(generator, X)
    tables = generator.impute(X, n_draws=3, random_state=0)
    assert len(tables) == 3, f"{name}: impute(n_draws=3) gives no list of 3 tables."
    known = ~missing(cells(X, 1))
    for table in tables:
        assert not any(missing(cells(table, j)).any() for j in range(3)), (
            f"{name}: a table of impute(n_draws=3) has missing cells."
        )
        assert same_cells(cells(table, 1)[known], cells(X, 1)[known]), (
            f"{name}: impute(n_draws=3) changes known cells."
        )
    spends = [cells(table, 1)[~known] for table in tables]
    assert not np.array_equal(spends[0], spends[1]), (
        f"{name}: the tables of impute(n_draws=3) are all the same."
    )


def _count_within(generator, low):
    drawn = generator.sample(1500, given={"spend": (low, None)})
    return _count_pairs(drawn, np.full(1500, True))


def _count_pairs(X, rows):
    plan, member = cells(X, 0)[rows], cells(X, 2)[rows]
    return np.array([np.sum((plan == p) & (member == m)) for p, m in pairs()])
