"""`CrudMachine` finds each sown bug, and nothing in services that are sound."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from nexus_testkit.machines import Broken, CrudMachine, UserMachine, contains, equals, has_all
from tests.machines.sample_notes import NotesService
from tests.machines.seeded_bugs import BUGS

RUNS = int(os.environ.get("NEXUS_TESTKIT_MACHINE_RUNS", "25"))
MOST_RUNS = 400  # in which each bug must be found


class NotesMachine(CrudMachine):
    service = NotesService
    unique = ("slug",)
    required = ("slug",)
    new = st.fixed_dictionaries(
        {"slug": st.text("abc", min_size=1, max_size=3)},
        optional={
            "body": st.text("aA%_\\é", max_size=4),
            "title": st.none() | st.just("A title"),
            "tags": st.lists(st.sampled_from("xyz"), max_size=3),
        },
    )
    filters = {  # noqa: RUF012  # as CrudMachine declares it
        "search": contains("body"),
        "slug": equals("slug"),
        "tags": has_all("tags"),
    }
    order_by = ("-created_at", "-id")


def untimed(runs, **options):
    return settings(
        max_examples=runs,
        deadline=None,
        database=None,
        stateful_step_count=20,
        suppress_health_check=list(HealthCheck),
        **options,
    )


@pytest.fixture(scope="module")
def table():
    lines = [f"{'bug':<22}{'run':>4}  found as"]
    yield lines
    print("\n".join(lines))  # noqa: T201  # for pytest -rP


@pytest.mark.parametrize("service", BUGS)
def test_sown_bug_is_found(service, table):
    runs = 0

    class Machine(NotesMachine):
        def __init__(self):
            nonlocal runs
            runs += 1
            super().__init__()

    Machine.service = service
    with pytest.raises(Broken) as caught:
        run_state_machine_as_test(Machine, settings=untimed(MOST_RUNS, derandomize=True, phases=[Phase.generate]))
    table.append(f"{service.__name__:<22}{runs:>4}  {str(caught.value).splitlines()[0]}")
    assert caught.value.promise in BUGS[service], caught.value


def test_sound_service_keeps_every_promise():
    run_state_machine_as_test(NotesMachine, settings=untimed(RUNS))


def test_reference_user_service_keeps_every_promise():
    run_state_machine_as_test(UserMachine, settings=untimed(RUNS))
