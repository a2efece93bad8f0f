"""A client that says word for word what a script says, and notes the replies."""

import asyncio
from dataclasses import dataclass

WAIT_S = 20


@dataclass(frozen=True)
class Say:
    """One command line, without its line end."""

    line: bytes


@dataclass(frozen=True)
class Data:
    """DATA, and the content where the server wants it; it ends in CR LF, and dots are stuffed already."""

    content: bytes


@dataclass(frozen=True)
class Together:
    """Commands in one piece, the replies read afterwards (RFC 2920); the last may be `Data`."""

    steps: tuple[Say | Data, ...]


async def converse(port, script):
    """The replies' codes, in order; "closed" where the server ended the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    replies = []
    try:
        async with asyncio.timeout(WAIT_S):
            replies.append(await _reply(reader))
            for step in script:
                steps = step.steps if isinstance(step, Together) else (step,)
                writer.write(b"".join(_line(each) + b"\r\n" for each in steps))
                replies += [await _reply(reader) for _ in steps]
                if isinstance(steps[-1], Data) and replies[-1] == "354":
                    writer.write(steps[-1].content + b".\r\n")
                    replies.append(await _reply(reader))
            writer.write(b"QUIT\r\n")
            replies.append(await _reply(reader))
    except (asyncio.IncompleteReadError, ConnectionError):
        replies.append("closed")
    finally:
        writer.close()
    return replies


def _line(step):
    return b"DATA" if isinstance(step, Data) else step.line


async def _reply(reader):
    while True:
        line = await reader.readuntil(b"\n")
        if line[3:4] != b"-":
            return line[:3].decode("ascii")
