"""How a fault is declared: which calls of a target, and what happens to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nexus_testkit.errors import InvalidFault
from nexus_testkit.faults import effects
from nexus_testkit.faults.effects import Effect, Failing, Wanted
from nexus_testkit.faults.fault import Fault
from nexus_testkit.journal import Call

HeaderPairs = Mapping[str, str] | Sequence[tuple[str, str]]


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

        A class is instantiated with the driver's own message. Words are `"refused"` (nobody listens), `"reset"` (the
        connection breaks) and `"timeout"` (the driver's time is over) wherever there is a connection; on the database also
        a SQLSTATE (`"40001"`), on the cache an error reply of Redis or its code (`"OOM"`), on files the name of an
        error (`"ENOSPC"`). Errors of the port are made the driver's as well, and those of the driver the port's, so that both
        kinds of `except` catch them.

        An error of the database leaves its transaction as PostgreSQL does: aborted, or gone with its connection. A write of
        a file that fails leaves the file that was there.

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
        return self._declare(effects.raising(failing, error, words=f"raises({words})"))

    def delays(self, seconds: float, *, reply: bool = False) -> Fault:
        """Let so much time pass, on the world's clock, before the call is made.

        Args:
            seconds: how much.
            reply: whether the call is made at once, and its result (or its error) comes so much later: who waits with a
                time-out gives up on something that has happened.

        Raises:
            InvalidFault: no positive, finite number.
        """
        _check_time("delays", seconds)
        words = f"delays({seconds:g}, reply=True)" if reply else f"delays({seconds:g})"
        return self._declare(effects.delaying(float(seconds), reply=reply, words=words))

    def loses_reply(self) -> Fault:
        """Make the call, and raise what the driver raises when the connection breaks before the reply.

        A call that fails by itself raises its own error. A call inside a transaction takes the transaction with it, as in production: only a COMMIT has happened then.

        Raises:
            InvalidFault: the port has no connection.
        """
        return self._declare(effects.losing_reply(self._failing(), words="loses_reply()"))

    def hangs(self) -> Fault:
        """Never come back, nor make the call; it ends with the world, or when whoever waits gives up."""
        return self._declare(effects.hanging(self._failing(), words="hangs()"))

    # -- what the mail server says to them

    def refuses(self, code: int = 550, text: str = "5.1.1 No such user", *, at: str | None = None) -> Fault:
        """Let the mail server refuse with an SMTP code and text, in the conversation of the chosen mails alone.

        A recipient is refused whatever `nexus.mail.refuse` said of it; the other recipients of the mail get it. Of
        `"mail.send"` the step is refused that `at` names: `"CONNECT"` (the greeting), `"EHLO"` (and HELO),
        `"STARTTLS"`, `"AUTH"`, `"MAIL"`, `"RCPT"` (every recipient), `"DATA"`, `"END-OF-MESSAGE"` (the reply to the final
        dot) or `"QUIT"`, which no mail fails of, for it was accepted before. A step that does not occur, such as AUTH
        without a login, refuses nothing. Behind 421 the server closes the connection (RFC 5321, 3.8).

        Raises:
            InvalidFault: the target is neither a recipient nor `"mail.send"`, or there is no such step.
            InvalidMail: a code or text that refuses nothing.
        """
        target = self._fault.target
        if target.address is not None:
            if at not in (None, "RCPT"):
                raise InvalidFault(
                    f"{target.words!r} is refused at RCPT, not at {at}",
                    hint=f"on('mail.send').refuses({code}, at={at!r})",
                )
            words = f"refuses({code})"
        elif target.operation != "mail.send" or at is None:
            raise InvalidFault(
                f"{target.words!r} is no recipient, and no step of a mail's conversation",
                hint="on('recipient:bob@example.org').refuses(550, 'No such user'), "
                "on('mail.send').refuses(451, '4.3.0 Try again later', at='DATA')",
            )
        else:
            words = f"refuses({code}, at={at!r})"
        made = effects.refusing(self._failing(), code, text, at=at or "RCPT", address=target.address, words=words)
        return self._declare(made)

    def hangs_up(self, *, at: str) -> Fault:
        """Let the mail server close the connection at a step; a mail is accepted at `"END-OF-MESSAGE"`, before it does.

        Raises:
            InvalidFault: the target is no mail, or there is no such step; see `refuses`.
        """
        return self._declare(effects.hanging_up(self._sink("hangs_up"), at=at, words=f"hangs_up(at={at!r})"))

    def goes_silent(self, *, at: str | None = None) -> Fault:
        """Let the server not answer: the client waits for its time-out.

        The mail server does not answer the step `at` (see `refuses`), and the client gives up after
        `SmtpSettings.timeout_s`. At `"END-OF-MESSAGE"` the mail is accepted before: RFC 1047 is about what comes of
        that. An HTTP server does not answer the request, which never reaches its route's replies: `httpx.ReadTimeout`
        when the client's time for reading is over, and nothing at all where it has none.

        Raises:
            InvalidFault: the target is neither a mail nor a request, or there is no such step.
        """
        if self._fault.target.port == "http" and at is None:
            return self._declare(effects.going_silent(self._failing(), words="goes_silent()"))
        sink = self._sink("goes_silent")
        if at is None:
            raise InvalidFault(f"goes_silent() on {self._fault.target.words!r} names no step", hint="at='DATA'")
        return self._declare(effects.going_silent(sink, at=at, words=f"goes_silent(at={at!r})"))

    def _sink(self, verb: str) -> Failing:
        target = self._fault.target
        if target.operation != "mail.send" and target.address is None:
            raise InvalidFault(f"{target.words!r} is no mail", hint=f"on('mail.send').{verb}(at='DATA')")
        return self._failing()

    # -- what they get for an answer

    def responds(self, status: int, *, headers: HeaderPairs | None = None, **bodies: Any) -> Fault:
        """Answer a request with this status without asking its route: a proxy or a gateway that speaks for the server.

        `headers={"Retry-After": "2"}`; a body as in `nexus.http.get(url).respond(...)`: `json=`, `text=`, `html=`
        or `content=`. The request counts as the route's, and takes none of the replies of `responds([...])`.

        Raises:
            InvalidFault: the target is neither `"http"` nor a route.
            InvalidRoute: a status outside 100 to 599, several bodies, or a body that has no JSON form.
        """
        made = effects.responding(
            self._transport("responds"), status, headers=headers, words=f"responds({status})", **bodies
        )
        return self._declare(made)

    def garbles(self, how: str) -> Fault:
        """Let the route answer and break the body.

        `"truncated"` (the connection is closed in the middle), `"length too large"` (Content-Length announces more than
        comes), `"length too small"` (the rest is not read), `"json"` (half of it, well announced), `"charset"` (bytes
        that UTF-8 does not have), `"encoding"` (announced as gzip, which it is not).

        Raises:
            InvalidFault: the target is neither `"http"` nor a route, or there is no such way.
        """
        return self._declare(effects.garbling(self._transport("garbles"), how, words=f"garbles({how!r})"))

    def trickles(self, seconds: float, *, chunks: int = 4) -> Fault:
        """Let the route answer, and the body come in pieces, the last of which is there after `seconds`.

        A pause that is longer than the client's read time-out ends in `httpx.ReadTimeout`; a body that merely takes
        long does not, for that time-out is for each piece.

        Raises:
            InvalidFault: the target is neither `"http"` nor a route; no positive time, or no piece.
        """
        _check_time("trickles", seconds)
        _check_count("trickles", chunks)
        transport = self._transport("trickles")
        return self._declare(
            effects.trickling(transport, float(seconds), chunks=chunks, words=f"trickles({seconds:g})")
        )

    def _transport(self, verb: str) -> Failing:
        target = self._fault.target
        if target.port != "http":
            raise InvalidFault(f"{target.words!r} gets no HTTP answer", hint=f"on('http').{verb}(...), or on(route)")
        return self._failing()

    def _declare(self, effect: Effect) -> Fault:
        if self._fault.effect is not None:
            raise InvalidFault(f"{self._fault} is declared already", hint="begin another one with nexus.faults.on(...)")
        self._fault.effect = effect
        return self._fault


def _check_count(what: str, number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidFault(f"{what}({number!r}) counts no call", hint="a whole number, from 1")


def _check_time(verb: str, seconds: object) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < math.inf:
        raise InvalidFault(f"{verb}({seconds!r}) is no time", hint="a positive number of seconds; hangs() is for ever")
