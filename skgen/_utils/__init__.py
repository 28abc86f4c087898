"""Tools that every layer shares."""
