"""What a shell offers for an unfinished word; loaded with every key that asks for it, so it loads nothing else."""

from __future__ import annotations

import os


def complete_pages(incomplete: str) -> list[str]:
    """Folders and pages that begin so, and the pages in these folders: a folder has its separator at the end."""
    folder, begin = os.path.split(incomplete)
    found = []
    for name in _entries(folder):
        if not name.startswith(begin) or (name.startswith(".") and not begin):
            continue
        path = os.path.join(folder, name)  # noqa: PTH118  # Path would drop the ./ that was typed
        if os.path.isdir(path):  # noqa: PTH112  # likewise
            found.append(os.path.join(path, ""))  # noqa: PTH118  # likewise
            found += [os.path.join(path, each) for each in _entries(path) if each.endswith(".html")]  # noqa: PTH118  # likewise
        elif name.endswith(".html"):
            found.append(path)
    return found


def _entries(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder or "."))  # noqa: PTH208  # names are wanted, no paths
    except OSError:
        return []
