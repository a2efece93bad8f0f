"""Whether what a user's machine sets is what a machine of the kit reads."""

from __future__ import annotations

from difflib import get_close_matches
from inspect import get_annotations

from nexus_testkit.errors import HarnessError

_ALIKE = 0.8  # of 1: a slip, and not a word of the user's own


def check_names(machine: type) -> None:
    """Refuse a class attribute whose name is nearly that of an attribute of the kit's: nobody would read it.

    Raises:
        HarnessError: there is one.
    """
    ours = [cls for cls in machine.__mro__ if cls.__module__.startswith("nexus_testkit.machines.")]
    known = [name for cls in ours for name, kind in get_annotations(cls).items() if "ClassVar" in str(kind)]
    for cls in machine.__mro__:
        if cls in ours or cls.__module__.startswith("hypothesis."):
            continue
        for name in vars(cls):
            near = get_close_matches(name, known, n=1, cutoff=_ALIKE)
            if near and name not in known:
                raise HarnessError(
                    f"no machine has an attribute {cls.__name__}.{name}", hint=f"did you mean {near[0]!r}?"
                )
