"""Formulas of predicted probabilities."""
