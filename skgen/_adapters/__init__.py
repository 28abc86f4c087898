"""Estimators of any origin as parts of distributions."""
