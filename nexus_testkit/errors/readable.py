"""Text of others on a terminal: nothing of it is an order to the terminal."""

from __future__ import annotations


def on_one_line(text: str) -> str:
    r"""Without control characters, and without what changes the direction of text or cannot be seen: as Python writes them, `\x1b`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def in_lines(text: str) -> list[str]:
    """The same, its lines one by one; tabs stay."""
    lines = (line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))
    return ["\t".join(map(on_one_line, line.split("\t"))) for line in lines]


def what(error: BaseException) -> str:
    """What an error says; its own `__str__` may fail, and must not take what is said of it with it."""
    try:
        return str(error)
    except Exception as failed:  # noqa: BLE001  # whatever the class of the user does
        return f"(its __str__ raised {type(failed).__name__})"
