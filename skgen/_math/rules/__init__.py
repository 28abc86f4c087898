"""Formulas of rules between columns."""
