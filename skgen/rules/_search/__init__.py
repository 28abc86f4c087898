"""Search of rules in the numbers of a table: one file per kind of rule."""
