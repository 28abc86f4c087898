"""Peers of the imputation benchmark: imputers of numbers, made ones of tables."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler

# Scaled codes, moved up by this, differ from all scaled numbers.
CODES_FROM = 2.0


class Coded:
    """An imputer of numbers made one of tables, as the module says.

    Parameters
    ----------
    make : callable
        Returns the imputer, given the number of categorical columns, which come first.
    draws : bool, default=False
        Whether it draws what it imputes.
    codes_from : float, default=0.0
        The least scaled code.
    """

    def __init__(self, make, *, draws=False, codes_from=0.0):
        self.make = make
        self.draws = draws
        self.codes_from = codes_from

    def fit(self, table):
        """Learn from a table with missing cells."""
        visible = table.select_dtypes("category")
        self.levels = {c: visible[c].dropna().unique().sort_values() for c in visible}
        self.columns = [*self.levels, *table.columns.difference(visible.columns, False)]
        self.shift = np.zeros(len(self.columns))
        self.shift[: len(self.levels)] = self.codes_from
        Z = self._codes(table)
        self.scaler = MinMaxScaler().fit(Z)
        self.imputer = self.make(len(self.levels))
        self.imputer.fit(self.scaler.transform(Z) + self.shift)
        return self

    def transform(self, table):
        """Return the table with its missing cells filled."""
        Z = self.scaler.transform(self._codes(table)) + self.shift
        Z = self.scaler.inverse_transform(self.imputer.transform(Z) - self.shift)
        out = table.copy()
        for z, name in zip(Z.T, self.columns, strict=True):
            if name in self.levels:
                levels = np.asarray(self.levels[name], dtype=object)
                z = levels[np.clip(np.rint(z), 0, len(levels) - 1).astype(int)]
            missing = table[name].isna().to_numpy()
            out.loc[missing, name] = z[missing]
        return out

    def multiple(self, table, m):
        """Return the table completed `m` times."""
        return [self.transform(table) for _ in range(m)]

    def _codes(self, table):
        Z = [
            pd.Categorical(table[c], categories=self.levels[c]).codes
            if c in self.levels
            else table[c]
            for c in self.columns
        ]
        Z = np.column_stack(Z).astype(np.float64)
        Z[:, : len(self.levels)][Z[:, : len(self.levels)] < 0] = np.nan
        return Z


class KindForest(RegressorMixin, BaseEstimator):
    """A forest of classification trees for scaled codes, of regression trees else."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        """Fit the forest that the target asks for."""
        # all rounds return the same codes but for the last digits
        self.codes, labels = np.unique(np.round(y, 9), return_inverse=True)
        self.classify = y.min() >= CODES_FROM
        kind = RandomForestClassifier if self.classify else RandomForestRegressor
        self.forest = kind(random_state=self.random_state)
        self.forest.fit(X, labels if self.classify else y)
        return self

    def predict(self, X):
        """Return codes, or means."""
        predicted = self.forest.predict(X)
        return self.codes[predicted] if self.classify else predicted


class RealCells:
    """Fills hidden cells of the test part with true ones of the training part."""

    def __init__(self, case, seed):
        self.case = case
        self.rng = np.random.default_rng(seed)

    def fit(self, table):
        """Learn nothing."""
        return self

    def transform(self, table):
        """Return the table with its missing cells filled."""
        out = table.copy()
        for j, name in enumerate(table):
            missing = table[name].isna().to_numpy()
            pool = self.case.train.loc[self.case.hidden_train[:, j], name]
            if missing.any():
                filled = pool.sample(
                    missing.sum(),
                    replace=len(pool) < missing.sum(),
                    random_state=self.rng.integers(2**32),
                )
                out.loc[missing, name] = filled.to_numpy()
        return out


def simple_imputer(n_categorical):
    if n_categorical == 0:
        return SimpleImputer()
    return make_column_transformer(
        (SimpleImputer(strategy="most_frequent"), slice(0, n_categorical)),
        remainder=SimpleImputer(),
    )
