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
