"""The real things, as production uses them."""
