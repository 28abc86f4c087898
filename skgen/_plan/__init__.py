"""How rows are drawn so that rules between their columns hold."""
