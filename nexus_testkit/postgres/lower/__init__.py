"""Typed tree to SQLite's SQL."""
