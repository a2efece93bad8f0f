"""register, provide, alias, configure, override: what they take and what they refuse."""

from typing import Any, Protocol

import pytest

from nexus_testkit.container import Container, Service, ServiceState, inject
from nexus_testkit.errors import (
    CyclicDependency,
    DuplicateRegistration,
    InvalidScope,
    InvalidServiceConfig,
    InvalidServiceType,
    LifecycleError,
    MissingDependency,
    OverrideError,
    UnknownOption,
)


class Mailer(Service):
    def __init__(self, config: dict[str, Any] | None = None) -> None:
        self.config = config or {}


class Signup(Service):
    def __init__(self, mailer: Mailer = inject()) -> None:
        self.mailer = mailer


class Port(Protocol):
    pass


# Registration.


def test_second_registration_shows_the_place_of_the_first(container: Container):
    container.register(Mailer, dependencies=[])
    line = test_second_registration_shows_the_place_of_the_first.__code__.co_firstlineno + 1
    with pytest.raises(DuplicateRegistration, match=f"Mailer: registered at .*{__name__.split('.')[-1]}.py:{line}"):
        container.register(Mailer, dependencies=[])


@pytest.mark.parametrize("again", ["provide", "alias", "register"])
@pytest.mark.parametrize("first", ["provide", "alias", "register"])
def test_one_class_has_one_source(container: Container, first: str, again: str):
    ways = {
        "provide": lambda: container.provide(Mailer, object),
        "alias": lambda: container.alias(Mailer, Signup),
        "register": lambda: container.register(Mailer),
    }
    ways[first]()
    with pytest.raises(DuplicateRegistration, match="registered already"):
        ways[again]()


def test_first_need_is_no_registration(container: Container):
    container.check(Signup)
    container.register(Mailer, config={"from": "a"})
    assert container.get(Signup).mailer.config == {"from": "a"}
    with pytest.raises(DuplicateRegistration):
        container.register(Mailer)


def test_registration_after_the_building_holds_where_it_changes_nothing(container: Container):
    container.provide(Port, object)
    made = container.get(Mailer)
    container.register(Mailer, dependencies=[Port])
    assert container.get(Mailer) is made


@pytest.mark.parametrize(
    "options", [{"scope": "scoped"}, {"config": {"a": 1}}, {"factory": Mailer}, {"dependencies": [Signup]}]
)
def test_registration_after_the_building_is_refused_where_it_comes_too_late(container: Container, options: Any):
    container.get(Mailer)
    with pytest.raises(LifecycleError, match="come too late"):
        container.register(Mailer, **options)


def test_unknown_option_is_refused_with_the_nearest(container: Container):
    with pytest.raises(UnknownOption, match="did you mean dependencies"):
        container.register(Mailer, dependancies=[])


@pytest.mark.parametrize(
    ("scope", "hint"), [("singelton", "did you mean singleton"), ("request", "the scopes are singleton")]
)
def test_unknown_scope_is_refused(container: Container, scope: str, hint: str):
    with pytest.raises(InvalidScope, match=hint):
        container.register(Mailer, scope=scope)


@pytest.mark.parametrize("wrong", [Mailer(), "Mailer", 3, None])
def test_only_classes_are_registered(container: Container, wrong: Any):
    for register in (
        container.register,
        lambda key: container.provide(key, object),
        lambda key: container.alias(key, Mailer),
        lambda key: container.alias(Mailer, key),
    ):
        with pytest.raises(InvalidServiceType, match="takes a class, not"):
            register(wrong)


@pytest.mark.parametrize(
    ("dependencies", "message"),
    [(Mailer, "no list of classes"), ("Mailer", "no list of classes"), (3, "no list"), (["Mailer"], "takes a class")],
)
def test_dependencies_are_a_list_of_classes(container: Container, dependencies: Any, message: str):
    with pytest.raises(InvalidServiceType, match=message):
        container.register(Signup, dependencies=dependencies)


def test_alias_leads_to_its_target_through_others(container: Container):
    class Other(Protocol):
        pass

    container.alias(Port, Other)
    container.alias(Other, Mailer)
    assert container.get(Port) is container.get(Mailer)


def test_alias_in_a_circle_is_refused(container: Container):
    class Other(Protocol):
        pass

    container.alias(Port, Other)
    with pytest.raises(CyclicDependency, match="Other -> Port -> Other"):
        container.alias(Other, Port)
    with pytest.raises(CyclicDependency):
        container.alias(Mailer, Mailer)


# Factories.


def test_factory_builds_with_its_own_parameters_filled(container: Container):
    def factory(mailer: Mailer = inject(), config: dict[str, Any] | None = None) -> Signup:
        made = Signup(mailer)
        made.config = config
        return made

    container.register(Signup, factory=factory, config={"plan": "free"})
    made = container.get(Signup)
    assert made.mailer is container.get(Mailer)
    assert made.config == {"plan": "free"}


def test_factory_may_name_local_classes_in_text(container: Container):
    class Local(Service):
        pass

    def factory(local: "Local" = inject()) -> Signup:
        made = Signup(Mailer())
        made.local = local
        return made

    container.register(Signup, factory=factory)
    assert isinstance(container.get(Signup).local, Local)


async def _coroutine() -> Signup:
    return Signup(Mailer())


@pytest.mark.parametrize(("factory", "message"), [(lambda: None, "returned None"), (_coroutine, "is asynchronous")])
def test_factory_must_return_the_service(container: Container, factory: Any, message: str):
    container.register(Signup, factory=factory)
    with pytest.raises(InvalidServiceType, match=message):
        container.get(Signup)


@pytest.mark.parametrize("register", ["register", "provide"])
def test_factory_must_be_callable(container: Container, register: str):
    ways = {
        "register": lambda: container.register(Signup, factory="Signup"),
        "provide": lambda: container.provide(Port, "adapter"),
    }
    with pytest.raises(InvalidServiceType, match="cannot be called"):
        ways[register]()


def test_factory_with_an_unfillable_parameter_is_refused(container: Container):
    def factory(mailer: Mailer) -> Signup:
        return Signup(mailer)

    container.register(Signup, factory=factory)
    with pytest.raises(MissingDependency, match="its factory needs mailer"):
        container.get(Signup)


# Configuration (guide errata, rows 5 and 10).


@pytest.mark.parametrize("key", [Mailer, "Mailer", f"{Mailer.__module__}.Mailer"])
def test_errata_05_configuration_arrives_by_class_or_name(container: Container, key: Any):
    container.configure({key: {"from": "shop"}})
    assert container.get(Signup).mailer.config == {"from": "shop"}


def test_configuration_of_the_harness_wins_key_by_key(container: Container):
    container.register(Mailer, config={"from": "plugin", "port": 25})
    container.configure({"Mailer": {"from": "test"}})
    container.configure({Mailer: {"tls": True}})
    assert container.get(Mailer).config == {"from": "test", "port": 25, "tls": True}


def test_errata_10_configuration_is_a_copy(container: Container):
    own, given = {"hosts": ["a"]}, {"names": ["b"]}
    container.register(Mailer, config=own, scope="transient")
    container.configure({Mailer: given})
    own["hosts"].append("later")
    given["names"].append("later")
    first = container.get(Mailer)
    assert first.config == {"hosts": ["a"], "names": ["b"]}
    first.config["hosts"].append("mine")
    assert container.get(Mailer).config == {"hosts": ["a"], "names": ["b"]}


def test_required_configuration_is_empty_where_there_is_none(container: Container):
    class Strict(Service):
        def __init__(self, config: dict[str, Any]) -> None:
            self.config = config

    assert container.get(Strict).config == {}


def test_configuration_reaches_a_constructor_through_kwargs(container: Container):
    class Loud(Mailer):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)

    container.configure({Loud: {"a": 1}})
    assert container.get(Loud).config == {"a": 1}


def test_configuration_that_no_constructor_takes_is_refused(container: Container):
    container.configure({Signup: {"a": 1}})
    with pytest.raises(InvalidServiceConfig, match="Signup is configured, but its constructor takes no parameter"):
        container.check(Signup)


def test_configuration_for_an_unknown_name_is_refused_at_the_check(container: Container):
    container.configure({"Mialer": {"a": 1}})
    with pytest.raises(InvalidServiceConfig, match="did you mean Mailer"):
        container.get(Signup)


def test_configuration_for_a_service_that_is_not_used_is_fine(container: Container):
    container.configure({"Signup": {}, Signup: {}})
    assert container.get(Mailer).config == {}


@pytest.mark.parametrize("wrong", [[("Mailer", {})], {Mailer: "from=shop"}, {3: {}}])
def test_configuration_is_a_mapping_of_mappings(container: Container, wrong: Any):
    with pytest.raises(InvalidServiceConfig):
        container.configure(wrong)


def test_configuration_after_the_building_is_refused(container: Container):
    container.get(Mailer)
    with pytest.raises(LifecycleError, match="Mailer is built already"):
        container.configure({"Mailer": {"a": 1}})


# Overrides.


class Recording:
    def __init__(self) -> None:
        self.calls: list[str] = []

    async def initialize(self) -> None:
        self.calls.append("initialize")

    async def cleanup(self) -> None:
        self.calls.append("cleanup")


async def test_override_gives_the_stand_in_and_drives_its_lifecycle(container: Container):
    with container.override(Mailer, Recording()) as mailer:
        assert (await container.service(Signup)).mailer is mailer
        assert container.get(Mailer) is mailer
    assert mailer.calls == ["initialize"]
    assert container.get(Signup).mailer is mailer  # what was built with it keeps it
    assert container.get(Mailer) is not mailer
    await container.stop()
    assert mailer.calls == ["initialize", "cleanup"]


async def test_override_of_a_port_has_no_lifecycle(container: Container):
    class Wanting(Service):
        def __init__(self, port: Port = inject()) -> None:
            self.port = port

    container.provide(Port, object)
    with container.override(Port, Recording()) as port:
        assert (await container.service(Wanting)).port is port
    await container.stop()
    assert port.calls == []


def test_override_reaches_through_an_alias(container: Container):
    container.alias(Port, Mailer)
    stand_in = object()
    with container.override(Mailer, stand_in):
        assert container.get(Port) is stand_in
    with container.override(Port, stand_in):
        assert container.get(Port) is stand_in
        assert container.get(Mailer) is not stand_in


def test_override_of_something_built_is_refused(container: Container):
    container.get(Signup)
    with pytest.raises(OverrideError, match="Mailer is built already"), container.override(Mailer, object()):
        pytest.fail("the block must not be entered")
    with pytest.raises(OverrideError, match="built already"):
        container.set_override(Mailer, object())


async def test_override_of_something_built_in_a_scope_is_refused(container: Container):
    container.register(Mailer, scope="scoped")
    async with container.scope() as scope:
        scope.get(Mailer)
        with pytest.raises(OverrideError, match="built already"):
            container.set_override(Mailer, object())
    with container.override(Mailer, "stand-in"):
        async with container.scope() as scope:
            assert scope.get(Mailer) == "stand-in"


def test_override_that_nobody_asked_for_is_reported_with_its_place(container: Container):
    line = test_override_that_nobody_asked_for_is_reported_with_its_place.__code__.co_firstlineno + 2
    with pytest.raises(OverrideError, match=rf"nobody asked for Mailer, .*\.py:{line}"), container.override(Mailer, 1):
        pass


def test_override_that_nobody_asked_for_never_masks_the_error_of_the_block(container: Container):
    with pytest.raises(ZeroDivisionError), container.override(Mailer, object()):
        raise ZeroDivisionError
    assert isinstance(container.get(Mailer), Mailer)


def test_override_inside_another_wins_and_ends(container: Container):
    with container.override(Mailer, "outer"):
        with container.override(Mailer, "inner"):
            assert container.get(Mailer) == "inner"
        assert container.get(Mailer) == "outer"


def test_override_takes_a_class(container: Container):
    with pytest.raises(InvalidServiceType, match="takes a class, not 'Mailer'"):
        container.set_override("Mailer", object())  # type: ignore[arg-type]  # the mistake


async def test_permanent_override_that_nobody_asked_for_is_reported_at_the_end(container: Container):
    container.set_override(Mailer, Recording())
    await container.service(Recordless)
    with pytest.raises(OverrideError, match="nobody asked for Mailer"):
        await container.stop()
    assert container.state(Recordless) is ServiceState.STOPPED


async def test_permanent_override_is_not_reported_beside_the_error_of_the_body(container: Container):
    container.set_override(Mailer, Recording())
    await container.stop(error=ValueError())


async def test_permanent_override_that_was_used_is_fine(container: Container):
    container.set_override(Mailer, Recording())
    assert isinstance((await container.service(Signup)).mailer, Recording)
    await container.stop()


class Recordless(Service):
    async def cleanup(self) -> None:
        pass
