"""Fresh identifiers: of the pattern of real ones, and none of them."""
