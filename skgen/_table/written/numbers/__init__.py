"""Numbers in a written form, such as "$84,835.00" or "91 %"."""
