"""Statistics and their standard errors."""
