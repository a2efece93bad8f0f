"""The fixture beside a project's own fixtures."""

from __future__ import annotations

import pytest


def test_a_project_may_wrap_the_fixture_in_one_of_the_same_name(suite):
    suite.write(
        """
        @pytest.fixture
        async def nexus(nexus):
            await asyncio.sleep(5)
            return nexus

        async def test_it(nexus):
            assert nexus.loop.time() == 5
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_a_fixture_may_ask_for_the_world_by_name(suite):
    suite.write(
        """
        @pytest.fixture
        def world(request):
            return request.getfixturevalue("nexus")

        async def test_it(world):
            await asyncio.sleep(3600)
            assert world.loop.time() == 3600
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_a_projects_own_fixture_of_that_name_is_not_ours(suite):
    suite.write(
        """
        @pytest.fixture
        def nexus():
            return "a phone"

        def test_it(nexus):
            assert nexus == "a phone"
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_an_async_fixture_of_a_wider_scope_is_refused_with_its_reason(suite):
    suite.write(
        """
        @pytest.fixture(scope="module")
        async def wide():
            pass

        async def test_one(nexus, wide):
            pass

        async def test_two(nexus, wide):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["async fixture 'wide' has scope 'module', and the loop of 'nexus' lives for one test"])


def test_wider_async_fixtures_of_pytest_asyncio_stay_on_its_loop(suite):
    suite.write(
        """
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def wide():
            yield asyncio.get_running_loop()

        async def test_it(nexus, wide):
            assert wide is not asyncio.get_running_loop()
        """
    )
    suite.args = ("-p", "no:anyio", "-o", "asyncio_default_fixture_loop_scope=function")
    suite.run().assert_outcomes(passed=1)


def test_a_loop_factory_of_the_project_does_not_make_time_real(suite):
    pytest.importorskip("pytest_asyncio", "1.4", reason="the hook is not there before pytest-asyncio 1.4")
    suite.pytester.makeconftest(
        """
        import asyncio

        def pytest_asyncio_loop_factories(config, item):
            return {"stock": asyncio.SelectorEventLoop}
        """
    )
    suite.write(
        """
        async def test_it(nexus):
            await asyncio.sleep(3600)
            assert asyncio.get_running_loop() is nexus.loop
        """
    )
    suite.args = ("-p", "no:anyio", "--asyncio-mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    suite.run().assert_outcomes(passed=1)


def test_fixtures_that_an_old_pytest_asyncio_wrapped_are_refused(suite):
    suite.write(
        """
        import functools

        def wrapped(function):  # what pytest-asyncio 1.0 leaves in a fixture's place
            @functools.wraps(function)
            def on_another_loop():
                return asyncio.run(function())

            on_another_loop._force_asyncio_fixture = True
            return on_another_loop

        @pytest.fixture
        @wrapped
        async def value():
            return 1

        async def test_one(nexus, value):
            pass

        async def test_two(nexus, value):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        ["async fixture 'value' would run on another loop than its test", "Hint: upgrade *1.1*"]
    )


def test_another_backend_of_anyio_is_skipped_with_the_reason(suite):
    suite.write(
        """
        @pytest.fixture
        def anyio_backend():
            return "trio", {"restrict_keyboard_interrupt_to_checkpoints": True}

        @pytest.mark.anyio
        async def test_it(nexus):
            pass
        """
    )
    suite.args = ("-p", "no:asyncio")
    result = suite.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*the world of 'nexus' is an asyncio one: it has no trio backend"])


def test_cancel_scopes_of_anyio_may_span_a_fixtures_yield(suite):
    suite.write(
        """
        import anyio

        @pytest.fixture
        async def tasks():
            async with anyio.create_task_group() as group:
                yield group
                group.cancel_scope.cancel()

        @pytest.mark.anyio
        async def test_it(tasks, nexus):
            tasks.start_soon(anyio.sleep_forever)
            await anyio.sleep(3600)
            assert anyio.current_time() == 3600
        """
    )
    suite.args = ("-p", "no:asyncio")
    suite.run().assert_outcomes(passed=1)


def test_context_variables_reach_the_test_from_both_kinds_of_fixtures(suite):
    suite.write(
        """
        from contextvars import ContextVar

        tenant, user = ContextVar("tenant"), ContextVar("user")

        @pytest.fixture
        async def as_user():
            user.set("ann")

        @pytest.fixture
        def for_tenant(as_user):
            token = tenant.set("acme")
            yield
            tenant.reset(token)

        async def test_it(as_user, for_tenant, nexus):
            assert (tenant.get(), user.get()) == ("acme", "ann")
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_an_async_fixture_cannot_be_asked_for_in_the_midst_of_a_test(suite):
    suite.write(
        """
        @pytest.fixture
        async def late():
            return 1

        async def test_it(nexus, request):
            request.getfixturevalue("late")
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*HarnessError: an async fixture was asked for while a coroutine was running"])


def test_fixtures_of_an_async_generator_yield_once(suite):
    suite.write(
        """
        @pytest.fixture
        async def never():
            if False:
                yield

        @pytest.fixture
        async def twice():
            yield 1
            yield 2

        async def test_never(nexus, never):
            pass

        async def test_twice(nexus, twice):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1, failed=1)
    result.stdout.fnmatch_lines(["*async fixture 'never' did not yield a value"])
    result.stdout.fnmatch_lines(["*async fixture 'twice' has more than one 'yield'"])


def test_a_decorated_coroutine_function_is_a_test_as_well(suite):
    suite.write(
        """
        import functools

        def twice(test):
            @functools.wraps(test)
            async def wrapped(*args, **kwargs):
                await test(*args, **kwargs)
                await test(*args, **kwargs)
            return wrapped

        @twice
        async def test_it(nexus):
            await asyncio.sleep(1)
            assert nexus.loop.time() in (1, 2)
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_setup_plan_makes_no_world(suite):
    suite.write(
        """
        @pytest.fixture
        async def value():
            return 1

        async def test_it(nexus, value):
            pass
        """
    )
    result = suite.run("--setup-plan")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*SETUP*_nexus_world*", "*SETUP*value*"])


def test_the_system_loop_runs_the_same_world_in_real_time(suite):
    suite.write(
        """
        @pytest.mark.nexus(loop="system")
        async def test_it(nexus):
            assert not nexus.simulated
            assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
            await asyncio.sleep(0)
        """
    )
    suite.run().assert_outcomes(passed=1)
