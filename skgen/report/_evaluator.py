"""Evaluation of every metric for every table, the floor and the ceiling."""

import numpy as np

from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import subsample
from skgen.displays import (
    DetectionDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    PairwiseDisplay,
    PrivacyDisplay,
)
from skgen.metrics._registry import METRICS, Inputs, reported
from skgen.metrics._rules import known_rules

#: rows of each table that are plotted one by one
_N_PLOTTED = 2000


class Evaluator:
    """Evaluates metrics of tables, of independent columns and of real rows.

    Parameters
    ----------
    tables : Tables
        The first matrix is that of the rows that the generator was fitted to.
    holdout : ndarray of shape (n_holdout, n_columns) or None
    target : int or None
        Position of a column.
    sensitive : list of int or None
        Positions of columns.
    rules : "auto", sequence of Rule, or None
    max_rows : int or None
    rng : numpy.random.Generator

    Attributes
    ----------
    metrics : dict of {str: Metric}
        By their keys those that can be evaluated, in the order of the work.
    floor : ndarray of shape (n_real, n_columns)
        Real rows, each column permuted by itself.

    Notes
    -----
    Each metric draws the same random numbers for all tables. So all tables are compared
    with the same rows, and the figures of a table do not depend on the others.
    """

    def __init__(self, tables, *, holdout, target, sensitive, rules, max_rows, rng):
        self.tables = tables
        self.columns = tables.columns
        names = [column.name for column in tables.columns]
        real = tables.matrices[0]
        self.inputs = Inputs(
            tables.columns,
            real,
            None,
            real if holdout is None else holdout,
            holdout,
            None if target is None else names[target],
            None if sensitive is None else [names[j] for j in sensitive],
            max_rows,
            tables=tables._replace(matrices=()),
        )
        metrics = reported()
        ordered = [key for key, metric in metrics.items() if metric.order < np.inf]
        self.seeds = {key: int(rng.integers(2**63)) for key in ordered}
        self.floor = rng.permuted(real, axis=0)
        self.halves = np.array_split(rng.permutation(self.inputs.unseen), 2)
        # last, so that another metric changes no figure of these
        others = [key for key in metrics if key not in self.seeds]
        self.seeds |= {key: int(rng.integers(2**63)) for key in others}
        rules = known_rules(rules, tables, real)
        self.inputs = self.inputs._replace(rules=rules)
        self.metrics = {k: m for k, m in metrics.items() if self._is_possible(m)}

    def _is_possible(self, metric):
        return (
            (self.inputs.holdout is not None or not metric.needs_holdout)
            and (self.inputs.target is not None or not metric.needs_target)
            and len(self.columns) >= metric.min_columns
            and (self.inputs.rules or not metric.needs_rules)
        )

    def job(self, key, Z, *, explain=False):
        """Arguments of `evaluate` for a table in the place of synthetic rows."""
        inputs = self.inputs._replace(synthetic=Z, explain=explain)
        return self._job(key, inputs)

    def ceiling(self, key):
        """The same for real rows in the place of synthetic ones."""
        metric, inputs = self.metrics[key], self.inputs
        real, holdout = inputs.real, inputs.holdout
        first, second = self.halves
        if holdout is None and metric.of_unseen:
            inputs = inputs._replace(synthetic=first, unseen=second)
        elif holdout is None:
            inputs = inputs._replace(real=first, synthetic=second)
        elif metric.of_unseen or metric.group == "utility":
            # that of utility is of the model that was trained on real rows
            inputs = inputs._replace(synthetic=real)
        elif metric.needs_holdout:
            inputs = inputs._replace(synthetic=first, unseen=second, holdout=second)
        else:
            inputs = inputs._replace(synthetic=holdout)
        return self._job(key, inputs)

    def without(self, key, Z, positions):
        """Estimate of a metric of a table without the columns at some positions."""
        inputs = self.inputs
        rest = np.setdiff1d(np.arange(len(self.columns)), positions)
        inputs = inputs._replace(
            columns=tuple(self.columns[j] for j in rest),
            real=inputs.real[:, rest],
            synthetic=Z[:, rest],
            unseen=inputs.unseen[:, rest],
            holdout=inputs.holdout[:, rest],
        )
        return evaluate(*self._job(key, inputs)).estimate

    def _job(self, key, inputs):
        return METRICS[self.metrics[key].name], key, inputs, self.seeds[key]

    @property
    def others(self):
        """What the real rows are called that tables are compared with."""
        return "real rows" if self.inputs.holdout is None else "unseen rows"

    def n_rows(self):
        """Rows of the real tables."""
        held = (
            {}
            if self.inputs.holdout is None
            else {"held out": len(self.inputs.holdout)}
        )
        return {"real": len(self.inputs.real)} | held

    def notices(self):
        """What the report leaves out, and how to include it."""
        notices = []
        if self.inputs.holdout is None:
            notices.append(
                "No rows were held out. So utility and most of privacy are not judged, "
                "rows that are close to training rows look too good, and other real "
                "rows are one random half of the real rows beside the other half, "
                "which differ more by chance. Fit the generator to a part of the rows "
                "and pass the rest as holdout."
            )
        elif self.inputs.target is None:
            notices.append(
                "Utility is not judged: name the column to predict as target."
            )
        if len(self.columns) == 1:
            notices.append("With a single column there are no relations to judge.")
        return notices

    def displays(self, Z, found, name):
        """Plots of a table, not yet drawn, by their names."""
        pair = self.tables._replace(matrices=(self.inputs.unseen, Z))
        held = () if self.inputs.holdout is None else (self.inputs.holdout,)
        tables = self.tables._replace(matrices=(self.inputs.real, Z, *held))
        names = [column.name for column in self.columns]
        displays = {
            "marginals": MarginalsDisplay._from_matrices(
                tables,
                errors=found["marginal_error"][name].detail.columns,
                by_error=True,
            )
        }
        if "pairwise_error" in found:
            pairs = found["pairwise_error"][name].detail.pairs
            displays["pairwise"] = PairwiseDisplay(pairs, tuple(names))
        detection = found["detection"][name].detail
        displays["detection"] = DetectionDisplay._from_detection(detection, names)
        rng = np.random.default_rng(self.seeds["detection"])
        displays["embedding"] = EmbeddingDisplay._from_matrices(pair, rng)
        if "membership" in found:
            scores = found["membership"][name].detail
            displays["privacy"] = PrivacyDisplay(self._distances(Z), scores)
        return displays

    def _distances(self, Z):
        """Distance to the nearest training row of some rows."""
        rng = np.random.default_rng(self.seeds["nearest_record_share"])
        gower = fit_gower(self.columns, self.inputs.real)
        rows = {"synthetic": Z, "holdout": self.inputs.holdout}
        return {
            name: nearest(gower, subsample(some, _N_PLOTTED, rng), self.inputs.real)[0][
                :, 0
            ]
            for name, some in rows.items()
        }


def evaluate(public, key, inputs, seed):
    """A metric of one table, by its public function, which workers can import."""
    return public.entries[key].evaluate(inputs, np.random.default_rng(seed))
