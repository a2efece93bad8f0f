"""What a constructor or a factory needs, read from its signature once."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

from nexus_testkit.container.annotations import unwrap
from nexus_testkit.errors.container import type_name

_CACHE = "__nexus_blueprint__"
_CONFIG = "config"

_SIGNATURE_OPTIONS: dict[str, Any] = {}
if sys.version_info >= (3, 14):  # PEP 649: an annotation may name what does not exist yet
    from annotationlib import Format

    _SIGNATURE_OPTIONS["annotation_format"] = Format.FORWARDREF


class Injection:
    """The default value of a parameter that the container fills; what `inject()` returns."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "inject()"


class Parameter:
    """One parameter whose default is `inject()`.

    Attributes:
        name: its name.
        owner: the class that the constructor belongs to; None for a factory's parameter.
        index: its position among the positional parameters, or None for a keyword-only one.
        positional_only: whether it cannot be passed by name.
    """

    __slots__ = ("_annotation", "_function", "_target", "index", "name", "owner", "positional_only")

    def __init__(
        self, parameter: inspect.Parameter, index: int | None, function: Callable[..., Any], owner: type | None
    ) -> None:
        self.name = parameter.name
        self.index = index
        self.positional_only = parameter.kind is inspect.Parameter.POSITIONAL_ONLY
        self._annotation = parameter.annotation
        self._function = function
        self.owner = owner
        self._target: tuple[object, bool] | None = None

    @property
    def annotated(self) -> bool:
        """Whether there is an annotation at all."""
        return self._annotation is not inspect.Parameter.empty

    @property
    def text(self) -> str:
        """The parameter as it stands in the source: `db: DatabaseAdapter = inject()`."""
        return f"{self.name}: {self.annotation_text} = inject()" if self.annotated else f"{self.name} = inject()"

    @property
    def annotation_text(self) -> str:
        """The annotation as text."""
        if isinstance(self._annotation, str):
            return self._annotation
        if isinstance(self._annotation, type):
            return type_name(self._annotation)
        return inspect.formatannotation(self._annotation)

    @property
    def place(self) -> str:
        """`file:line` of the function that has this parameter."""
        code = getattr(self._function, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self._function)

    def target(self) -> tuple[object, bool]:
        """What to inject, and whether None will do where nothing provides it.

        Raises:
            Unresolved: from `annotations`. It is not remembered: the missing class may be defined later.
        """
        if self._target is None:
            self._target = unwrap(self._annotation, self._function, self.owner)
        return self._target


class Blueprint:
    """What must be passed to build something.

    Attributes:
        function: the function whose signature was read.
        injected: the parameters to fill.
        unfillable: names of parameters that have no default and that nobody fills.
        uncalled: names of parameters whose default is the function `inject` instead of `inject()`.
        takes_config: whether a `config` can be passed.
        needs_config: whether it has to be.
    """

    __slots__ = ("function", "injected", "needs_config", "takes_config", "uncalled", "unfillable")

    def __init__(self, function: Callable[..., Any], owner: type | None) -> None:
        self.function = function
        self.injected: tuple[Parameter, ...] = ()
        self.unfillable: tuple[str, ...] = ()
        self.uncalled: tuple[str, ...] = ()
        self.takes_config = self.needs_config = False
        for each in [function] if owner is None else _constructors(owner):
            self._read(each, owner, first=each is function)

    def _read(self, function: Callable[..., Any], owner: type | None, *, first: bool) -> None:
        try:
            parameters = list(inspect.signature(function, **_SIGNATURE_OPTIONS).parameters.values())
        except (TypeError, ValueError):  # written in C, with no signature to read: nothing can be injected
            return
        if owner is not None:
            parameters = parameters[1:]
        plain = inspect.unwrap(function)
        known = {parameter.name for parameter in self.injected}
        for index, parameter in enumerate(parameters):
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                self.takes_config = self.takes_config or first
            if parameter.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL):
                continue
            if isinstance(parameter.default, Injection):
                if parameter.name not in known:
                    position = None if parameter.kind is inspect.Parameter.KEYWORD_ONLY or not first else index
                    self.injected += (Parameter(parameter, position, plain, owner),)
            elif first and parameter.name == _CONFIG:
                self.takes_config = True
                self.needs_config = parameter.default is inspect.Parameter.empty
            elif first and parameter.default is inspect.Parameter.empty:
                self.unfillable += (parameter.name,)
            elif first and getattr(parameter.default, "__nexus_inject__", False):
                self.uncalled += (parameter.name,)


def blueprint(cls: type) -> Blueprint:
    """What the constructor of `cls` needs.

    Remembered on the class itself: a table beside it, even one with weak keys, would keep a class that is
    mentioned in its own constructor's signature alive for ever.
    """
    known = cls.__dict__.get(_CACHE)
    init: Callable[..., Any] = cls.__init__  # type: ignore[misc]  # the class's own, whichever it is
    if known is not None and known.function is init:
        return known  # type: ignore[no-any-return]  # only this function sets it
    made = Blueprint(init, cls)
    with contextlib.suppress(AttributeError, TypeError):  # a class written in C takes no attributes
        setattr(cls, _CACHE, made)
    return made


def _constructors(cls: type) -> list[Callable[..., Any]]:
    """The constructor, and those of the base classes that it passes its `**kwargs` on to."""
    found: list[Callable[..., Any]] = []
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if init is None or base is object:
            continue
        found.append(init)
        code = getattr(inspect.unwrap(init), "__code__", None)
        if code is None or not code.co_flags & inspect.CO_VARKEYWORDS:
            break
    return found
