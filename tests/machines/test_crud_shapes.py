"""`CrudMachine` for services of another shape than the notes'; and what it says where its attributes do not fit."""

import re
from dataclasses import dataclass
from enum import Enum
from uuid import uuid4

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from nexus.services import BaseService
from nexus_testkit.errors import HarnessError
from nexus_testkit.machines import Broken, CrudMachine, contains, equals, has_all
from nexus_testkit.machines.steps import call
from tests.machines.running import SEEDS, find_nothing, hunt, untimed
from tests.machines.sample_documents import BUGS, Changes, Documents, NoDocument, Outdated, PathTaken
from tests.machines.test_crud import NotesMachine


class DocumentsMachine(CrudMachine):
    service = Documents
    operations = {  # noqa: RUF012  # as CrudMachine declares it
        "create": "insert",
        "get": "fetch",
        "update": "save",
        "delete": "discard",
        "list": "browse",
    }
    new = st.fixed_dictionaries(
        {"folder": st.sampled_from(["a", "b"]), "name": st.sampled_from(["x", "y"])},
        optional={"title": st.text("aA%_", max_size=2), "labels": st.lists(st.sampled_from("xyz"), max_size=3)},
    )
    fields_as = {"create": "arguments", "update": Changes}  # noqa: RUF012  # as CrudMachine declares it
    none_changes = False
    unique = (("folder", "name"),)
    required = ("folder", "name")
    invalid = TypeError
    duplicate = PathTaken
    conflict = Outdated
    missing = dict.fromkeys(("get", "update", "delete"), NoDocument)
    id_field = "key"
    created_field = "made_at"
    version_field = version_argument = "version"
    filters = {"title": equals("title"), "labels": has_all("labels")}  # noqa: RUF012  # as CrudMachine declares it
    filters_argument = ""
    page_arguments = ("after", "limit")
    paging = "cursor"
    page_fields = {"items": "documents", "next": "more"}  # noqa: RUF012  # as CrudMachine declares it
    order_by = ("title",)
    keeps_rows = ("documents",)


@pytest.mark.parametrize("service", BUGS)
def test_sown_bug_is_found(service):
    class Machine(DocumentsMachine):
        pass

    Machine.service = service
    found = [hunt(Machine, each)[1] for each in SEEDS]
    wrong = [str(error) for error in found if error.promise not in BUGS[service]]
    assert not wrong


def test_sound_service_keeps_every_promise():
    find_nothing(DocumentsMachine)


# -- steps


def steps_of(machine):
    """The steps of a run that breaks a promise."""
    _, error = hunt(machine, 1)
    return "\n".join(error.__notes__)


def test_steps_show_arguments_models_and_versions():
    class Machine(DocumentsMachine):
        service = next(each for each in BUGS if each.__name__ == "VersionStays")

    steps = steps_of(Machine)
    assert re.search(r"item1 = await service\.insert\(folder=.*name=", steps) or "service.insert(name=" in steps
    assert re.search(r"service\.save\(.*Changes\(.*\), version=1\)", steps)


def test_step_shows_a_member_of_an_enum_as_code():
    class Kind(Enum):
        NEW = "new"

    assert call("f", {"kind": [Kind.NEW, (Kind.NEW,)]}, a=float("inf")).startswith("f({'kind': [Kind.NEW, ")


def test_step_takes_the_id_from_an_attribute():
    @dataclass
    class Made:
        id: int

    class Service(BaseService):
        async def create(self, data):
            return Made(1)

        async def get(self, key):
            return None

    class Machine(CrudMachine):
        service = Service
        new = st.just({"name": "ann"})

    assert "await service.get(item1.id)" in steps_of(Machine)


# -- services that say less, or choose more, than the guide's


class Shelf(BaseService):
    """Books by a number that the caller chooses; `remove` never says whether there was one."""

    def __init__(self):
        super().__init__()
        self.books = {}

    async def create(self, data):
        if data["number"] in self.books:
            raise ValueError(data["number"])
        self.books[data["number"]] = data
        return data["number"]

    async def get(self, number):
        return self.books.get(number)

    async def update(self, number, changes):
        if number not in self.books:
            return None
        self.books[number] = {**self.books[number], **changes}
        return self.books[number]

    async def delete(self, number):
        self.books.pop(number, None)

    async def list(self):
        return [*self.books.values()]


class ShelfMachine(CrudMachine):
    service = Shelf
    new = st.fixed_dictionaries({"number": st.sampled_from(["one", "two"]), "title": st.text("ab", max_size=2)})
    unique = ("number",)
    id_field = "number"
    idempotent_delete = True
    page_arguments = ()


def test_chosen_id_is_free_again_and_a_deletion_may_say_nothing():
    find_nothing(ShelfMachine)


def test_deletion_that_deletes_nothing_is_found():
    class Kept(Shelf):
        async def delete(self, number):
            pass

    class Machine(ShelfMachine):
        service = Kept

    _, error = hunt(Machine, 1)
    assert error.promise == "deleted"


def test_create_may_give_a_uuid_alone():
    class Service(BaseService):
        def __init__(self):
            super().__init__()
            self.items = {}

        async def create(self, data):
            key = uuid4()
            self.items[key] = {"id": key, **data}
            return key

        async def get(self, key):
            return self.items.get(key)

    class Machine(CrudMachine):
        service = Service
        new = st.fixed_dictionaries({"name": st.text("ab")})

    find_nothing(Machine)


# -- what is told of attributes that do not fit


class NotAsynchronous(Documents):
    def fetch(self, key):
        return key


class Data(BaseService):
    async def create(self, data: Changes):
        return None

    async def get(self, key):
        return None


MISFITS = {
    "a method that is none": (
        {"operations": {"get": "fetc", "create": "insert"}},
        "operations: Documents has no method 'fetc' for 'get'",
        "did you mean 'fetch'?",
    ),
    "arguments that are no dict": ({"fields_as": {}}, "does not take a dict of fields for 'create'", "'arguments'"),
    "a model that is no dict": (
        {"service": Data, "operations": {}, "fields_as": {}},
        "Data.create takes a Changes, not a dict",
        "{'create': Changes}",
    ),
    "a way that is none": ({"fields_as": {"create": "words"}}, "fields_as['create'] is 'words'", "'arguments'"),
    "a role that is none": ({"missing": {"read": None}}, "there is no role 'read' in it", "get, update, delete"),
    "no mapping": ({"missing": None}, "missing is no mapping of roles: None", "'get'"),
    "no exception": ({"duplicate": "PathTaken"}, "duplicate is no exception class", ""),
    "a unique field that is none": (
        {"unique": (("folder", "nane"),)},
        "Machine.unique names 'nane', and an item has key, folder, name",
        "did you mean 'name'?",
    ),
    "a required field that is none": ({"required": ("owner",)}, "required names 'owner'", "'new' draws 'owner'"),
    "an order that is none": ({"order_by": ("-titel",)}, "order_by names 'titel'", "did you mean 'title'?"),
    "a filter of no field": ({"filters": {"title": contains("titel")}}, "filters['title'] names 'titel'", "'title'"),
    "a filter that is none": ({"filters": {"titel": equals("title")}}, "takes no 'titel'", "filters_argument"),
    "no filter": ({"filters": {"title": "title"}}, "filters['title'] is no Filter", "equals"),
    "a page that is none": ({"page_arguments": ("page", "size")}, "takes no 'page'", "paging = 'offset'"),
    "one page argument": ({"page_arguments": ("limit",)}, "page_arguments is ('limit',)", "two names, or ()"),
    "a paging that is none": ({"paging": "cursors"}, "paging is 'cursors'", "page, offset, cursor"),
    "items that are not found": ({"page_fields": {}}, "neither a list of items, nor", "page_fields"),
    "an id that is none": ({"id_field": "id"}, "an item has no field 'id'", "id_field = 'its name'"),
    "a version that is none": ({"version_field": "etag"}, "an item has no field 'etag'", "version_field"),
    "a version nobody takes": ({"version_argument": "etag"}, "and etag= for 'update'", "version_argument"),
    "a version without a conflict": ({"conflict": ()}, "does not say what an outdated version raises", "conflict ="),
    "a method that is not asynchronous": (
        {"service": NotAsynchronous},
        "NotAsynchronous.fetch is not asynchronous",
        "async def fetch",
    ),
    "fields that are no strategy": ({"new": {"name": "x"}}, "new is no strategy", "st.fixed_dictionaries"),
    "fields that are no dict": ({"new": st.builds(Changes)}, "which is no dict of fields", "fields_as"),
    "a service that is no class": ({"service": 1}, "service is no class: 1", "service ="),
    "an attribute that is none": ({"uniqe": ("name",)}, "no machine has an attribute Machine.uniqe", "'unique'"),
    "a case of no unique field": ({"ignore_case": ("title",)}, "names 'title', which is not unique", "folder"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_attributes_that_do_not_fit_are_told(misfit):
    attributes, what, hint = MISFITS[misfit]
    machine = type("Machine", (DocumentsMachine,), attributes)
    with pytest.raises(HarnessError) as caught:
        run_state_machine_as_test(machine, settings=untimed(100, phases=[Phase.generate]))
    assert what in str(caught.value)
    assert hint in str(caught.value).partition("Hint:")[2]


def test_fields_that_are_arguments_are_told():
    class Service(BaseService):
        async def create(self, name, title=""):
            return {"id": 1}

        async def get(self, key):
            return None

    class Machine(CrudMachine):
        service = Service
        new = st.just({"name": "ann"})

    with pytest.raises(HarnessError, match="takes 'name' as arguments, not in a dict"):
        run_state_machine_as_test(Machine, settings=untimed(10, phases=[Phase.generate]))


@pytest.mark.parametrize(
    ("attributes", "hint"),
    [
        ({"missing": {}}, "missing = {'get': NoDocument}"),
        ({"duplicate": KeyError}, "duplicate = PathTaken"),
        ({"invalid": KeyError}, "invalid = TypeError"),
        ({"keeps_rows": ()}, "keeps_rows"),
    ],
)
def test_report_says_which_attribute_would_allow_it(attributes, hint):
    machine = type("Machine", (DocumentsMachine,), attributes)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the service's own, or Broken
        run_state_machine_as_test(machine, settings=untimed(300, phases=[Phase.generate]))
    told = [str(caught.value), *caught.value.__notes__]
    assert any(hint in line for each in told for line in each.splitlines() if line.startswith("Hint:")), told


def test_an_operation_may_be_left_out():
    class Broke(NotesMachine.service):
        async def delete(self, note_id):
            raise NotImplementedError

    class Machine(NotesMachine):
        service = Broke
        operations = {"delete": None}  # noqa: RUF012  # as CrudMachine declares it

    find_nothing(Machine)


def test_none_is_last_in_an_order():
    class Service(BaseService):
        def __init__(self):
            super().__init__()
            self.items = []

        async def create(self, data):
            self.items.append({"id": len(self.items) + 1, **data})
            return self.items[-1]

        async def get(self, key):
            return next((item for item in self.items if item["id"] == key), None)

        async def list(self, page=1, per_page=9):
            items = sorted(self.items, key=self.place)
            return items[(page - 1) * per_page : page * per_page], len(items)

        def place(self, item):
            return item["rank"] is None, item["rank"] or 0

    class First(Service):
        def place(self, item):
            return item["rank"] is not None, item["rank"] or 0

    class Machine(CrudMachine):
        service = Service
        new = st.fixed_dictionaries({"rank": st.none() | st.integers(0, 2)})
        order_by = ("rank",)

    class FirstMachine(Machine):
        service = First

    find_nothing(Machine)
    with pytest.raises(Broken, match="and the order is rank"):
        run_state_machine_as_test(FirstMachine, settings=untimed(200, phases=[Phase.generate]))
