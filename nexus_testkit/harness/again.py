"""How a test says that it is to be run again and again, before anything of that is loaded."""

from __future__ import annotations

from typing import Any, NoReturn


class RunAgain(BaseException):
    """Ends a plain run of a test, which begins again as the first run of a sweep."""

    def __str__(self) -> str:
        return (
            "nexus.faults.sweep() ends this run, for the test begins again\n"
            "Hint: call it in the body of a test and not in a fixture, and let this exception pass"
        )


class Again:
    """Stands for `nexus.faults.sweep` in a plain run, for whoever is able to run the same test again.

    Attributes:
        asked: whether there was a sweep.
    """

    __slots__ = ("asked",)

    def __init__(self) -> None:
        """Nobody has asked so far."""
        self.asked = False

    def __call__(self, **_options: Any) -> NoReturn:
        """Note it, and end this run.

        Raises:
            RunAgain: always.
        """
        self.asked = True
        raise RunAgain
