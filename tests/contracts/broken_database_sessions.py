"""Databases with one bug each, in sessions and transactions; see `test_broken_adapters`."""

BROKEN = {
    "transaction commits at KeyError": (
        "test_transaction_rolls_back_when_its_block_raises",
        r"""
        def transaction(self, **options):
            @asynccontextmanager
            async def block():
                error = None
                async with self.inner.transaction(**options) as session:
                    try:
                        yield session
                    except (LookupError, ValueError) as raised:
                        error = raised
                if error:
                    raise error

            return block()
        """,
    ),
    "savepoint released at an exception": (
        "test_nested_transaction_is_a_savepoint",
        r"""
        def transaction(self, **options):
            @asynccontextmanager
            async def block():
                depth = self.__dict__.setdefault("depth", {})
                task = asyncio.current_task()
                above = depth.get(task, 0)
                depth[task] = above + 1
                error = None
                try:
                    async with self.inner.transaction(**options) as session:
                        try:
                            yield session
                        except DatabaseError:
                            raise
                        except Exception as raised:
                            if not above:
                                raise
                            error = raised
                    if error:
                        raise error
                finally:
                    depth[task] = above

            return block()
        """,
    ),
    "serializable is repeatable read": (
        "test_serializable_refuses_write_skew",
        r"""
        def transaction(self, *, isolation=None, **options):
            return self.inner.transaction(
                isolation="repeatable_read" if isolation == "serializable" else isolation, **options
            )
        """,
    ),
    "read committed is repeatable read": (
        "test_read_committed_sees_what_others_commit",
        r"""
        def transaction(self, *, isolation=None, **options):
            return self.inner.transaction(
                isolation="repeatable_read" if isolation == "read_committed" else isolation, **options
            )
        """,
    ),
    "default is repeatable read": (
        "test_read_committed_sees_what_others_commit",
        r"""
        def transaction(self, *, isolation=None, **options):
            return self.inner.transaction(
                isolation=isolation or ("repeatable_read" if not self.inner._current() else None), **options
            )
        """,
    ),
    "readonly with an isolation ignored": (
        "test_readonly_holds_at_every_level",
        r"""
        def transaction(self, *, readonly=False, isolation=None, **options):
            return self.inner.transaction(isolation=isolation, readonly=readonly and not isolation)
        """,
    ),
    "deferrable refused": (
        "test_readonly_holds_at_every_level",
        r"""
        def transaction(self, *, deferrable=False, **options):
            if deferrable:
                raise TypeError("deferrable")
            return self.inner.transaction(**options)
        """,
    ),
    "connection binds the task": (
        "test_session_is_apart_from_the_adapter",
        r"""
        def connection(self):
            @asynccontextmanager
            async def block():
                async with self.inner.connection() as session:
                    task = asyncio.current_task()
                    self.inner._bound[task] = session
                    try:
                        yield session
                    finally:
                        self.inner._bound.pop(task, None)

            return block()
        """,
    ),
    "transactions of sessions are no transactions": (
        "test_transaction_of_a_session",
        r"""
        class Own(Passing):
            def transaction(self, **options):
                return nullcontext(self)


        connection = sessions_of(Own)
        """,
    ),
    "transactions of sessions commit always": (
        "test_transaction_of_a_session",
        r"""
        class Own(Passing):
            @asynccontextmanager
            async def transaction(self, **options):
                error = None
                async with self.inner.transaction(**options) as inner:
                    try:
                        yield inner
                    except Exception as raised:
                        error = raised
                if error:
                    raise error


        connection = sessions_of(Own)
        """,
    ),
    "temporary tables outlive their session": (
        "test_session_keeps_its_settings",
        r"""
        class Own(Passing):
            async def execute(self, query, /, *args):
                return await self.inner.execute(query.replace("TEMPORARY TABLE ", "TABLE IF NOT EXISTS "), *args)


        connection = sessions_of(Own)
        """,
    ),
    "remove_listener does nothing": (
        "test_removed_listener_hears_nothing",
        r"""
        class Own(Passing):
            async def remove_listener(self, *_):
                pass


        connection = sessions_of(Own)
        """,
    ),
    "remove_listener removes all of the channel": (
        "test_removed_listener_hears_nothing",
        r"""
        class Own(Passing):
            async def remove_listener(self, channel, callback):
                await self.inner.execute(f'UNLISTEN "{channel}"')


        connection = sessions_of(Own)
        """,
    ),
    "async listeners are not awaited": (
        "test_listener_may_be_async",
        r"""
        class Own(Passing):
            async def add_listener(self, channel, callback):
                await self.inner.add_listener(channel, lambda *facts: getattr(callback(*facts), "close", int)())


        connection = sessions_of(Own)
        """,
    ),
    "channel names fold": (
        "test_listener_knows_channel_and_sender",
        r"""
        class Own(Passing):
            async def add_listener(self, channel, callback):
                await self.inner.add_listener(channel.lower(), callback)


        connection = sessions_of(Own)
        """,
    ),
    "listeners get pid 0 and no session": (
        "test_listener_knows_channel_and_sender",
        r"""
        class Own(Passing):
            async def add_listener(self, channel, callback):
                await self.inner.add_listener(channel, lambda _, __, *rest: callback(None, 0, *rest))


        connection = sessions_of(Own)
        """,
    ),
    "copy takes no async iterables": (
        "test_copy_takes_any_iterable",
        r"""
        class Own(Passing):
            async def copy_records_to_table(self, table, /, *, records, **options):
                return await self.inner.copy_records_to_table(table, records=list(records), **options)


        connection = sessions_of(Own)
        """,
    ),
    "copy ignores the schema": (
        "test_copy_takes_any_iterable",
        r"""
        class Own(Passing):
            async def copy_records_to_table(self, table, /, *, schema_name=None, **options):
                return await self.inner.copy_records_to_table(table, **options)


        connection = sessions_of(Own)
        """,
    ),
    "pool of one session": (
        "test_sessions_are_open_at_once",
        r"""
        def connection(self):
            @asynccontextmanager
            async def block():
                lock = self.__dict__.setdefault("lock", asyncio.Lock())
                async with lock:
                    async with self.inner.connection() as session:
                        yield session

            return block()
        """,
    ),
}
