"""Each measure of a table in the place of the synthetic one."""

from typing import NamedTuple

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
from skgen.metrics._attacks import surest
from skgen.metrics._attribute import _attribute_inference
from skgen.metrics._coverage import _coverage, _precision_recall
from skgen.metrics._detection import area, detect, thin_to_same_size
from skgen.metrics._fidelity import _marginal_error
from skgen.metrics._linkability import _linkability
from skgen.metrics._membership import _judge as judge_attack
from skgen.metrics._membership import membership_scores
from skgen.metrics._pairwise import _pairwise_error
from skgen.metrics._records import _copy_rate, _nearest_record_share
from skgen.metrics._results import Estimate
from skgen.metrics._singling_out import _singling_out
from skgen.metrics._utility import _train_synthetic_test_real

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


class Basis(NamedTuple):
    """What every measure of every table needs."""

    columns: list
    real: np.ndarray  # the rows that the generator was fitted to
    target: int | None
    sensitive: list | None
    max_rows: int | None

    def thinned(self, rows, rng):
        """The rows, or as many random ones as take long enough."""
        size = None if self.max_rows is None else _LARGE * self.max_rows
        return subsample(rows, size, rng)


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
        self.basis = Basis(self.columns, self.real, target, sensitive, max_rows)
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
                or (self.basis.target is None and key == "utility")
                or (single and key in _NEED_TWO_COLUMNS)
            )
        ]

    def job(self, key, Z, *, explain=False):
        """Arguments of `measure` for a table."""
        reference = self.real if self.holdout is None else self.holdout
        return (key, self.basis, Z, reference, self.holdout, self.seeds[key], explain)

    def ceiling(self, key):
        """The same for real rows in the place of synthetic ones."""
        first, second = self.halves
        basis, rows = self.basis, (self.real, self.holdout, self.holdout)
        if key == "copy_rate":
            rows = (self.holdout, None, None)
            if self.holdout is None:
                basis, rows = basis._replace(real=first), (second, None, None)
        elif key != "utility" and key in _NEED_HOLDOUT:
            # that of utility is of the model that was trained on real rows
            rows = (first, second, second)
        elif self.holdout is None:
            rows = (first, second, None)
        return (key, basis, *rows, self.seeds[key])

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
        elif self.basis.target is None:
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
            name: nearest(gower, subsample(some, _N_PLOTTED, rng), self.real)[0][:, 0]
            for name, some in rows.items()
        }


# --- measures: of Z in the place of synthetic rows ----------------------------------


def measure(key, basis, Z, reference, holdout, seed, explain=False):
    """One measure of a table; `explain` asks for what the plots need as well."""
    extra = {"importance": explain} if key == "detection" else {}
    return _CORES[key](
        basis, Z, reference, holdout, np.random.default_rng(seed), **extra
    )


def _detection(basis, Z, reference, holdout, rng, *, importance=False):
    pair = thin_to_same_size(reference, Z, rng, basis.max_rows)
    found = detect(basis.columns, *pair, rng, importance=importance)
    return Result(Estimate(*area(found)[:2]), found)


def _marginal(basis, Z, reference, holdout, rng):
    error = _marginal_error(basis.columns, reference, Z, rng)
    return Result(Estimate(*error[:2]), error)


def _pairwise(basis, Z, reference, holdout, rng):
    error = _pairwise_error(basis.columns, reference, Z, rng)
    return Result(Estimate(*error[:2]), error)


def _precision(basis, Z, reference, holdout, rng):
    found = _precision_recall(basis.columns, reference, Z, rng, max_rows=basis.max_rows)
    return Result(found.precision)


def _variety(basis, Z, reference, holdout, rng):
    found = _coverage(basis.columns, reference, Z, rng, max_rows=basis.max_rows)
    return Result(Estimate(*found[:2]))


def _utility(basis, Z, reference, holdout, rng):
    real, Z, test = (basis.thinned(rows, rng) for rows in (basis.real, Z, holdout))
    found = _train_synthetic_test_real(basis.columns, real, Z, test, basis.target, rng)
    return Result(Estimate(*found[:2]))


def _copies(basis, Z, reference, holdout, rng):
    return Result(Estimate(*_copy_rate(basis.columns, basis.real, Z)[:2]))


def _share(basis, Z, reference, holdout, rng):
    return Result(
        _nearest_record_share(
            basis.columns, basis.real, Z, holdout, rng, max_rows=basis.max_rows
        )
    )


def _membership(basis, Z, reference, holdout, rng):
    scores = membership_scores(
        basis.columns, Z, basis.real, holdout, rng, max_rows=basis.max_rows
    )
    best = max(
        (judge_attack(*pair) for pair in scores.values()), key=lambda attack: attack.auc
    )
    return Result(Estimate(*best[:2]), scores)


def _guessing(basis, Z, reference, holdout, rng):
    Z = basis.thinned(Z, rng)
    risk = _attribute_inference(
        basis.columns, basis.real, Z, holdout, rng, sensitive=basis.sensitive
    )
    risks = risk.columns
    if basis.sensitive is None:
        # where nearly all is guessed of anybody, hardly anything is known of the rest
        known = {
            name: each
            for name, each in risks.items()
            if each.standard_error <= _MAX_ERROR
        }
        risks = known or risks
    return Result(Estimate(*risks[surest(risks)][:2]), risk)


def _singled(basis, Z, reference, holdout, rng):
    # few rows have few properties of their own, and the search for more is long
    n_attacks = min(_N_SINGLED, len(Z))
    risk = _singling_out(
        basis.columns, basis.real, Z, holdout, rng, n_attacks=n_attacks
    )
    return Result(Estimate(*risk[:2]), risk)


def _linked(basis, Z, reference, holdout, rng):
    risk = _linkability(basis.columns, basis.real, Z, holdout, rng)
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
