"""The check before anything is built: each fault has its own error, with path, places and a hint."""

import re
from abc import ABC, abstractmethod
from typing import Any, Protocol

import pytest

from nexus_testkit.container import Container, Service, ServiceState, inject
from nexus_testkit.errors import (
    CaptiveDependency,
    CyclicDependency,
    InvalidServiceType,
    LifecycleError,
    MissingDependency,
)

MADE: list[str] = []


class Port(Protocol):
    pass


class Leaf(Service):
    def __init__(self) -> None:
        MADE.append("leaf")


class NeedsPort(Service):
    def __init__(self, leaf: Leaf = inject(), port: Port = inject()) -> None:
        self.port = port


class Top(Service):
    def __init__(self, leaf: Leaf = inject(), middle: NeedsPort = inject()) -> None:
        self.middle = middle


def test_port_without_adapter_is_missing_with_path_and_places(container: Container):
    MADE.clear()
    container.register(Top)
    with pytest.raises(MissingDependency) as caught:
        container.get(Top)
    text = str(caught.value)
    assert "NeedsPort(port: Port = inject()): no adapter was provided for the port Port" in text
    assert "path: Top -> NeedsPort -> Port" in text
    assert re.search(rf"Top: registered at {re.escape(__file__)}:\d+$", text, re.MULTILINE)
    assert re.search(rf"NeedsPort: registered at {re.escape(__file__)}:\d+ \(its definition\)$", text, re.MULTILINE)
    assert caught.value.path == (Top, NeedsPort, Port)
    assert MADE == []  # nothing was built


def test_a_fault_found_once_is_found_again_until_it_is_mended(container: Container):
    for _ in range(2):
        with pytest.raises(MissingDependency):
            container.get(Top)
    container.provide(Port, lambda: "adapter")
    assert container.get(Top).middle.port == "adapter"


def test_check_builds_nothing(container: Container):
    MADE.clear()
    container.provide(Port, lambda: MADE.append("port"))
    container.check(Top)
    assert MADE == []
    assert container.state(Top) is ServiceState.REGISTERED


def test_check_without_classes_checks_what_is_registered(container: Container):
    container.check()
    container.register(Top)
    with pytest.raises(MissingDependency, match="Top -> NeedsPort -> Port"):
        container.check()


def test_missing_port_suggests_the_nearest_name(container: Container):
    class Prot(Protocol):
        pass

    class Wanting(Service):
        def __init__(self, port: Prot = inject()) -> None: ...

    container.provide(Port, object)
    with pytest.raises(MissingDependency, match="Hint: did you mean Port"):
        container.get(Wanting)


def test_class_that_is_no_service_must_be_registered(container: Container):
    class Plain:
        def __init__(self, leaf: Leaf = inject()) -> None:
            self.leaf = leaf

    with pytest.raises(MissingDependency, match="Plain is neither registered nor a subclass of Service"):
        container.get(Plain)
    container.register(Plain)
    assert isinstance(container.get(Plain).leaf, Leaf)


class One(Service):
    def __init__(self, two: "Two" = inject()) -> None: ...


class Two(Service):
    def __init__(self, three: "Three" = inject()) -> None: ...


class Three(Service):
    def __init__(self, two: Two = inject()) -> None: ...


def test_circle_is_drawn_without_the_way_to_it(container: Container):
    with pytest.raises(CyclicDependency, match="path: Two -> Three -> Two") as caught:
        container.get(One)
    assert caught.value.path == (Two, Three, Two)


def test_circle_through_ordering_is_a_circle(container: Container):
    container.register(Leaf, dependencies=[Top])
    container.provide(Port, object)
    with pytest.raises(CyclicDependency, match="path: Top -> Leaf -> Top"):
        container.get(Top)


def test_service_that_needs_itself_is_a_circle(container: Container):
    container.register(Leaf, dependencies=[Leaf])
    with pytest.raises(CyclicDependency, match="Leaf -> Leaf"):
        container.get(Leaf)


def test_circle_in_constructors_is_reported_where_the_graph_cannot_see_it(container: Container):
    class Sly(Service):
        def __init__(self) -> None:
            container.get(Sly)

    with pytest.raises(CyclicDependency, match="Sly is asked for while it is being built"):
        container.get(Sly)


class Basket(Service):
    pass


class HoldsBasket(Service):
    def __init__(self, basket: Basket = inject()) -> None: ...


class HoldsHolder(Service):
    def __init__(self, holder: HoldsBasket = inject()) -> None: ...


def test_singleton_cannot_hold_a_scoped_service(container: Container):
    container.register(Basket, scope="scoped")
    with pytest.raises(CaptiveDependency, match="path: HoldsBasket -> Basket") as caught:
        container.get(HoldsBasket)
    assert "scope='scoped'" in str(caught.value)
    assert f"{__file__}:" in str(caught.value)


def test_singleton_cannot_hold_a_scoped_service_through_a_transient(container: Container):
    container.register(Basket, scope="scoped")
    container.register(HoldsBasket, scope="transient")
    with pytest.raises(CaptiveDependency, match="HoldsHolder -> HoldsBasket -> Basket"):
        container.get(HoldsHolder)


async def test_captive_is_found_when_the_transient_was_sound_for_another(container: Container):
    container.register(Basket, scope="scoped")
    container.register(HoldsBasket, scope="transient")
    async with container.scope() as scope:
        scope.get(HoldsBasket)
        with pytest.raises(CaptiveDependency, match="HoldsHolder -> HoldsBasket -> Basket"):
            scope.get(HoldsHolder)


def test_ordering_behind_a_scoped_service_is_captive_too(container: Container):
    container.register(Basket, scope="scoped")
    container.register(Leaf, dependencies=[Basket])
    with pytest.raises(CaptiveDependency, match="Leaf -> Basket"):
        container.get(Leaf)


@pytest.mark.parametrize("scope", ["scoped", "transient"])
def test_scoped_service_needs_a_scope(container: Container, scope: str):
    container.register(Basket, scope="scoped")
    container.register(HoldsBasket, scope=scope)
    with pytest.raises(LifecycleError, match=r"Hint: async with nexus.scope\(\) as scope"):
        container.get(HoldsBasket)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (3, "3 is no class"),
        ("Top", "'Top' is no class"),
        (list[int], r"list\[int\] is no class"),
        ([], r"\[\] is no class"),
        (int, "int is no service"),
        (dict, "dict is no service"),
        (object, "object is no service"),
        (Service, "Service is no service"),
        (Port, "no adapter was provided for the port Port"),
    ],
)
def test_wrong_service_type_is_refused(container: Container, asked: Any, message: str):
    with pytest.raises((InvalidServiceType, MissingDependency), match=message):
        container.get(asked)
    with pytest.raises((InvalidServiceType, MissingDependency), match=message):
        container.check(asked)


@pytest.mark.parametrize("asked", [Leaf(), [], "Leaf", int])
async def test_wrong_service_type_is_refused_by_start_too(container: Container, asked: Any):
    with pytest.raises(InvalidServiceType):
        await container.start(asked)
    with pytest.raises(InvalidServiceType):
        await container.service(asked)


def test_wrong_service_type_is_a_type_error_with_a_suggestion(container: Container):
    with pytest.raises(TypeError, match="did you mean Basket"):
        container.get("Baskett")  # type: ignore[arg-type]  # the mistake


def test_plain_type_as_parameter_names_the_parameter(container: Container):
    class Limited(Service):
        def __init__(self, limit: int = inject()) -> None: ...

    with pytest.raises(InvalidServiceType, match=r"Limited\(limit: int = inject\(\)\): int is no service"):
        container.get(Limited)


def test_union_of_two_is_no_class(container: Container):
    class Undecided(Service):
        def __init__(self, either: Leaf | Top = inject()) -> None: ...

    with pytest.raises(InvalidServiceType, match=r"Leaf \| .*Top is no class"):
        container.get(Undecided)


class Abstract(Service, ABC):
    @abstractmethod
    def run(self) -> int: ...


class Concrete(Abstract):
    def run(self) -> int:
        return 1


class WantsAbstract(Service):
    def __init__(self, worker: Abstract = inject()) -> None:
        self.worker = worker


def test_abstract_class_is_refused_until_it_is_aliased(container: Container):
    with pytest.raises(InvalidServiceType, match=r"Abstract is abstract \(run\)"):
        container.get(WantsAbstract)
    container.alias(Abstract, Concrete)
    assert container.get(WantsAbstract).worker is container.get(Concrete)
    assert container.get(Abstract) is container.get(Concrete)


def test_abstract_class_with_a_factory_is_fine(container: Container):
    container.register(Abstract, factory=Concrete)
    assert container.get(WantsAbstract).worker.run() == 1


def test_port_is_made_once_and_only_when_needed(container: Container):
    made: list[object] = []

    def adapter() -> object:
        made.append(object())
        return made[-1]

    container.provide(Port, adapter)
    container.register(Leaf, dependencies=[Port])
    container.get(Leaf)
    assert made == []  # ordering alone does not make it
    assert container.state(Port) is ServiceState.REGISTERED
    assert container.get(Top).middle.port is container.get(NeedsPort).port is container.get(Port)
    assert len(made) == 1
    assert container.state(Port) is ServiceState.BUILT


def test_ordering_behind_a_port_without_adapter_is_missing(container: Container):
    container.register(Leaf, dependencies=[Port])
    with pytest.raises(MissingDependency, match="Leaf -> Port"):
        container.get(Leaf)


def test_constructor_error_is_the_original_with_the_path(container: Container):
    class Broken(Service):
        def __init__(self) -> None:
            raise ZeroDivisionError("mine")

    class Above(Service):
        def __init__(self, broken: Broken = inject()) -> None: ...

    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        container.get(Above)
    assert caught.value.__notes__ == ["while building Above -> Broken"]
