"""Plugins of nexus-platform 0.1.5 in a world: what its loader gives them, and what it would make of them."""

from __future__ import annotations

__all__: list[str] = []
