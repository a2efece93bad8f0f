"""The ports: what services see of the world. Each module has one port and its value types.

This package imports none of them, so that a world that sends no mail loads no mail library.
"""
