"""Databases with one bug each, in values, results, errors and their end; see `test_broken_adapters`."""

BROKEN = {
    "a numeric loses the zeros behind its point": (
        "test_numeric_keeps_its_digits",
        r"""
        fetch_val = through("fetch_val", lambda value: value.normalize() if isinstance(value, Decimal) else value)
        """,
    ),
    "a bytea is a memoryview": (
        "test_bytes_come_back_whole",
        r"""
        fetch_val = through("fetch_val", lambda value: memoryview(value) if isinstance(value, bytes) else value)
        """,
    ),
    "large numbers in JSON are floats": (
        "test_json_is_python_values",
        r"""
        def rounded(value):
            return value | {"large": float(value["large"])} if isinstance(value, dict) else value


        fetch_val = through("fetch_val", rounded)
        """,
    ),
    "a bool of a column is something else in fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        fetch_one = through("fetch_one", values(lambda value: int(value) if isinstance(value, bool) else value))
        """,
    ),
    "a time of a column is something else in fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        fetch_one = through(
            "fetch_one", values(lambda value: value.isoformat() if isinstance(value, datetime) else value)
        )
        """,
    ),
    "JSON of a column is something else in fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        fetch_one = through(
            "fetch_one", values(lambda value: json.dumps(value) if isinstance(value, dict) else value)
        )
        """,
    ),
    "a uuid of a column is something else in fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        fetch_one = through("fetch_one", values(lambda value: str(value) if isinstance(value, UUID) else value))
        """,
    ),
    "NULL of a column is something else in fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        fetch_one = through("fetch_one", values(lambda value: "" if value is None else value))
        """,
    ),
    "fetch_all gives other types than fetch_one": (
        "test_columns_give_what_was_stored",
        r"""
        def simple(rows):
            return [
                values(lambda value: float(value) if isinstance(value, Decimal) else value)(row) for row in rows
            ]


        fetch_all = through("fetch_all", simple)
        """,
    ),
    "fetch_all gives dicts": (
        "test_fetch_all_gives_every_row_in_order",
        r"""
        class Own(dict):
            def __getitem__(self, key):
                return [*self.values()][key] if isinstance(key, int) else dict.__getitem__(self, key)


        fetch_all = through("fetch_all", lambda rows, Own=Own: [Own(row) for row in rows])
        """,
    ),
    "fetch_one gives a plain tuple": (
        "test_row_is_read_by_name_and_place",
        r"""
        fetch_one = through("fetch_one", lambda row: row and tuple(row))
        """,
    ),
    "a row iterates over its names": (
        "test_row_behaves_as_a_record",
        r"""
        class Own(Row):
            __slots__ = ()

            def __iter__(self):
                return iter(self.keys())


        fetch_one = through("fetch_one", lambda row, Own=Own: row and Own(row._index, tuple(row)))
        """,
    ),
    "a row looks for values with `in`": (
        "test_row_behaves_as_a_record",
        r"""
        class Own(Row):
            __slots__ = ()

            def __contains__(self, key):
                return key in tuple(self)


        fetch_one = through("fetch_one", lambda row, Own=Own: row and Own(row._index, tuple(row)))
        """,
    ),
    "a row's get has no default": (
        "test_row_behaves_as_a_record",
        r"""
        class Own(Row):
            __slots__ = ()

            def get(self, name, default=None):
                try:
                    return self[name]
                except KeyError:
                    return None


        fetch_one = through("fetch_one", lambda row, Own=Own: row and Own(row._index, tuple(row)))
        """,
    ),
    "a row equals no tuple": (
        "test_row_behaves_as_a_record",
        r"""
        class Own(Row):
            __slots__ = ()

            def __eq__(self, other):
                return isinstance(other, Row) and tuple(self) == tuple(other)

            __hash__ = Row.__hash__


        fetch_one = through("fetch_one", lambda row, Own=Own: row and Own(row._index, tuple(row)))
        """,
    ),
    "a name that occurs twice gives the first": (
        "test_names_of_columns_are_the_statements",
        r"""
        class Own(Row):
            __slots__ = ()

            def __getitem__(self, key):
                return 3 if key == "twice" else super().__getitem__(key)


        fetch_one = through("fetch_one", lambda row, Own=Own: row and Own(row._index, tuple(row)))
        """,
    ),
    "names of columns lose their case": (
        "test_names_of_columns_are_the_statements",
        r"""
        def folded(row):
            return row and Row(
                {name.lower(): at for name, at in row._index.items()} | {"Mixed Case": 1}, tuple(row)
            )


        fetch_one = through("fetch_one", folded)
        """,
    ),
    "what was selected is not counted": (
        "test_execute_counts_what_was_selected",
        r"""
        execute = through(
            "execute", lambda done: replace(done, rowcount=0) if done.status.startswith("SELECT") else done
        )
        """,
    ),
    "what counts nothing counts -1": (
        "test_execute_counts_what_was_selected",
        r"""
        execute = through("execute", lambda done: done if done.status[-1].isdigit() else replace(done, rowcount=-1))
        """,
    ),
    "a script gives its first result": (
        "test_execute_runs_a_script",
        r"""
        async def execute(self, query, /, *args):
            done = await self.inner.execute(query, *args)
            return ExecuteResult(1, "INSERT 0 1") if "; UPDATE" in query else done
        """,
    ),
    "execute_many takes a list alone": (
        "test_execute_many_is_all_or_nothing",
        r"""
        async def execute_many(self, query, args, /):
            assert isinstance(args, list)
            return await self.inner.execute_many(query, args)
        """,
    ),
    "a CheckViolation has no table_name": (
        "test_check_violation_names_its_constraint",
        r"""
        async def execute(self, query, /, *args):
            try:
                return await self.inner.execute(query, *args)
            except CheckViolation as error:
                error.table_name = None
                raise
        """,
    ),
    "a ForeignKeyViolation has no table_name": (
        "test_foreign_key_violation_names_its_constraint",
        r"""
        async def execute(self, query, /, *args):
            try:
                return await self.inner.execute(query, *args)
            except ForeignKeyViolation as error:
                error.table_name = None
                raise
        """,
    ),
    "a ForeignKeyViolation has no detail": (
        "test_foreign_key_violation_names_its_constraint",
        r"""
        async def execute(self, query, /, *args):
            try:
                return await self.inner.execute(query, *args)
            except ForeignKeyViolation as error:
                error.detail = None
                raise
        """,
    ),
    "a row that is referenced is deleted without a constraint's name": (
        "test_foreign_key_violation_names_its_constraint",
        r"""
        async def execute(self, query, /, *args):
            try:
                return await self.inner.execute(query, *args)
            except ForeignKeyViolation as error:
                if query.startswith("DELETE"):
                    error.constraint_name = None
                raise
        """,
    ),
    "a closed database connects again": (
        "test_closed_database_raises",
        r"""
        async def connect(self):
            with suppress(InterfaceError):
                await self.inner.connect()
        """,
    ),
    "a closed database answers all but fetch_val": (
        "test_closed_database_raises",
        r"""
        closed = False


        async def aclose(self):
            self.closed = True


        async def fetch_val(self, query, /, *args, column=0):
            if self.closed:
                raise InterfaceError("closed")
            return await self.inner.fetch_val(query, *args, column=column)
        """,
    ),
    "a closed database is healthy": (
        "test_closed_database_is_not_healthy",
        r"""
        async def health_check(self):
            await self.inner.health_check()
            return True
        """,
    ),
    "disconnect leaves the sessions open": (
        "test_disconnect_ends_sessions",
        r"""
        async def disconnect(self):
            pass
        """,
    ),
}
