"""Hypothesis machines: random worlds, and what must hold in all of them."""
