"""Formulas of sampling."""
