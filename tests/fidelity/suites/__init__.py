"""Public test suites of SQL, run on the fake and on a server side by side.

Nothing of them is in the repository and nothing is downloaded: `python -m tests.fidelity suites regress|sqllogictest PATH`
takes the path of a checkout (PostgreSQL's `src/test/regress`, sqllogictest's `test`).
"""
