"""Formulas of regressions: ridge, multinomial logistic, and kernel features."""
