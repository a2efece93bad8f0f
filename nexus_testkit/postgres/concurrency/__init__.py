"""Transactions that overlap: what each sees, which rows it locks, for whom it waits (manual, chapter 13).

While one transaction at a time has anything uncommitted, it works on the engine's connection and nothing here runs. The first
statement of another session that meets it turns that around (`demotion`): what it has written becomes a list of rows of its own,
the engine's connection holds committed rows alone, and a `Crowd` takes the writer's place until the last of them has ended.

- `crowd`: who takes part, what is committed, commit and end
- `member`: one transaction: its rows by savepoint, the copy of the database that its statements run on
- `links`: the connections behind these copies; `triggers` tells them to report each row that a statement touches
- `rowlocks`, `tablelocks`: who holds what; `keys`: unique keys and foreign keys that reach into other transactions
- `serializable`: read/write dependencies
- `waiting`: the signals that end a statement early
"""
