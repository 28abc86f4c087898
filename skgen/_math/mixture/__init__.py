"""Formulas of mixtures."""
