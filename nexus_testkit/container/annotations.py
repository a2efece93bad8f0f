"""What an annotation means where its class was written.

`from __future__ import annotations` leaves only the text of an annotation, and `typing.get_type_hints` evaluates
that text in the module alone. Plugin tests define services inside test functions, so the names of the defining
function are kept too: classes only, and never the frame, which would keep everything else in it alive.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Union, get_args, get_origin

_SCOPE = "__nexus_scope__"
_LOCALS = ".<locals>."


class Unresolved(Exception):
    """An annotation that names nothing that can be found. The graph check makes a MissingDependency of it.

    Attributes:
        name: the name that is not defined, or None where the text is at fault as a whole.
        names: what was visible instead, for a "did you mean".
    """

    def __init__(self, reason: str, name: str | None = None, names: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.name = name
        self.names = names


def remember_scope(cls: type) -> None:
    """Keep the classes that are visible where a local class is being defined.

    Classes of one run of one function share one mapping, so that an earlier class finds a later one.
    """
    visible: dict[str, type] = {}
    shared: dict[str, type] | None = None
    for depth, frame in enumerate(_defining_frames(cls.__module__, cls.__qualname__)):
        for name, value in frame.f_locals.items():
            if isinstance(value, type):
                visible.setdefault(name, value)
                # Farther out, a class with the same parent comes from an earlier run of the same function.
                if depth == 0 and shared is None and _parent(value) == _parent(cls):
                    shared = vars(value).get(_SCOPE)
    scope = shared if shared is not None else {}
    scope.update(visible)
    scope[cls.__name__] = cls
    setattr(cls, _SCOPE, scope)


def evaluate(annotation: object, function: Callable[..., Any], owner: type | None) -> object:
    """What `annotation` (a text, a forward reference or the thing itself) stands for.

    Args:
        annotation: as it stands in the signature of `function`.
        function: whose module and closure the names belong to.
        owner: the class that `function` is the constructor of; None for a factory.

    Raises:
        Unresolved: a name that is not defined, or a text that is no expression.
    """
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    module: dict[str, Any] = getattr(function, "__globals__", {})
    names = _Names(function, owner, module)
    try:
        # The text is the plugin's own source code, evaluated as typing.get_type_hints does.
        found = eval(annotation, module, names)  # noqa: S307  # see the line above
    except NameError as error:
        visible = tuple(dict.fromkeys([*names, *module]))
        raise Unresolved(f"the name {error.name!r} is not defined", error.name, visible) from error
    except Exception as error:
        raise Unresolved(f"its annotation does not evaluate: {type(error).__name__}: {error}") from error
    # A quoted annotation below `from __future__ import annotations` is a text within a text.
    return evaluate(found, function, owner) if isinstance(found, (str, ForwardRef)) else found


def unwrap(annotation: object, function: Callable[..., Any], owner: type | None) -> tuple[object, bool]:
    """The thing to inject, and whether None will do: `Optional[T]`, `T | None` and `Annotated[T, ...]` mean T."""
    found = evaluate(annotation, function, owner)
    origin = get_origin(found)
    if origin is Annotated:
        return unwrap(get_args(found)[0], function, owner)
    if origin is Union or origin is UnionType:
        arguments = get_args(found)
        others = [argument for argument in arguments if argument is not NoneType]
        if len(others) == 1:
            inner, _ = unwrap(others[0], function, owner)
            return inner, len(arguments) > len(others)
    return found, False


class _Names(Mapping[str, Any]):
    """Names as the class body's author saw them, nearest first. `eval` asks the module itself afterwards."""

    def __init__(self, function: Callable[..., Any], owner: type | None, module: dict[str, Any]) -> None:
        self._layers: list[Mapping[str, Any]] = [_closure(function)]
        self._function = function
        self._owner = owner
        if owner is not None:
            scope = vars(owner).get(_SCOPE, {})
            self._layers += [*_enclosing_classes(owner, {**module, **scope}), scope, {owner.__name__: owner}]

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        # A class that was defined after the last service of its function: the function may still be running.
        target = self._owner or self._function
        if name not in getattr(self._function, "__globals__", {}) and not hasattr(builtins, name):
            for frame in _defining_frames(target.__module__, target.__qualname__):
                if name in frame.f_locals:
                    return frame.f_locals[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        for layer in self._layers:
            yield from layer

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _parent(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__.rpartition(_LOCALS)[0]


def _defining_frames(module: str, qualname: str) -> Iterator[FrameType]:
    """Running frames of the functions that a qualified name lies in, innermost first."""
    wanted = qualname.rpartition(_LOCALS)[0]
    frame: FrameType | None = sys._getframe(1) if wanted else None  # noqa: SLF001  # the only way to the definer's names
    while frame is not None and wanted:
        if frame.f_code.co_qualname == wanted and frame.f_globals.get("__name__") == module:
            yield frame
            wanted = wanted.rpartition(_LOCALS)[0]
        frame = frame.f_back


def _closure(function: Callable[..., Any]) -> dict[str, Any]:
    code, cells = getattr(function, "__code__", None), getattr(function, "__closure__", None)
    found: dict[str, Any] = {}
    for name, cell in zip(code.co_freevars if code else (), cells or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # a free variable that has no value yet
            continue
    return found


def _enclosing_classes(owner: type, names: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The bodies of the classes that `owner` is nested in, innermost first."""
    layers: list[Mapping[str, Any]] = []
    parts = owner.__qualname__.rpartition(_LOCALS)[2].split(".")[:-1]
    for depth, part in enumerate(parts):
        found = names.get(part) if depth == 0 else layers[0].get(part)
        if not isinstance(found, type):
            break
        layers.insert(0, vars(found))
    return layers
