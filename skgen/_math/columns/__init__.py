"""Formulas of single columns."""
