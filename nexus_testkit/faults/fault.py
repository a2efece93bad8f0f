"""One fault: which calls it chooses, and what it does to them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from nexus_testkit.errors import InvalidFault
from nexus_testkit.errors.stack import Stack
from nexus_testkit.faults.targets import Target
from nexus_testkit.journal import Call, Crossing

Wanted = str | Exception | type[Exception]


class Failing(Protocol):
    """What a fault asks of the adapter behind a port, so that it looks as in production."""

    def as_raised(self, wanted: Wanted, /) -> Exception:
        """The exception as the production driver raises it, made anew of a class or of an error's code."""
        ...

    def lost_reply(self) -> Exception:
        """What the production driver raises when the connection breaks before the reply."""
        ...

    def disturbed(self, operation: str, subject: Any, error: Exception | None, /, *, reached: bool) -> None:
        """A call fails with `error`, or hangs (None), because of a fault; `reached` says whether it was made."""
        ...


@dataclass(frozen=True, slots=True)
class Effect:
    """What is done to a call.

    Attributes:
        words: as it was declared.
        delay_s: seconds to wait before the call.
        makes: makes the exception; a call that is neither delayed, failed nor refused hangs.
        loses_reply: the call is made first.
        refuses: SMTP code and text for the recipient.
    """

    words: str
    delay_s: float = 0.0
    makes: Callable[[], Exception] | None = None
    loses_reply: bool = False
    refuses: tuple[int, str] | None = None


class Fault:
    """A fault that was declared.

    Attributes:
        target: what it is aimed at.
        effect: what it does, or None until a verb says so.
        reached: how many calls met its target (and its predicate) since it was declared.
        fired: how many calls it has disturbed.
        is_optional: whether the world may end without it having fired.
        made_at: where it was declared.
    """

    def __init__(self, target: Target, *, made_at: Stack) -> None:
        """A fault without choice or effect; `nexus.faults.on(target)` makes one."""
        self.target = target
        self.effect: Effect | None = None
        self.made_at = made_at
        self.reached = 0
        self.fired = 0
        self.is_optional = False
        self.choice = ""
        self.chooses: Callable[[int], bool] = bool  # every call: the first is number 1
        self.predicate: Callable[[Call], object] | None = None
        self._stopped = False

    def optional(self) -> Fault:
        """Say nothing at the end of the world if this fault has never fired."""
        self.is_optional = True
        return self

    def stop(self) -> None:
        """Disturb nothing from now on; calls that hang go on hanging. Safe to call twice."""
        self._stopped = True

    def effect_on(self, crossing: Crossing) -> Effect | None:
        """Count a call where it meets the target; what this fault does to it, or None."""
        if self._stopped or self.effect is None or not self.target.meets(crossing):
            return None
        if self.predicate is not None and not self.predicate(crossing.call):
            return None
        self.reached += 1
        return self.effect if self.chooses(self.reached) else None

    def __str__(self) -> str:
        return f"on({self.target.words!r}){self.choice}{f'.{self.effect.words}' if self.effect else ''}"

    def __repr__(self) -> str:
        return f"<Fault {self}, fired {self.fired} times>"

    def unfired(self) -> str | None:
        """Why this fault is worth a line at the end of the world, or None."""
        if self.effect is None:
            return f"a fault without a verb: {self}; say what happens: raises(), delays(), ...\n{self._declared()}"
        if self.fired or self.is_optional:
            return None
        calls = f"{self.reached} call{'' if self.reached == 1 else 's'}"
        return f"a fault that never fired: {self}; {calls} met its target\n{self._declared()}"

    def _declared(self) -> str:
        return f"declared at {self.made_at.where()}"


class Selection:
    """Which calls of a target: every one, unless `nth`, `times` or `when` say otherwise; then a verb.

    Calls are counted from the declaration on, by each fault for itself, those that another fault disturbs included.
    """

    def __init__(self, fault: Fault, failing: Callable[[], Failing]) -> None:
        """Choose calls for `fault`; `failing` gives the adapter whose errors it raises."""
        self._fault = fault
        self._failing = failing
        self._chosen = ""

    # -- which calls

    def nth(self, number: int) -> Selection:
        """The call of this number alone, counted from 1.

        Raises:
            InvalidFault: no such number, or the calls are chosen already.
        """
        _check_count("nth", number)
        return self._choose(f".nth({number})", lambda at: at == number)

    def times(self, count: int) -> Selection:
        """The next `count` calls.

        Raises:
            InvalidFault: less than one, or the calls are chosen already.
        """
        _check_count("times", count)
        return self._choose(f".times({count})", lambda at: at <= count)

    def always(self) -> Selection:
        """Every call, as when nothing is said.

        Raises:
            InvalidFault: the calls are chosen already.
        """
        return self._choose(".always()", bool)

    def when(self, predicate: Callable[[Call], object]) -> Selection:
        """Only calls for which `predicate(call)` is true; `nth` and `times` then count those.

        It is given the journal's record: `call.operation`, `call.arguments`, `call.options`, `call.task`.

        Raises:
            InvalidFault: it is no function, or there is one already.
        """
        if not callable(predicate):
            raise InvalidFault(f"when({predicate!r}) cannot be called", hint="when(lambda call: ...)")
        if self._fault.predicate is not None:
            raise InvalidFault(
                "when() was said already", hint="one function can ask for both: when(lambda call: a and b)"
            )
        self._fault.predicate = predicate
        self._fault.choice += f".when({getattr(predicate, '__name__', type(predicate).__name__)})"
        return self

    def _choose(self, words: str, chooses: Callable[[int], bool]) -> Selection:
        if self._chosen:
            raise InvalidFault(
                f"{self._chosen} and {words} choose the calls twice",
                hint="declare two faults; when() can be combined with either",
            )
        self._chosen = words
        self._fault.choice += words
        self._fault.chooses = chooses
        return self

    # -- what happens to them

    def raises(self, error: Wanted) -> Fault:
        """Raise this instead of making the call.

        A class is instantiated with the driver's own message. On the database a text is a SQLSTATE (`"40001"`), on
        the cache an error reply of Redis (`"OOM command not allowed ..."`). Errors of the port are made the
        driver's as well, and those of the driver the port's, so that both kinds of `except` catch them. An error of the
        database leaves its transaction as PostgreSQL does: aborted, or gone with its connection.

        Raises:
            InvalidFault: no exception, or one that cannot be made.
        """
        if not isinstance(error, (str, Exception)) and not (isinstance(error, type) and issubclass(error, Exception)):
            raise InvalidFault(
                f"{error!r} is no exception", hint="raises(TimeoutError), raises(TimeoutError('too late'))"
            )
        failing = self._failing()
        try:
            words = type(failing.as_raised(error)).__name__
        except InvalidFault:
            raise
        except TypeError as problem:
            name = getattr(error, "__name__", error)
            raise InvalidFault(
                f"{name} cannot be made without arguments: {problem}", hint=f"give an instance: raises({name}(...))"
            ) from problem
        if isinstance(error, str):
            words = repr(error)
        return self._declare(Effect(f"raises({words})", makes=lambda: failing.as_raised(error)))

    def delays(self, seconds: float) -> Fault:
        """Let so much time pass, on the world's clock, before the call is made.

        Raises:
            InvalidFault: no positive, finite number.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < math.inf:
            raise InvalidFault(
                f"delays({seconds!r}) is no time", hint="a positive number of seconds; hangs() is for ever"
            )
        return self._declare(Effect(f"delays({seconds:g})", delay_s=float(seconds)))

    def loses_reply(self) -> Fault:
        """Make the call, and raise what the driver raises when the connection breaks before the reply.

        A call that fails by itself raises its own error. A call inside a transaction takes the transaction with it, as in production: only a COMMIT has happened then.

        Raises:
            InvalidFault: the port has no connection.
        """
        failing = self._failing()
        failing.lost_reply()
        return self._declare(Effect("loses_reply()", makes=failing.lost_reply, loses_reply=True))

    def hangs(self) -> Fault:
        """Never come back, nor make the call; it ends with the world, or when whoever waits gives up."""
        return self._declare(Effect("hangs()"))

    def refuses(self, code: int = 550, text: str = "5.1.1 No such user") -> Fault:
        """Let the mail server refuse the recipient, as `nexus.mail.refuse` does, for the chosen mails alone.

        Another mail to the same recipient that is under way at that moment is refused too.

        Raises:
            InvalidFault: the target is no recipient.
            InvalidMail: a code or text that refuses nothing.
        """
        target = self._fault.target
        if target.address is None:
            raise InvalidFault(
                f"{target.words!r} is no recipient", hint="on('recipient:bob@example.org').refuses(550, 'No such user')"
            )
        sink: Any = self._failing()
        sink.refusing(target.address, code=code, text=text)
        return self._declare(Effect(f"refuses({code})", refuses=(code, text)))

    def _declare(self, effect: Effect) -> Fault:
        if self._fault.effect is not None:
            raise InvalidFault(f"{self._fault} is declared already", hint="begin another one with nexus.faults.on(...)")
        self._fault.effect = effect
        return self._fault


def _check_count(what: str, number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidFault(f"{what}({number!r}) counts no call", hint="a whole number, from 1")
