"""Grids of times: equal steps, months, business days, and the clocks of zones."""
