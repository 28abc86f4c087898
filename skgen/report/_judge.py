"""Each measure of a table in the place of the synthetic one."""

from typing import NamedTuple

import numpy as np

from .._math.clustered import thin
from .._math.gower import fit_gower, nearest
from ..displays import (
    DetectionDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    PairwiseDisplay,
    PrivacyDisplay,
)
from ..metrics._attacks import surest
from ..metrics._attribute import _attribute_inference
from ..metrics._coverage import _coverage, _precision_recall
from ..metrics._detection import area, detect, thin_to_same_size
from ..metrics._fidelity import _marginal_error
from ..metrics._linkability import _linkability
from ..metrics._membership import _judge as judge_attack
from ..metrics._membership import membership_scores
from ..metrics._pairwise import _pairwise_error
from ..metrics._records import _copy_rate, _nearest_record_share
from ..metrics._results import Estimate
from ..metrics._singling_out import _singling_out
from ..metrics._utility import _train_synthetic_test_real

#: rows that models of utility learn from, and that cells are guessed by, in units of
#: `max_rows`
_LARGE = 5
#: standard error of the risk of a column that is too large to say anything
_MAX_ERROR = 0.05
#: guesses at properties of single people
_N_SINGLED = 500
#: rows of each table that are plotted one by one
_N_PLOTTED = 2000


class Result(NamedTuple):
    """An estimate, and what else is to be shown of the measure."""

    estimate: Estimate
    detail: object = None


class Judge:
    """What tables are judged by.

    Parameters
    ----------
    tables : Tables
        The first matrix is that of the rows that the generator was fitted to.
    holdout : ndarray of shape (n_holdout, n_columns) or None
    target : int or None
        Position of a column.
    sensitive : list of int or None
        Positions of columns.
    max_rows : int or None
    rng : numpy.random.Generator

    Notes
    -----
    Each measure draws the same random numbers for all tables, so that they are judged
    by the same rows, and a table gets the same figures whatever others are beside it.
    """

    def __init__(self, tables, *, holdout, target, sensitive, max_rows, rng):
        self.tables = tables
        self.columns = tables.columns
        self.real = tables.matrices[0]
        self.holdout = holdout
        self.target = target
        self.sensitive = sensitive
        self.max_rows = max_rows
        self.seeds = dict.fromkeys(_CORES, 0)
        for key in self.seeds:
            self.seeds[key] = int(rng.integers(2**63))
        self.floor = rng.permuted(self.real, axis=0)
        rows = self.real if holdout is None else holdout
        self.halves = np.array_split(rng.permutation(rows), 2)

    def measures(self):
        """Keys of the measures that can be taken, in the order of the work."""
        single = len(self.columns) == 1
        return [
            key
            for key in _CORES
            if not (
                (self.holdout is None and key in _NEED_HOLDOUT)
                or (self.target is None and key == "utility")
                or (single and key in _NEED_TWO_COLUMNS)
            )
        ]

    def measure(self, key, Z, *, explain=False):
        """One measure of a table; `explain` asks for what the plots need as well."""
        reference = self.real if self.holdout is None else self.holdout
        if explain and key == "detection":
            rng = np.random.default_rng(self.seeds[key])
            return _detection(self, Z, reference, self.holdout, rng, importance=True)
        return self._take(key, Z, reference, self.holdout)

    def ceiling(self, key):
        """The same of real rows in the place of synthetic ones."""
        first, second = self.halves
        if key == "utility":
            # of the model that was trained on real rows
            return self._take(key, self.real, self.holdout, self.holdout)
        if key == "copy_rate":
            if self.holdout is not None:
                return self._take(key, self.holdout, None, None)
            rate = _copy_rate(self.columns, first, second)
            return Result(Estimate(*rate[:2]))
        if key in _NEED_HOLDOUT:
            return self._take(key, first, second, second)
        if self.holdout is None:
            return self._take(key, first, second, None)
        return self._take(key, self.real, self.holdout, self.holdout)

    def _take(self, key, Z, reference, holdout):
        rng = np.random.default_rng(self.seeds[key])
        return _CORES[key](self, Z, reference, holdout, rng)

    def thinned(self, rows, rng):
        """The rows, or as many random ones as take long enough."""
        size = None if self.max_rows is None else _LARGE * self.max_rows
        return thin(rows, size, rng)

    def others(self, key):
        """What the rows are called that a table is compared with."""
        return "real rows" if self.holdout is None else "unseen rows"

    def n_rows(self):
        """Rows of the real tables."""
        held = {} if self.holdout is None else {"held out": len(self.holdout)}
        return {"real": len(self.real)} | held

    def notices(self):
        """What is not known, and how it could be."""
        notices = []
        if self.holdout is None:
            notices.append(
                "No rows were held out. So utility and most of privacy are not judged, "
                "rows that keep close to training rows look all the better for it, and "
                "other real rows are one random half of the real rows beside the "
                "other half, which chance makes differ more. Fit the generator to a "
                "part of the rows and pass the rest as holdout."
            )
        elif self.target is None:
            notices.append(
                "Utility is not judged: name the column to be predicted as target."
            )
        if len(self.columns) == 1:
            notices.append("With a single column there are no relations to judge.")
        return notices

    def displays(self, Z, found, name):
        """Plots of a table, not yet drawn, by their names."""
        reference = self.real if self.holdout is None else self.holdout
        pair = self.tables._replace(matrices=(reference, Z))
        held = () if self.holdout is None else (self.holdout,)
        tables = self.tables._replace(matrices=(self.real, Z, *held))
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
        gower = fit_gower(self.columns, self.real)
        rows = {"synthetic": Z, "holdout": self.holdout}
        return {
            name: nearest(gower, thin(some, _N_PLOTTED, rng), self.real)[0][:, 0]
            for name, some in rows.items()
        }


# --- measures: of Z in the place of synthetic rows ----------------------------------


def _detection(judge, Z, reference, holdout, rng, *, importance=False):
    pair = thin_to_same_size(reference, Z, rng, judge.max_rows)
    found = detect(judge.columns, *pair, rng, importance=importance)
    return Result(Estimate(*area(found)[:2]), found)


def _marginal(judge, Z, reference, holdout, rng):
    error = _marginal_error(judge.columns, reference, Z, rng)
    return Result(Estimate(*error[:2]), error)


def _pairwise(judge, Z, reference, holdout, rng):
    error = _pairwise_error(judge.columns, reference, Z, rng)
    return Result(Estimate(*error[:2]), error)


def _precision(judge, Z, reference, holdout, rng):
    found = _precision_recall(judge.columns, reference, Z, rng, max_rows=judge.max_rows)
    return Result(found.precision)


def _variety(judge, Z, reference, holdout, rng):
    found = _coverage(judge.columns, reference, Z, rng, max_rows=judge.max_rows)
    return Result(Estimate(*found[:2]))


def _utility(judge, Z, reference, holdout, rng):
    real, Z, test = (judge.thinned(rows, rng) for rows in (judge.real, Z, holdout))
    found = _train_synthetic_test_real(judge.columns, real, Z, test, judge.target, rng)
    return Result(Estimate(*found[:2]))


def _copies(judge, Z, reference, holdout, rng):
    return Result(Estimate(*_copy_rate(judge.columns, judge.real, Z)[:2]))


def _share(judge, Z, reference, holdout, rng):
    return Result(
        _nearest_record_share(
            judge.columns, judge.real, Z, holdout, rng, max_rows=judge.max_rows
        )
    )


def _membership(judge, Z, reference, holdout, rng):
    scores = membership_scores(
        judge.columns, Z, judge.real, holdout, rng, max_rows=judge.max_rows
    )
    best = max(
        (judge_attack(*pair) for pair in scores.values()), key=lambda attack: attack.auc
    )
    return Result(Estimate(*best[:2]), scores)


def _guessing(judge, Z, reference, holdout, rng):
    Z = judge.thinned(Z, rng)
    risk = _attribute_inference(
        judge.columns, judge.real, Z, holdout, rng, sensitive=judge.sensitive
    )
    risks = risk.columns
    if judge.sensitive is None:
        # where nearly all is guessed of anybody, hardly anything is known of the rest
        known = {
            name: each
            for name, each in risks.items()
            if each.standard_error <= _MAX_ERROR
        }
        risks = known or risks
    return Result(Estimate(*risks[surest(risks)][:2]), risk)


def _singled(judge, Z, reference, holdout, rng):
    # few rows have few properties of their own, and the search for more is long
    n_attacks = min(_N_SINGLED, len(Z))
    risk = _singling_out(
        judge.columns, judge.real, Z, holdout, rng, n_attacks=n_attacks
    )
    return Result(Estimate(*risk[:2]), risk)


def _linked(judge, Z, reference, holdout, rng):
    risk = _linkability(judge.columns, judge.real, Z, holdout, rng)
    return Result(Estimate(*risk[:2]), risk)


# what can fail for want of data comes first
_CORES = {
    "utility": _utility,
    "detection": _detection,
    "marginal_error": _marginal,
    "pairwise_error": _pairwise,
    "precision": _precision,
    "coverage": _variety,
    "copy_rate": _copies,
    "nearest_record_share": _share,
    "membership": _membership,
    "attribute_inference": _guessing,
    "singling_out": _singled,
    "linkability": _linked,
}
_NEED_HOLDOUT = {
    "utility",
    "nearest_record_share",
    "membership",
    "attribute_inference",
    "singling_out",
    "linkability",
}
_NEED_TWO_COLUMNS = {"pairwise_error", "attribute_inference", "linkability"}
