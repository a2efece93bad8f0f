"""The loop under runners that are not ours."""

import textwrap

pytest_plugins = ["pytester"]

ANYIO = """
    import anyio, asyncio, pytest, time
    from anyio.abc import SocketAttribute
    from nexus_testkit.simulation import SimulationLoop

    @pytest.fixture
    def anyio_backend():
        return "asyncio", {"loop_factory": SimulationLoop}

    @pytest.fixture
    async def started():
        await anyio.sleep(60)
        yield anyio.current_time()
        await anyio.sleep(60)

    @pytest.mark.anyio
    async def test_time_is_virtual(started):
        assert isinstance(asyncio.get_running_loop(), SimulationLoop)
        assert started == 60
        with anyio.move_on_after(3600) as scope:
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert anyio.current_time() == 3660

    @pytest.mark.anyio
    async def test_task_groups_and_streams():
        send, receive = anyio.create_memory_object_stream(0)
        async def produce():
            async with send:
                for number in range(3):
                    await anyio.sleep(1)
                    await send.send(number)
        async with anyio.create_task_group() as group:
            group.start_soon(produce)
            async with receive:
                assert [number async for number in receive] == [0, 1, 2]
        assert anyio.current_time() == 3

    @pytest.mark.anyio
    async def test_tcp_in_memory():
        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()
        server = await asyncio.start_server(echo, "service.example.org", 80)
        async with await anyio.connect_tcp("service.example.org", 80) as stream:
            assert stream.extra(SocketAttribute.remote_port) == 80
            await stream.send(b"hello\\n")
            assert await stream.receive() == b"hello\\n"
        server.close()

    @pytest.mark.anyio
    async def test_strays():
        with pytest.raises(OSError):
            await anyio.connect_tcp("nobody.example.org", 80)
        assert [stray.host for stray in asyncio.get_running_loop().strays] == ["nobody.example.org"]
"""

PYTEST_ASYNCIO = """
    import asyncio, pytest, pytest_asyncio
    from nexus_testkit.simulation import SimulationLoop

    @pytest_asyncio.fixture
    async def started():
        await asyncio.sleep(60)
        yield asyncio.get_running_loop().time()
        await asyncio.sleep(60)

    @pytest.mark.asyncio
    async def test_time_is_virtual(started):
        assert isinstance(asyncio.get_running_loop(), SimulationLoop)
        assert started == 60
        await asyncio.sleep(3600)
        assert asyncio.get_running_loop().time() == 3660

    @pytest.mark.asyncio
    async def test_each_test_has_a_fresh_loop():
        assert asyncio.get_running_loop().time() == 0
"""


def test_anyio_drives_the_loop(pytester):
    pytester.makepyfile(textwrap.dedent(ANYIO))
    result = pytester.runpytest_subprocess("-p", "anyio", "-p", "no:nexus_testkit", "-p", "no:asyncio", "-W", "error")
    result.assert_outcomes(passed=4)


def test_pytest_asyncio_drives_the_loop(pytester):
    pytester.makeconftest(
        textwrap.dedent("""
        import pytest
        from nexus_testkit.simulation import SimulationLoop

        @pytest.hookimpl(tryfirst=True)
        def pytest_asyncio_loop_factories(config, item):
            return {"simulation": SimulationLoop}
        """)
    )
    pytester.makepyfile(textwrap.dedent(PYTEST_ASYNCIO))
    result = pytester.runpytest_subprocess(
        "-p", "no:nexus_testkit", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function"
    )
    result.assert_outcomes(passed=2)


def test_asyncio_runner_drives_the_loop():
    import asyncio

    from nexus_testkit.simulation import SimulationLoop

    ended = []

    async def leftover():
        try:
            await asyncio.sleep(1_000)
        finally:
            await asyncio.sleep(5)
            ended.append(asyncio.get_running_loop().time())

    async def main():
        asyncio.get_running_loop().kept = asyncio.create_task(leftover())
        await asyncio.to_thread(int)
        await asyncio.sleep(60)
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        assert runner.run(main()) == 60
        assert runner.run(main()) == 120
    assert ended == [125, 125]
