"""inject(): what a parameter stands for, and constructors called by hand."""

from __future__ import annotations

import functools
import gc
import inspect
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Optional, Protocol, Self, TypeVar

import pytest

from nexus_testkit.container import Container, Service, activate, get_service, inject, register_service
from nexus_testkit.errors import MissingDependency, NoActiveContainer, UnfilledInjection

if TYPE_CHECKING:
    from decimal import Decimal as NotThereAtRunTime

T = TypeVar("T")


class Database(Protocol):
    def rows(self) -> int: ...


class Rows:
    def rows(self) -> int:
        return 3


class Early(Service):
    def __init__(self, late: Late = inject()) -> None:
        self.late = late


class Late(Service):
    pass


class Outer:
    class Inner(Service):
        def __init__(self, other: Sibling = inject()) -> None:  # noqa: F821  # of the class body, which linters do not look into
            self.other = other

    class Sibling(Service):
        pass


def test_annotation_may_name_a_class_defined_later_in_the_module(container: Container):
    assert isinstance(container.get(Early).late, Late)


def test_annotation_may_name_a_class_of_the_enclosing_class(container: Container):
    assert isinstance(container.get(Outer.Inner).other, Outer.Sibling)


def test_annotation_may_name_a_local_class_defined_later(container: Container):
    def define() -> type[Service]:
        class First(Service):
            def __init__(self, second: Second = inject()) -> None:
                self.second = second

        class Second(Service):
            pass

        return First

    define()
    made = container.get(define())
    assert type(made.second).__qualname__.endswith("Second")


def test_annotation_names_the_local_class_of_the_same_call(container: Container):
    def define() -> tuple[type[Service], type[Service]]:
        class Below(Service):
            pass

        class Above(Service):
            def __init__(self, below: Below = inject()) -> None:
                self.below = below

        return Above, Below

    define()
    above, below = define()
    define()
    assert type(container.get(above).below) is below


def test_annotation_may_name_a_local_port(container: Container):
    class Above(Service):
        def __init__(self, port: LocalPort = inject()) -> None:
            self.port = port

    class LocalPort(Protocol):
        pass

    container.provide(LocalPort, lambda: "adapter")
    assert container.get(Above).port == "adapter"


@pytest.mark.parametrize(
    "annotation",
    [
        "Database",
        "'Database'",
        "Optional[Database]",
        "Database | None",
        "Annotated[Database, 'note']",
        "Optional['Database']",
    ],
)
def test_annotation_forms_mean_the_class_in_them(container: Container, annotation: str):
    class Reader(Service):
        def __init__(self, db: Any = inject()) -> None:
            self.db = db

    Reader.__init__.__annotations__["db"] = annotation
    adapter = Rows()
    container.provide(Database, lambda: adapter)
    assert container.get(Reader).db is adapter
    assert Optional, Annotated  # named by the annotations above


def test_optional_port_without_adapter_is_none(container: Container):
    class Reader(Service):
        def __init__(self, db: Database | None = inject()) -> None:
            self.db = db

    assert container.get(Reader).db is None


def test_positional_only_and_keyword_only_parameters_are_filled(container: Container):
    class Reader(Service):
        def __init__(self, late: Late = inject(), /, limit: int = 5, *, db: Database = inject()) -> None:
            self.all = (late, limit, db)

    container.provide(Database, Rows)
    late, limit, db = container.get(Reader).all
    assert (type(late), limit, type(db)) == (Late, 5, Rows)


def test_parameters_behind_kwargs_are_filled(container: Container):
    class Base(Service):
        def __init__(self, *, late: Late = inject()) -> None:
            self.late = late

    class Derived(Base):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)

    assert isinstance(container.get(Derived).late, Late)
    with pytest.raises(UnfilledInjection, match="late: Late"):
        Derived()


def test_dataclass_fields_are_filled(container: Container):
    @dataclass
    class Reader(Service):
        late: Late = inject()
        limit: int = 5

    assert isinstance(container.get(Reader).late, Late)


def test_decorated_constructor_is_read_through_its_wrapper(container: Container):
    def traced(function: Any) -> Any:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> None:
            function(*args, **kwargs)

        return wrapper

    class Reader(Service):
        @traced
        def __init__(self, late: Late = inject()) -> None:
            self.late = late

    assert isinstance(container.get(Reader).late, Late)


def test_generic_base_class_is_no_obstacle(container: Container):
    class Repository(Service, Generic[T]):
        def __init__(self, late: Late = inject()) -> None:
            self.late = late

    class Users(Repository[int]):
        pass

    assert isinstance(container.get(Users).late, Late)


def test_unresolvable_annotation_names_parameter_text_place_and_neighbour(container: Container):
    class Reader(Service):
        def __init__(self, db: Databse = inject()) -> None:  # noqa: F821  # the misspelling is the point
            self.db = db

    with pytest.raises(MissingDependency) as caught:
        container.get(Reader)
    text = str(caught.value)
    line = inspect.getsourcelines(Reader.__init__)[1]
    assert "Reader(db: Databse = inject()): the name 'Databse' is not defined" in text
    assert f"{__file__}:{line}" in text
    assert "Hint: did you mean Database?" in text


def test_class_imported_for_type_checkers_alone_is_explained(container: Container):
    class Reader(Service):
        def __init__(self, price: NotThereAtRunTime = inject()) -> None:
            self.price = price

    with pytest.raises(MissingDependency, match="TYPE_CHECKING"):
        container.get(Reader)


def test_unresolvable_annotation_is_tried_again(container: Container):
    class Reader(Service):
        def __init__(self, db: Appearing = inject()) -> None:  # noqa: F821  # defined below, by hand
            self.db = db

    with pytest.raises(MissingDependency):
        container.get(Reader)
    globals()["Appearing"] = Late
    try:
        assert isinstance(container.get(Reader).db, Late)
    finally:
        del globals()["Appearing"]


def test_missing_annotation_is_refused(container: Container):
    class Reader(Service):
        def __init__(self, db=inject()) -> None:
            self.db = db

    with pytest.raises(MissingDependency, match=r"Reader\(db = inject\(\)\): it has no annotation"):
        container.get(Reader)


def test_inject_without_call_is_refused(container: Container):
    class Reader(Service):
        def __init__(self, late: Late = inject) -> None:
            self.late = late

    with pytest.raises(MissingDependency, match="call it"):
        container.get(Reader)


def test_parameter_without_default_is_refused(container: Container):
    class Reader(Service):
        def __init__(self, limit: int) -> None:
            self.limit = limit

    with pytest.raises(MissingDependency, match="its constructor needs limit"):
        container.get(Reader)


# Constructors called by hand (guide errata, row 6).


class Filled(Service):
    def __init__(self, late: Late = inject(), *, db: Database = inject(), limit: int = 1) -> None:
        self.late = late
        self.db = db


def test_errata_06_constructor_by_hand_names_the_unfilled_parameters():
    with pytest.raises(UnfilledInjection) as caught:
        Filled(limit=2)
    assert "Filled() was called by hand" in str(caught.value)
    assert "late: Late = inject(), db: Database = inject()" in str(caught.value)
    assert "await nexus.service(Filled)" in str(caught.value)


def test_errata_06_constructor_by_hand_takes_values():
    late, db = Late(), Rows()
    assert Filled(late, db=db).db is db
    assert Filled(late=late, db=db).late is late
    with pytest.raises(UnfilledInjection, match="db: Database") as caught:
        Filled(late)
    assert "late: Late" not in str(caught.value)


def test_errata_06_holds_for_subclasses_that_never_call_the_base():
    class Forgetful(Filled):
        def __init__(self, other: Late = inject()) -> None:
            self.other = other

    with pytest.raises(UnfilledInjection, match="other: Late"):
        Forgetful()


def test_errata_06_holds_for_subclasses_with_a_new_of_their_own(container: Container):
    class Counted(Service):
        made = 0

        def __new__(cls, *args: Any, **kwargs: Any) -> Self:
            cls.made += 1
            return super().__new__(cls)

        def __init__(self, late: Late = inject()) -> None:
            self.late = late

    with pytest.raises(UnfilledInjection, match="late: Late"):
        Counted()
    assert Counted.made == 0
    assert isinstance(container.get(Counted).late, Late)
    assert Counted.made == 1


def test_errata_06_holds_for_mixins_with_a_new_of_their_own(container: Container):
    class Mixin:
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return super().__new__(cls)

    class Mixed(Mixin, Service):
        def __init__(self, late: Late = inject()) -> None:
            self.late = late

    with pytest.raises(UnfilledInjection, match="late: Late"):
        Mixed()
    assert isinstance(container.get(Mixed).late, Late)


def test_errata_06_a_base_left_unfilled_says_so_when_it_is_used():
    class Swallowing(Filled):
        def __init__(self) -> None:
            super().__init__()

    with pytest.raises(UnfilledInjection, match="'rows' was asked of a parameter that is still inject"):
        Swallowing().db.rows()


def test_signature_of_a_service_is_its_constructors():
    assert list(inspect.signature(Filled).parameters) == ["late", "db", "limit"]
    assert repr(inject()) == "inject()"


async def test_classes_that_mention_one_another_are_collected():
    async def use() -> list[weakref.ref[type]]:
        class Below(Service):
            pass

        class Above(Service):
            def __init__(self, below: Below = inject()) -> None:
                super().__init__()
                self.below = below

        container = Container()
        await container.service(Above)
        await container.stop()
        return [weakref.ref(Above), weakref.ref(Below)]

    gone = await use()
    gc.collect()
    assert [ref() for ref in gone] == [None, None]


# The guide's functions.


@pytest.mark.parametrize("call", [lambda: get_service(Late), lambda: register_service(Late)])
def test_functions_outside_a_container_say_what_to_do(call: Any):
    with pytest.raises(NoActiveContainer, match="ask for the 'nexus' fixture"):
        call()


def test_functions_act_on_the_current_container():
    one, two = Container(), Container()
    with activate(one):
        register_service(Late, dependencies=[])
        first = get_service(Late)
        with activate(two):
            register_service(Late)
            assert get_service(Late) is not first
        assert get_service(Late) is first
    assert one.get(Late) is first


def test_constructor_may_ask_the_container_that_builds_it(container: Container):
    class Asking(Service):
        def __init__(self) -> None:
            self.late = get_service(Late)

    assert container.get(Asking).late is container.get(Late)
