"""Distributions of single columns, for models of your own.

`fit_marginal` divides an encoded column into bins: its point masses, and intervals of
about equal weight. So a model of the bins, by any classifier or by counting, is a model
of the column: `assign_bins` gives the bin of each value, `draw_values` a value of each
bin, `log_density_in_bin` its density. `mix_with_floor` keeps densities above zero.
"""

from skgen._math.columns.marginals import (
    BinnedMarginal,
    FloorDensity,
    assign_bins,
    bin_centers,
    draw_values,
    fit_floor,
    fit_marginal,
    log_density_in_bin,
    mix_with_floor,
)

__all__ = [
    "BinnedMarginal",
    "FloorDensity",
    "assign_bins",
    "bin_centers",
    "draw_values",
    "fit_floor",
    "fit_marginal",
    "log_density_in_bin",
    "mix_with_floor",
]
