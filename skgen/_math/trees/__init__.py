"""Decision trees: distributions in leaves, trees of bins, target encoding."""
