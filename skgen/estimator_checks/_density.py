"""Checks that densities, samples and imputations follow one distribution."""

import numpy as np
from scipy.special import logsumexp

from skgen.estimator_checks._tools import (
    MEMBERS,
    N_DRAWN,
    PLANS,
    assert_frequencies,
    cells,
    dkw_bound,
    fitted,
    frame,
    gauss_nodes,
    interval_ends,
    missing,
    mixed,
    mixed_columns,
    names_of_checks,
    need,
    numbers,
    same_cells,
    same_table,
    with_missing,
)

# A density may have some mass on values that are never drawn: two rows of 400.
FLOOR = 0.005


def check_density_of_a_number_integrates_to_one(name, generator):
    """The density of one continuous column, in its own units, integrates to one.

    Tolerance: the weight of two rows, which a heavy tail may have beyond the grid.
    """
    need(generator, "score_samples")
    X = numbers(400, 1)
    density = _densities(fitted(generator, X), *gauss_nodes(interval_ends(X[:, 0])))
    _assert_total(density.sum(), name)


def check_density_with_a_point_mass_sums_to_one(name, generator):
    """A repeated value of a continuous column scores its log-probability.

    The probability is the share of the value in the training rows, with a tolerance of
    0.05. With the integral of the density it sums to one (tolerance: two rows).
    """
    need(generator, "score_samples")
    X = _zero_inflated(400)
    generator = fitted(generator, X)
    mass = np.exp(generator.score_samples(np.zeros((1, 1))))[0]
    share = np.mean(X == 0)
    assert abs(mass - share) <= 0.05, (
        f"{name}: the repeated value 0 has the probability {mass:.3f}, expected about "
        f"{share:.3f}, its share in the training rows."
    )
    density = _densities(generator, *gauss_nodes(interval_ends(X[:, 0])))
    _assert_total(mass + density.sum(), name)


def check_density_of_two_numbers_integrates_to_one(name, generator):
    """The joint density of two continuous columns integrates to one.

    Tolerance: 0.02, for the weight of a row in each column and the error of the grid.
    """
    need(generator, "score_samples")
    X = numbers(100, 2)
    axes = [gauss_nodes(interval_ends(x, n_even=40, n_tail=25), order=1) for x in X.T]
    nodes, weights = zip(*axes, strict=True)
    grid = np.stack(np.meshgrid(*nodes, indexing="ij"), axis=-1).reshape(-1, 2)
    log_density = fitted(generator, X).score_samples(grid)
    total = np.exp(log_density) @ np.multiply.outer(*map(np.ravel, weights)).ravel()
    _assert_total(total, name, tolerance=0.02)


def check_density_of_categories_sums_to_one(name, generator):
    """The probabilities of all combinations of categories and booleans sum to one."""
    need(generator, "score_samples")
    columns = mixed_columns(400)
    X = frame(plan=columns["plan"], member=columns["member"] == "yes")
    plan, member = np.meshgrid(PLANS, [False, True])
    grid = frame(plan=plan.ravel(), member=member.ravel())
    total = np.exp(fitted(generator, X).score_samples(grid)).sum()
    _assert_total(total, name, tolerance=1e-6)


def check_density_of_whole_numbers_sums_to_one(name, generator):
    """The probabilities of all whole numbers sum to one, in an integer column.

    Tolerance: the weight of two rows, which a heavy tail may have beyond the grid.
    """
    need(generator, "score_samples")
    X = np.random.default_rng(0).poisson(4, size=(400, 1)) * 3
    grid = np.arange(-3000, 3000)[:, None]
    total = np.exp(fitted(generator, X).score_samples(grid)).sum()
    _assert_total(total, name)


def check_density_of_dates_sums_to_one(name, generator):
    """The probabilities of all days sum to one, in a column of days.

    Tolerance: the weight of two rows, which a heavy tail may have beyond the grid.
    """
    need(generator, "score_samples")
    start = np.datetime64("2024-01-01", "D")
    days = np.random.default_rng(0).integers(60, size=400)
    generator = fitted(generator, frame(day=(start + days).astype("M8[s]")))
    grid = frame(day=(start + np.arange(-6000, 6000)).astype("M8[s]"))
    _assert_total(np.exp(generator.score_samples(grid)).sum(), name)


def check_density_of_a_mixed_table_integrates_to_one(name, generator):
    """The density of categories and a number, summed and integrated, is one.

    Tolerance: the weight of two rows, which a heavy tail may have beyond the grid.
    """
    need(generator, "score_samples")
    X = mixed(400)
    nodes, weights = gauss_nodes(interval_ends(cells(X, 1)))
    density = mixed_densities(fitted(generator, X), nodes, weights)
    _assert_total(density.sum(), name)


def check_samples_of_a_mixed_table_follow_the_density(name, generator):
    """Drawn rows of a mixed table have the frequencies that the density predicts.

    A chi-square test with a tolerance of 0.001 (a divergence) for mass that is never
    drawn; false-alarm rate 1e-6.
    """
    need(generator, "score_samples")
    X = mixed(400)
    generator = fitted(generator, X)
    borders = np.quantile(cells(X, 1), np.linspace(0, 1, 7)[1:-1])
    ends = np.union1d(interval_ends(cells(X, 1)), borders)
    nodes, weights = gauss_nodes(ends)
    density = mixed_densities(generator, nodes, weights)
    bins = np.searchsorted(borders, nodes.mean(axis=1))
    drawn = generator.sample(N_DRAWN)
    spend = np.searchsorted(borders, cells(drawn, 1))
    counts, probabilities = [], []
    for i, (plan, member) in enumerate(pairs()):
        here = (cells(drawn, 0) == plan) & (cells(drawn, 2) == member)
        counts.append(np.bincount(spend[here], minlength=6))
        probabilities.append(np.bincount(bins, weights=density[i], minlength=6))
    message = f"{name}: samples do not follow the density"
    assert_frequencies(np.array(counts), np.array(probabilities), 0.001, message)


def check_samples_of_a_number_follow_the_density(name, generator):
    """Drawn numbers follow the density, including a point mass.

    The Dvoretzky-Kiefer-Wolfowitz bound with a tolerance of 0.01 for mass that is never
    drawn and for the grid; false-alarm rate 1e-6.
    """
    need(generator, "score_samples")
    X = _zero_inflated(400)
    generator = fitted(generator, X)
    ends = interval_ends(X[:, 0])
    density = _densities(generator, *gauss_nodes(ends))
    mass = np.exp(generator.score_samples(np.zeros((1, 1))))[0]
    cumulative = np.concatenate([[0.0], np.cumsum(density)]) + mass * (ends >= 0)
    drawn = np.sort(generator.sample(N_DRAWN)[:, 0])
    empirical = np.searchsorted(drawn, ends, side="right") / N_DRAWN
    found, bound = np.abs(empirical - cumulative).max(), dkw_bound(N_DRAWN) + 0.01
    assert found <= bound, (
        f"{name}: the distribution function of the samples is {found:.3f} from the "
        f"integral of the density, more than {bound:.3f}. Sample from that density."
    )


def check_score_of_own_samples_is_the_negative_entropy(name, generator):
    """The mean log-density of drawn rows is the integral of p log p.

    Tolerance: 0.02 and five standard errors of the mean (false-alarm rate 1e-6).
    """
    need(generator, "score_samples")
    X = mixed(400)
    generator = fitted(generator, X)
    nodes, weights = gauss_nodes(interval_ends(cells(X, 1)))
    density = mixed_densities(generator, nodes, weights, node_wise=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = np.log(density / weights)
        moment = np.where(density > 0, density * log_density, 0.0).sum()
        square = np.where(density > 0, density * log_density**2, 0.0).sum()
    score = generator.score(generator.sample(N_DRAWN))
    bound = 5 * np.sqrt(max(square - moment**2, 0.0) / N_DRAWN) + 0.02
    assert abs(score - moment) <= bound, (
        f"{name}: own samples score {score:.3f}, expected the integral of p log p, "
        f"{moment:.3f}. Sample from the density."
    )


def check_missing_cell_is_summed_out(name, generator):
    """A row with a missing category scores the log of the sum over the categories.

    Tolerance for estimates by simulation: a mean error of 0.1 nats over 200 rows, and a
    root mean square error of 0.5.
    """
    need(generator, "score_samples")
    generator = fitted(generator, mixed(400))
    columns = mixed_columns(200, seed=1)
    for column, levels in (("plan", PLANS), ("member", MEMBERS)):
        each = [
            generator.score_samples(frame(**{**columns, column: np.repeat(level, 200)}))
            for level in levels
        ]
        nothing = np.full(200, None, dtype=object)
        scores = generator.score_samples(frame(**{**columns, column: nothing}))
        error = scores - logsumexp(each, axis=0)
        assert abs(error.mean()) <= 0.1, (
            f"{name}: rows in which {column!r} is missing score {error.mean():+.3f} "
            "nats more on average than the sum over its categories."
        )
        spread = np.sqrt(np.mean(error**2))
        assert spread <= 0.5, (
            f"{name}: rows in which {column!r} is missing score {spread:.3f} nats "
            "(root mean square) from the sum over its categories. Simulate longer."
        )


def check_missing_number_is_integrated_out(name, generator):
    """A row with a missing number scores the log of the integral over the number.

    Tolerance for estimates by simulation: a mean error of 0.1 nats over the rows, and a
    root mean square error of 0.5.
    """
    need(generator, "score_samples")
    X = mixed(400)
    generator = fitted(generator, X)
    nodes, weights = gauss_nodes(interval_ends(cells(X, 1)))
    integrals = mixed_densities(generator, nodes, weights).sum(axis=1)
    plan, member = np.repeat(np.array(pairs(), dtype=object), 20, axis=0).T
    nothing = np.full(len(plan), np.nan)
    scores = generator.score_samples(frame(plan=plan, spend=nothing, member=member))
    error = scores - np.repeat(np.log(integrals), 20)
    spread = np.sqrt(np.mean(error**2))
    message = f"{name}: rows in which 'spend' is missing score"
    assert abs(error.mean()) <= 0.1, (
        f"{message} {error.mean():+.3f} nats more on average than the integral over it."
    )
    assert spread <= 0.5, (
        f"{message} {spread:.3f} nats (root mean square) from the integral over it."
    )


def check_row_without_observed_cells_scores_zero(name, generator):
    """A row in which all cells are missing scores 0: it has probability one."""
    need(generator, "score_samples")
    nothing = np.full(3, None, dtype=object)
    empty = frame(plan=nothing, spend=np.full(3, np.nan), member=nothing)
    for X in (mixed(200), with_missing(200)):
        scores = fitted(generator, X).score_samples(empty)
        assert np.abs(scores).max() <= 1e-9, (
            f"{name}: rows of missing cells score {scores}, not 0. Sum all cells out."
        )


def check_impute_fills_all_and_only_missing_cells(name, generator):
    """`impute` fills all missing cells and leaves the known ones bit-identical.

    It keeps the index, columns and dtypes, and known cells outside the range observed
    at fit.
    """
    need(generator, "impute")
    generator = fitted(generator, with_missing(200))
    X = with_missing(50, seed=1)
    X.index = np.arange(50)[::-1] * 3
    X.loc[X.index[:2], "spend"] = [-0.0, 12345.6789]
    full = generator.impute(X)
    for part in ("index", "columns", "dtypes"):
        assert getattr(full, part).equals(getattr(X, part)), (
            f"{name}: impute changes the {part}. Keep those of X."
        )
    for j, column in enumerate(X.columns):
        known = ~missing(cells(X, j))
        assert same_cells(cells(full, j)[known], cells(X, j)[known]), (
            f"{name}: impute changes known cells of {column!r}. Keep them."
        )
        n_left = missing(cells(full, j)).sum()
        assert n_left == 0, (
            f"{name}: impute leaves {n_left} cells of {column!r} missing. Fill all."
        )
    complete = mixed(20)
    assert same_table(generator.impute(complete), complete), (
        f"{name}: impute changes a table without missing cells. Return a copy."
    )


def check_impute_of_an_array_fills_all_and_only_missing_cells(name, generator):
    """`impute` of an array fills all missing cells and keeps the known ones."""
    need(generator, "impute")
    X = numbers(200, 3)
    X[np.random.default_rng(1).random(X.shape) < 0.2] = np.nan
    full = fitted(generator, X).impute(X)
    found = type(full), getattr(full, "dtype", None)
    assert found == (np.ndarray, X.dtype), f"{name}: impute returns {found}, not as X."
    known = ~np.isnan(X)
    assert same_cells(full[known], X[known]), (
        f"{name}: impute changes known cells. Keep them."
    )
    assert not np.isnan(full).any(), f"{name}: impute leaves cells missing. Fill all."


def check_impute_of_a_category_follows_the_density(name, generator):
    """Imputed categories follow the density given the other cells.

    The first and the last column are checked, by a chi-square test with a tolerance of
    0.02 (a divergence) for conditionals by simulation; false-alarm rate 1e-6.
    """
    need(generator, "impute", "score_samples")
    generator = fitted(generator, mixed(400))
    for column, levels, others in _category_cases():
        given = {**others, column: levels}
        row = frame(
            **{key: _column(value, len(levels)) for key, value in given.items()}
        )
        probabilities = np.exp(generator.score_samples(_in_order(row)))
        nothing = {**others, column: None}
        blank = frame(**{key: _column(value, 1500) for key, value in nothing.items()})
        drawn = cells(generator.impute(_in_order(blank)), _ORDER.index(column))
        counts = np.array([np.sum(drawn == level) for level in levels])
        assert counts.sum() == 1500, (
            f"{name}: impute draws categories unseen at fit. Draw only {list(levels)}."
        )
        message = f"{name}: {column!r} given {others} does not follow the density"
        assert_frequencies(counts, probabilities, 0.02, message)


def check_impute_of_a_number_follows_the_density(name, generator):
    """Imputed numbers follow the density given the other cells.

    The Dvoretzky-Kiefer-Wolfowitz bound with a tolerance of 0.05 for conditionals by
    simulation; false-alarm rate 1e-6.
    """
    need(generator, "impute", "score_samples")
    X = mixed(400)
    generator = fitted(generator, X)
    ends = interval_ends(cells(X, 1))
    nodes, weights = gauss_nodes(ends)
    densities = mixed_densities(generator, nodes, weights)
    for density, (plan, member) in zip(densities, pairs(), strict=True):
        blank = frame(
            plan=_column(plan, 1500),
            spend=np.full(1500, np.nan),
            member=_column(member, 1500),
        )
        drawn = np.sort(cells(generator.impute(blank), 1))
        cumulative = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
        empirical = np.searchsorted(drawn, ends, side="right") / 1500
        found, bound = np.abs(empirical - cumulative).max(), dkw_bound(1500) + 0.05
        assert found <= bound, (
            f"{name}: 'spend' given {plan!r} and {member!r} is {found:.3f} from its "
            f"conditional distribution, more than {bound:.3f}. Use the known cells."
        )


_ORDER = ["plan", "spend", "member"]


def _assert_total(total, name, tolerance=FLOOR):
    assert abs(total - 1) <= tolerance, (
        f"{name}: exp(score_samples) sums to {total:.4f} over all rows, not to 1. Use "
        "densities in the units of columns, and probabilities of discrete values."
    )


def _zero_inflated(n_samples):
    rng = np.random.default_rng(0)
    x = rng.gamma(2.0, 40.0, size=(n_samples, 1)) - 30.0
    x[rng.random(n_samples) < 0.4] = 0.0
    return x


def _densities(generator, nodes, weights):
    """Integral of the density of one column over each interval."""
    log_density = generator.score_samples(nodes.reshape(-1, 1))
    return (np.exp(log_density).reshape(nodes.shape) * weights).sum(axis=1)


def pairs():
    """All pairs of 'plan' and 'member'."""
    return [(plan, member) for plan in PLANS for member in MEMBERS]


def mixed_densities(generator, nodes, weights, *, node_wise=False):
    """Integral of the density over intervals of 'spend', for each of the `pairs`."""
    plan, member = np.array(pairs(), dtype=object).T
    X = frame(
        plan=np.repeat(plan, nodes.size),
        spend=np.tile(nodes.ravel(), len(plan)),
        member=np.repeat(member, nodes.size),
    )
    density = np.exp(generator.score_samples(X)).reshape(len(plan), *nodes.shape)
    return density * weights if node_wise else (density * weights).sum(axis=2)


def _category_cases():
    """(column, its categories, the other cells of a row)."""
    for spend in (95.0, 125.0):
        for member in MEMBERS:
            yield "plan", PLANS, {"spend": spend, "member": member}
        for plan in PLANS[:2]:
            yield "member", MEMBERS, {"plan": plan, "spend": spend}


def _column(value, n_samples):
    """An array of a scalar, or of the given values."""
    if isinstance(value, np.ndarray):
        return value
    dtype = float if isinstance(value, float) else object
    return np.full(n_samples, value, dtype=dtype)


def _in_order(X):
    return X[_ORDER]


__all__ = names_of_checks(globals())
