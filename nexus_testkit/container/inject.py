"""`Service`, the base class, and `inject()`, the default of the parameters that the container fills."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self

from nexus_testkit.container.annotations import remember_scope
from nexus_testkit.container.signature import Injection, Parameter, blueprint
from nexus_testkit.errors import UnfilledInjection

_GUARDED = "__nexus_guarded__"


class _Unfilled(Injection):
    """The value that a parameter has until it is filled; using it says who forgot it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # asked by copy, inspect and the like, not by a service
            raise AttributeError(name)
        raise UnfilledInjection(
            f"{name!r} was asked of a parameter that is still inject(): it was never filled",
            hint="a constructor that calls super().__init__() must take the base's inject() parameters and pass them on",
        )


_UNFILLED = _Unfilled()


def inject() -> Any:
    """Mark a constructor's parameter as one that the container fills, by the parameter's annotation.

    ```python
    class ProfileService(BaseService):
        def __init__(self, db: DatabaseAdapter = inject()) -> None: ...
    ```
    """
    return _UNFILLED


inject.__nexus_inject__ = True  # type: ignore[attr-defined]  # tells `= inject` from `= inject()`


class _ConstructorSignature:
    """Shows inspect, help() and editors the constructor's parameters instead of `__new__`'s."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]  # the class's own, whichever it is
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class Service:
    """Base class of services: what the container builds by itself when somebody needs it.

    A constructor that is called by hand with an `inject()` parameter left unfilled raises `UnfilledInjection`.
    The check is in `__new__`, so it holds for subclasses that never call `super().__init__()`.
    """

    __signature__ = _ConstructorSignature()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "<locals>" in cls.__qualname__:
            remember_scope(cls)
        if not getattr(cls.__new__, _GUARDED, False):
            cls.__new__ = _guard(cls.__new__, cls)  # type: ignore[method-assign]  # a __new__ that is not ours

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        if cls.__new__ is Service.__new__:  # otherwise the guard round the subclass's own __new__ has checked
            _refuse_unfilled(cls, args, kwargs)
        following = super().__new__
        return following(cls) if following is object.__new__ else following(cls, *args, **kwargs)


setattr(Service.__new__, _GUARDED, True)


def _guard(original: Callable[..., Any], owner: type) -> Callable[..., Any]:
    """A `__new__` that checks before `original`, which may call ours without the arguments."""

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:  # noqa: N807  # it takes that place
        if cls.__new__ is guarded:
            _refuse_unfilled(cls, args, kwargs)
        return original(cls) if original is object.__new__ else original(cls, *args, **kwargs)

    guarded = __new__
    setattr(guarded, _GUARDED, True)
    guarded.__qualname__ = f"{owner.__qualname__}.__new__"
    return staticmethod(guarded)


def _refuse_unfilled(cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    injected = blueprint(cls).injected
    if not injected:
        return
    unfilled = [parameter for parameter in injected if _is_unfilled(parameter, args, kwargs)]
    if unfilled:
        names = ", ".join(parameter.text for parameter in unfilled)
        example = ", ".join(f"{parameter.name}=..." for parameter in unfilled)
        raise UnfilledInjection(
            f"{cls.__qualname__}() was called by hand and left unfilled: {names}",
            hint=f"let the container build it: await nexus.service({cls.__name__}); "
            f"or pass the values: {cls.__name__}({example})",
        )


def _is_unfilled(parameter: Parameter, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    if parameter.index is not None and parameter.index < len(args):
        return isinstance(args[parameter.index], Injection)
    return isinstance(kwargs.get(parameter.name, _UNFILLED), Injection)
