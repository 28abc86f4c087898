"""The matrix that a model sees: columns with observed cells, missing indicators."""

import warnings
from functools import partial

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from skgen._plan.auxiliary import indicator_column
from skgen._plan.choose import choose_rules, warn_of_left
from skgen._plan.fit import fit_plan
from skgen._table.containers.tables import as_table
from skgen._table.numbers import refuse_extremes
from skgen.base._checked_draws import draw_checked, log_share_of_passing
from skgen.base._missing_indicators import fit_missing_pattern
from skgen.base._rules import draw_by_plan, impute_by_plan, log_density_by_plan
from skgen.rules import RuleList


class ModelMatrixMixin:
    """Turns the matrix of a table into that of the model, and back.

    Between them stands the wide matrix: the columns of the table, auxiliary columns of
    the plan by which rules are kept, and missing indicators. The model sees some of its
    columns: not those that nothing is known of, nor, unless it ``computes_rules``
    itself, those that are computed from others.
    """

    #: whether the model computes the columns that rules determine, as the plan says
    computes_rules = False
    # of generators that another one fits directly to its own matrix
    _missing_pattern, _n_rows, _plan, _rules, _log_passing = None, 1.0, None, (), 0.0

    def _set_columns(self, Z, sample_weight, rules):
        """Set ``columns_``; learn which cells are missing unless the model does."""
        self.n_features_in_ = self.codec_.n_features_in_
        if hasattr(self.codec_, "feature_names_in_"):
            self.feature_names_in_ = self.codec_.feature_names_in_
        self._rules = rules
        self._plan = fit_plan(rules, self.codec_, Z, in_order=self.computes_rules)
        warn_of_left(self.rules, self._plan, stacklevel=5)
        wide, seen = list(self.codec_.columns_), self._modelled()
        refuse_extremes([wide[j] for j in seen])
        if self._plan is not None:
            if not self.computes_rules:
                self._plan.reject_backward()
            wide += [auxiliary.column for auxiliary in self._plan.auxiliary]
            hidden = self._hidden_columns()
            seen = [j for j in seen if j not in hidden]
            seen += range(self.n_features_in_, len(wide))
        self._missing_pattern = None
        self._n_rows = sample_weight.sum()
        # hidden ones are missing or not, too, unless that follows from their inputs
        drawn = {*seen, *self._hidden_columns()} - self._always_blanked()
        incomplete = [j for j in sorted(drawn) if wide[j].has_missing]
        self._indicated = ()
        if incomplete and self.models_missing_indicators:
            self._indicated = tuple(incomplete)
            place = {j: i for i, j in enumerate(seen)}
            seen += range(len(wide), len(wide) + len(incomplete))
            wide += [indicator_column(wide[j], place.get(j)) for j in incomplete]
        elif incomplete:
            known = [j for j in sorted(drawn) if j < self.n_features_in_]
            self._missing_pattern = fit_missing_pattern(
                Z[:, known], [wide[j] for j in known], sample_weight
            )
            self._patterned = known
        self._wide_columns, self._seen_columns = (
            tuple(wide),
            np.array(seen, dtype=np.intp),
        )
        self.columns_ = tuple(wide[j] for j in seen)

    def _hidden_columns(self):
        """Positions of the columns that the model does not see, but rules compute."""
        hidden = self._plan is not None and not self.computes_rules
        return self._plan.computed if hidden else frozenset()

    def _always_blanked(self):
        """Those of them that are missing exactly where what they come from is."""
        hidden = self._hidden_columns()
        return hidden & self._plan.determined if hidden else hidden

    @property
    def schema_(self):
        """What is known of the fitted table, kept rules included: a `Schema`."""
        check_is_fitted(self)
        kept = () if self._plan is None else self._plan.kept
        if hasattr(self._rules, "found"):
            # those that were found come with what speaks for them
            kept = RuleList(f for f in self._rules.found if f.rule in kept)
        return self.codec_.schema_.with_rules(kept)

    def _encode(self, X, *, return_unknown=False):
        """The matrix of the table, NaN where a cell is missing or unknown."""
        validate_data(self, as_table(X)[1], reset=False, skip_check_array=True)
        return self.codec_.encode(
            X, handle_unknown=self.handle_unknown, return_unknown=return_unknown
        )

    def _modelled(self):
        """Positions in the table of the columns that models see."""
        return [j for j, c in enumerate(self.codec_.columns_) if c.modelled]

    def _indicators(self):
        """Positions of the missing indicators among the columns of the model."""
        return [j for j, c in enumerate(self.columns_) if c.indicator_of is not None]

    def _auxiliary_columns(self):
        """Positions of the auxiliary columns of the plan among those of the model."""
        first = self.n_features_in_
        last = first if self._plan is None else self._plan.n_columns
        return np.flatnonzero(
            (first <= self._seen_columns) & (self._seen_columns < last)
        ).tolist()

    def _wide_indicators(self):
        """Pairs of a missing indicator and its column, in the wide matrix."""
        first = len(self._wide_columns) - len(self._indicated)
        return list(enumerate(self._indicated, first))

    def _wide_matrix(self, Z, *, missing=np.nan, known=np.nan):
        """Append auxiliary columns, and what indicators of missing, known cells are."""
        wide = np.full((len(Z), len(self._wide_columns)), np.nan)
        wide[:, : Z.shape[1]] = Z
        if self._plan is not None:
            self._plan.measure(wide)
        for j, of in self._wide_indicators():
            wide[:, j] = np.where(np.isnan(Z[:, of]), missing, known)
            follows = None if self._plan is None else self._plan.is_missing(Z, of)
            if follows is not None and not follows.all():
                # only what rules leave open is learned
                wide[follows, j] = np.nan
        return wide

    def _model_matrix(self, Z, *, missing=np.nan, known=np.nan):
        """The columns of `_wide_matrix` that the model sees."""
        return self._wide_matrix(Z, missing=missing, known=known)[:, self._seen_columns]

    def _known_matrix(self, n_samples, given):
        """The known cells of rows to be drawn."""
        if given is None:
            return np.full((n_samples, len(self._wide_columns)), np.nan)
        known = self._wide_matrix(given.matrix(), known=0.0)
        for j, of in self._wide_indicators():
            if of in given.limits:
                known[:, j] = 0.0
        if self._plan is not None:
            self._note_observed(known)
        return known

    def _note_observed(self, known):
        """Note, in place, which unknown cells are not missing as known ones are not."""
        indicator = {of: j for j, of in self._wide_indicators()}
        for _ in self._plan.missing:
            for rule in self._plan.missing:
                at = indicator.get(rule.condition)
                if at is not None and np.isnan(rule.value):
                    there = ~np.isnan(known[:, rule.target])
                    there &= known[:, rule.target] != rule.then
                    if np.isnan(rule.then) and rule.target in indicator:
                        there |= known[:, indicator[rule.target]] == 0.0
                    known[there, at] = 0.0

    def _table_matrix(self, wide):
        """Columns of the table."""
        return wide[:, : self.n_features_in_]

    def _computed(self):
        """Columns of the table that follow from rules, whatever the observed range."""
        plan = self._plan
        return () if plan is None else {*plan.by_target, *plan.by_input}

    def _decode(self, wide, rng):
        """Table of drawn rows."""
        Z = self._table_matrix(wide)
        return self.codec_.decode(Z, rng=rng, unclipped=self._computed())

    def _choose_rules(self, Z, sample_weight):
        """Rules that the plan is made for."""
        return choose_rules(self.rules, self.schema, self.codec_, Z, sample_weight)

    def _blank_missing(self, wide, known, given, rng):
        """Drawn rows, with NaN in the cells that are drawn as missing."""
        limited = [] if given is None else list(given.limits)
        if self._missing_pattern is not None:
            free = np.isnan(known)
            free[:, limited] = False
            at, wide = self._patterned, wide.copy()
            wide[:, at] = self._missing_pattern.draw(wide[:, at], free[:, at], rng)
        elif self._indicated:
            # the array may be one that the model keeps
            wide = wide.copy()
            for j, of in self._wide_indicators():
                wide[wide[:, j] == 1.0, of] = np.nan
        if self._plan is not None:
            is_known = ~np.isnan(known)
            is_known[:, limited] = True
            wide = self._plan.blank(wide, is_known)
        return wide

    def _draw_wide(self, known, rng):
        """Fill the unknown cells by a hook of the model; also effective sample sizes.

        Parameters
        ----------
        known : ndarray of shape (n_rows, n_wide)
        rng : numpy.random.Generator
        """
        return draw_checked(self._plan, partial(self._draw_once, rng=rng), known)

    def _draw_once(self, known, rng):
        return draw_by_plan(self, known, self._sample_particles, rng)

    def _impute_once(self, known, rng):
        return tuple(impute_by_plan(self, known, 1, rng))

    def _impute_wide(self, known, n_draws, rng):
        """Fill the unknown cells of rows several times; a list of wide matrices."""
        tables = impute_by_plan(self, known, n_draws, rng)
        if self._plan is None or not self._plan.checks:
            return tables
        again = partial(self._impute_once, rng=rng)
        for table in tables:
            rows = np.flatnonzero(~self._plan.passes(table) & self._plan.passes(known))
            if len(rows):
                table[rows] = draw_checked(self._plan, again, known[rows])[0]
        return tables

    def _warn_of_broken(self, tables, *, filled=False):
        """Warn of rows whose known cells break rules, in one or more wide matrices.

        Those about missing cells do not count where all missing ones were `filled`.
        """
        if self._plan is None:
            return
        breaks = [
            self._plan.rows_that_break(self._table_matrix(Z), filled) for Z in tables
        ]
        n_broken = np.any(breaks, axis=0).sum()
        if n_broken:
            warnings.warn(
                f"{n_broken} rows have known cells that rules between the columns do "
                "not allow, beside each other. These cells are left as they are. "
                "Correct them, or fit with other `rules`.",
                UserWarning,
                stacklevel=3,
            )

    def _set_share_of_passing(self, rng):
        """Estimate the share of the rows of the model that pass the plan's checks."""
        draw, n_wide = partial(self._draw_once, rng=rng), len(self._wide_columns)
        self._log_passing = log_share_of_passing(self._plan, draw, n_wide)

    def _log_density(self, wide, rng):
        """Log-density of known cells; impossible rows get a small one, not -inf."""
        n_broken, plan = np.zeros(len(wide)), self._plan
        if plan is not None:
            wide, broken = plan.explain(wide)
            n_broken = broken.sum(axis=1)
        rare = np.log(0.5 / (self._n_rows + 1))
        found = log_density_by_plan(self, wide, self._log_density_of_seen, rng)
        found += rare * n_broken
        if plan is not None and plan.checks:
            # what stands beside unknown cells of checks hardly depends on them
            checked = [at for check in plan.checks for at in check.columns]
            found[~np.isnan(wide[:, checked]).all(axis=1)] -= self._log_passing
        return found

    def _log_density_of_seen(self, Z, rng):
        """Log-density of known cells of the columns that the model sees."""
        Z, n_between = round_to_grid(Z, self.columns_)
        Z[:, self._indicators()] = np.nan
        absent = find_absent(Z, self.columns_)
        Z[absent] = np.nan
        found = np.array(self._score_samples(Z, rng), dtype=np.float64)
        rare = np.log(0.5 / (self._n_rows + 1))
        impossible = np.isneginf(found)
        if impossible.any():
            floor = floor_log_density(Z[impossible], self.columns_)
            found[impossible] = rare + floor
        n_rare = n_between + absent.sum(axis=1)
        return found + rare * n_rare - log_widths(Z, self.columns_)


def round_to_grid(Z, columns):
    """Copy of a matrix on the grids of its columns; how many cells of a row were not.

    Such a cell is not impossible, since a finer grid may show in more rows.
    """
    Z, n_between = Z.copy(), np.zeros(len(Z))
    on_grid = [j for j, column in enumerate(columns) if column.integer_valued]
    z = np.rint(Z[:, on_grid])
    n_between += (np.abs(Z[:, on_grid] - z) > 0).sum(axis=1)
    Z[:, on_grid] = z
    return Z, n_between


def find_absent(Z, columns):
    """Cells with a point mass that no row held at fit, in columns off any grid.

    The density of the numbers around it is none of it.
    """
    absent = np.zeros(Z.shape, dtype=bool)
    for j, column in enumerate(columns):
        if len(column.absent_atoms) and not column.integer_valued:
            absent[:, j] = np.isin(Z[:, j], column.absent_atoms)
    return absent


def log_widths(Z, columns):
    """Sum over the cells of the logarithm of the widths of point masses.

    Models give a probability to each point mass. This changes that of rare ones of
    columns off any grid to a density, so that it does not matter for the scores of rows
    whether such a value was found.
    """
    total = np.zeros(len(Z))
    for z, column in zip(Z.T, columns, strict=True):
        if not (column.atom_widths == 1).all():
            at = np.minimum(np.searchsorted(column.atoms, z), len(column.atoms) - 1)
            equal = column.atoms[at] == z
            total[equal] += np.log(column.atom_widths[at[equal]])
    return total


def floor_log_density(Z, columns):
    """Log-density that is positive everywhere, of independent columns.

    Categories have equal probabilities, numbers a Cauchy distribution as wide as the
    observed range.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN is an unknown cell.
    columns : sequence of Column

    Returns
    -------
    log_density : ndarray of shape (n_rows,)
    """
    total = np.zeros(len(Z))
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        if column.discrete:
            total[known] -= np.log(column.n_categories)
            continue
        half = (column.upper - column.lower) / 2 or max(1.0, abs(column.lower))
        unit = (z[known] - column.lower - half) / half
        total[known] -= np.log(np.pi * half) + 2 * np.log(np.hypot(1.0, unit))
    return total
