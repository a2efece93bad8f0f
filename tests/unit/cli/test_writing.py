"""A replay as a test file: what of its module it needs, and what is changed in it."""

import textwrap

import pytest

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.replaying.writing import forms
from nexus_testkit.exploration import Delay, Plan, Token
from nexus_testkit.exploration.limits import Limits

LINES = ['nexus.faults.on("database.execute").nth(2).delays(0.001)']
TOKEN = Token(plan=Plan([Delay(4, 0.001, "database.execute INSERT users")]), seed=7, limits=Limits(86_400.0))


@pytest.fixture
def write(tmp_path):
    """The forms of a test of a module, their docstrings left out."""

    def written(source, function="test_it", *, classes=(), parameters=None, lines=LINES, error="AssertionError: two"):
        path = tmp_path / "test_of.py"
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        test = {
            "nodeid": f"test_of.py::{function}",
            "path": str(path),
            "classes": list(classes),
            "function": function,
            "parameters": parameters or {},
        }
        found = list(forms(test, lines, TOKEN, error=error))
        for each in found:
            compile(each.text, "written", "exec")
        return [each.text.partition('"""\n\n')[2] for each in found]

    return written


def test_only_what_the_test_needs_is_kept_in_its_order(write):
    plain, *_ = write(
        '''
        """Of sign-ups."""

        from __future__ import annotations

        import asyncio
        import json
        import sys
        from collections import Counter, deque

        import pytest
        from service import Signup, Other

        # how many windows are open
        WINDOWS = 2
        UNUSED = json.dumps({})

        sys.path.insert(0, "somewhere")


        @pytest.fixture
        async def signup(nexus):
            return await nexus.service(Signup)


        @pytest.fixture(name="seen")
        def _seen():
            return Counter()


        @pytest.fixture
        def unused():
            return deque()


        async def twice(signup):
            await asyncio.gather(*(signup.run() for _ in range(WINDOWS)))


        @pytest.mark.nexus(explore=500, faults=["database"])
        async def test_it(signup, seen):
            """Two at once."""
            await twice(signup)


        async def test_other(nexus):
            pass
        '''
    )
    assert plain == textwrap.dedent(
        '''
        from __future__ import annotations

        import asyncio
        import sys
        from collections import Counter

        import pytest
        from service import Signup

        # how many windows are open
        WINDOWS = 2

        sys.path.insert(0, "somewhere")


        @pytest.fixture
        async def signup(nexus):
            return await nexus.service(Signup)


        @pytest.fixture(name="seen")
        def _seen():
            return Counter()


        async def twice(signup):
            await asyncio.gather(*(signup.run() for _ in range(WINDOWS)))


        @pytest.mark.nexus(seed=7)
        async def test_it(nexus, signup, seen):
            """Two at once."""
            nexus.faults.on("database.execute").nth(2).delays(0.001)
            await twice(signup)
        '''
    ).lstrip("\n")


def test_the_forms_come_from_the_plainest_to_the_fullest(write):
    source = """
        X = 1

        async def test_it(nexus):
            assert False

        async def test_other(nexus):
            assert False
        """
    plain, marked, full, fullest = write(source)
    assert "seed=7" in plain
    assert "replay=" not in plain
    assert f'@pytest.mark.nexus(replay="{TOKEN}")\nasync def test_it(nexus):\n    assert False\n' in marked
    assert ["X = 1" in each for each in (plain, marked, full, fullest)] == [False, False, True, True]
    assert not any("test_other" in each for each in (plain, marked, full, fullest))
    assert [("replay=" in each, "X = 1" in each) for each in write(source, lines=None)] == [(True, False), (True, True)]


def test_what_changes_or_registers_a_needed_thing_is_needed(write):
    plain, *_ = write(
        """
        import service
        from service import register, invariant

        LIMITS = {}
        LIMITS["a"] = 1
        OTHER = {}
        OTHER["a"] = 1
        register(LIMITS)

        try:
            from fast import dumps
        except ImportError:
            dumps = None

        if __name__ == "__main__":
            print(OTHER)

        @invariant
        async def nothing_is_lost(nexus):
            assert service.all_there()

        @pytest.fixture(autouse=True)
        def _clean(limits):
            yield

        @pytest.fixture
        def limits():
            return LIMITS

        async def test_it(nexus):
            assert dumps(LIMITS)
        """
    )
    for kept in ('LIMITS["a"] = 1', "register(LIMITS)", "dumps = None", "nothing_is_lost", "def _clean", "def limits"):
        assert kept in plain
    assert "OTHER" not in plain


def test_marks_of_the_search_go_and_others_stay(write):
    plain, *_ = write(
        """
        import pytest
        from service import Plugin

        pytestmark = [pytest.mark.nexus(explore=500, strict_mail=True), pytest.mark.xfail(strict=True), pytest.mark.slow]

        @pytest.mark.usefixtures("clean")
        @pytest.mark.xfail(
            reason="known",
        )
        @pytest.mark.nexus(explore=500, seed=3, plugins=[Plugin], max_latency=1)
        async def test_it(
            nexus,
        ):
            assert False
        """
    )
    assert plain.endswith(
        textwrap.dedent(
            """
            pytestmark = [pytest.mark.nexus(strict_mail=True), pytest.mark.slow]


            @pytest.mark.nexus(seed=7, plugins=[Plugin])
            @pytest.mark.usefixtures("clean")
            async def test_it(
                nexus,
            ):
                nexus.faults.on("database.execute").nth(2).delays(0.001)
                assert False
            """
        )
    )


def test_a_class_keeps_what_is_no_other_test(write):
    plain, *_ = write(
        """
        class Base:
            pass

        @pytest.mark.xfail
        @pytest.mark.nexus(explore=500, max_latency=1)
        @pytest.mark.nexus(explore=500, threads="held")
        class TestSignup(Base):
            LIMIT = 3

            def helper(self):
                return self.test_shared()

            def test_shared(self):
                return 1

            @pytest.mark.slow
            async def test_other(self, nexus):
                pass

            async def test_it(self):
                self.test_shared()
                assert False
        """,
        classes=["TestSignup"],
    )
    assert "\n\n\n@pytest.mark.nexus(threads='held')\nclass TestSignup(Base):\n    LIMIT = 3\n" in plain
    assert "class Base" in plain
    assert "test_other" not in plain
    assert "slow" not in plain
    assert "    @pytest.mark.nexus(seed=7)\n    async def test_it(self, nexus):\n        nexus.faults" in plain
    assert "def test_shared" in plain


def test_only_the_parameters_that_failed_are_kept(write):
    plain, *_ = write(
        """
        import pytest

        @pytest.fixture(params=["fake", "real"], ids=["f", "r"])
        def backend(request):
            return request.param

        @pytest.mark.parametrize(("a", "b"), [(1, 2), (3, "ü")], ids=["one", "two"])
        async def test_it(nexus, a, b, backend):
            assert False
        """,
        parameters={"backend": 1, "a": 1, "b": 1},
    )
    assert '@pytest.fixture(params=["real"], ids=["r"])' in plain
    assert '@pytest.mark.parametrize(("a", "b"), [(3, "ü")], ids=["two"])' in plain


def test_a_body_without_a_line_of_its_own_names_the_token(write):
    texts = write("async def test_it(nexus): assert False\n")
    assert all("replay=" in text for text in texts)


def test_what_is_not_written_in_the_module_is_a_problem(write):
    with pytest.raises(Problem, match=r"is not written in test_of\.py itself"):
        write("from shared import test_it\n")
    with pytest.raises(Problem, match=r"is not written in test_of\.py itself"):
        write("class TestOne(Shared):\n    pass\n", classes=["TestOne"])


def test_a_world_that_went_on_for_ever_has_a_limit(write):
    source = "{}async def test_it(nexus):\n    assert False\n"
    error = "TimeLimitExceeded: virtual time would pass its limit of 86400 s"
    assert "@pytest.mark.nexus(seed=7, time_limit=86400)\n" in write(source.format(""), error=error)[0]
    own = "import pytest\n\n@pytest.mark.nexus(explore=9, time_limit=60)\n"
    assert "@pytest.mark.nexus(seed=7, time_limit=60)\n" in write(source.format(own), error=error)[0]
    assert "time_limit" not in write(source.format(""))[0]
