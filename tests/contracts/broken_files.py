"""File systems with one bug each; see `test_broken_adapters`."""

BROKEN = {
    "list ignores case": (
        "test_list_is_sorted_and_marks_folders",
        r"""
        async def list(self, p="", /):
            return sorted(await self.inner.list(p), key=str.lower)
        """,
    ),
    "list sorted before the slashes": (
        "test_beginning_of_a_name_is_another_name",
        r"""
        async def list(self, p="", /):
            return sorted(await self.inner.list(p), key=lambda n: n.rstrip("/"))
        """,
    ),
    "list by prefix": (
        "test_beginning_of_a_name_is_another_name",
        r"""
        async def list(self, p="", /):
            f = await self.inner.list(p)
            q = p.strip("/")
            if q and q != "." and "/" not in q:
                for other in await self.inner.list():
                    if other.endswith("/") and other.startswith(q) and other.strip("/") != q:
                        f += await self.inner.list(other)
            return sorted(f)
        """,
    ),
    "exists by prefix": (
        "test_beginning_of_a_name_is_another_name",
        r"""
        async def exists(self, p, /):
            if await self.inner.exists(p):
                return True
            return "/" not in p and any(n.startswith(p) for n in await self.inner.list())
        """,
    ),
    "delete of an empty file is False": (
        "test_delete_says_whether_a_file_was_there",
        r"""
        async def delete(self, p, /):
            try:
                empty = not await self.inner.read_bytes(p)
            except OSError:
                empty = False
            return (await self.inner.delete(p)) and not empty
        """,
    ),
    "delete by prefix": (
        "test_beginning_of_a_name_is_another_name",
        r"""
        async def delete(self, p, /):
            r = await self.inner.delete(p)
            if "/" not in p:
                for n in await self.inner.list():
                    if n.startswith(p) and not n.endswith("/"):
                        await self.inner.delete(n)
            return r
        """,
    ),
    "delete gives count": (
        "test_delete_says_whether_a_file_was_there",
        r"""
        async def delete(self, p, /):
            return int(await self.inner.delete(p))
        """,
    ),
    "read gives bytearray": (
        "test_bytes_come_back",
        r"""
        async def read_bytes(self, p, /):
            return bytearray(await self.inner.read_bytes(p))
        """,
    ),
    "read gives memoryview": (
        "test_bytes_come_back",
        r"""
        async def read_bytes(self, p, /):
            return memoryview(await self.inner.read_bytes(p))
        """,
    ),
    "read strips a final newline": (
        "test_text_keeps_its_line_ends",
        r"""
        async def read_text(self, p, /, *, encoding="utf-8"):
            return (await self.inner.read_text(p, encoding=encoding)).removesuffix(chr(10))
        """,
    ),
    "write deletes first": (
        "test_reader_sees_whole_files",
        r"""
        async def write_bytes(self, p, d, /):
            if await self.inner.exists(p):
                await self.inner.delete(p)
            await self.inner.write_bytes(p, d)
        """,
    ),
    "write in two halves": (
        "test_reader_sees_whole_files",
        r"""
        async def write_bytes(self, p, d, /):
            await self.inner.write_bytes(p, d[: len(d) // 2])
            await self.inner.write_bytes(p, d)
        """,
    ),
    "write of a text as bytes": (
        "test_content_that_is_none_is_refused",
        r"""
        async def write_bytes(self, p, d, /):
            await self.inner.write_bytes(p, d.encode() if isinstance(d, str) else d)
        """,
    ),
    "errors without filename": (
        "test_missing_file_is_pythons_error",
        r"""
        async def read_bytes(self, p, /):
            try:
                return await self.inner.read_bytes(p)
            except FileError as e:
                if not isinstance(e, PathOutsideRoot):
                    e.filename = None
                raise
        """,
    ),
    "a path with a slash at its end is the file": (
        "test_path_of_a_folder_is_no_files",
        r"""
        async def read_bytes(self, p, /):
            return await self.inner.read_bytes(p.rstrip("/") if p != "/" else p)


        async def write_bytes(self, p, d, /):
            return await self.inner.write_bytes(p.rstrip("/") if p != "/" else p, d)


        async def delete(self, p, /):
            return await self.inner.delete(p.rstrip("/") if p != "/" else p)
        """,
    ),
}
