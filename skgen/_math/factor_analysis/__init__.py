"""Formulas of latent factor models."""
