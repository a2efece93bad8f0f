"""PostgreSQL's dialect, compiled to SQLite. Knows SQL and sqlite3, never asyncio.

One statement flows one way, one module or package a step:

```
parser      libpg_query: PostgreSQL 18's own grammar         text  -> parse nodes
analyze     names, types, overloads, SQLSTATEs               nodes -> typed tree (`typed`)
lower       PostgreSQL's meaning in SQLite's words           tree  -> SQLite SQL
plan        how to bind, run and decode it; cached by text and catalog
session     transactions, settings, execution, errors        plan  -> `Result`
values      storage form, casts and functions at run time
concurrency transactions that overlap: what each sees, locks and waits for
```

`catalog` holds what the names mean: `catalog.system` is PostgreSQL's own (types, operators, functions, casts,
dumped from a real server), `catalog.schema` the user's tables. Both are immutable, so a transaction's
snapshot is a reference and a plan made for one world serves every other with the same schema.

Whatever part of a statement no rule read raises `UnsupportedSQL`; see `nodes`.
"""

from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.engine import Engine
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.session import Session

__all__ = ["Engine", "MustWait", "Result", "Session"]
