"""Formulas of privacy."""
