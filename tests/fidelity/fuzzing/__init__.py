"""The differential fuzzer: typed statements over random schemas and data, on the fake and on a server.

`expressions` builds SQL expressions of a wanted type out of pg_proc's and pg_operator's own tables, `statements` builds schemas,
rows and statements of them, `differ` runs both sides and says what differs. Everything is drawn through Hypothesis, so a
difference shrinks. `python -m tests.fidelity fuzz --minutes 5` searches by time; `tests/fidelity/test_fuzz.py` a little.
"""
