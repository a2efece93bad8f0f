"""Commands of `client` that fakeredis answers otherwise than Redis: the same on both, or refused by the fake."""

import pytest

from nexus_testkit.adapters.fake import redis_hyperloglog as hyperloglog
from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.errors import CacheCommandError, CacheTypeError
from nexus_testkit.simulation import current_loop, run

NAMES = "abcdlqrsx"
RANK = (
    "RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
    "or use negative to start from the end of the list"
)


def answers(on_cache, *commands):
    """What a sequence of commands gives; errors as their code and text."""
    found = []

    async def test(cache, _):
        found.clear()
        client = cache.client
        for words in commands:
            try:
                found.append(await client.execute_command(*words.split(), keys=[]))
            except CacheTypeError:
                found.append("WRONGTYPE")
            except CacheCommandError as error:
                found.append(f"{error.code}: {str(error).splitlines()[0]}")
        await client.delete(*NAMES)

    on_cache(test)
    return found


def test_a_list_that_lmpop_empties_is_gone(on_cache):
    assert answers(on_cache, "RPUSH l 1 2", "LMPOP 1 l LEFT COUNT 5", "EXISTS l", "TYPE l") == [
        2,
        [b"l", [b"1", b"2"]],
        0,
        b"none",
    ]


def test_the_cardinality_of_a_missing_set_is_nothing(on_cache):
    commands = (
        "SADD s 1 2",
        "SINTERCARD 2 a s",
        "SINTERCARD 2 a b",
        "SINTERCARD 1 s LIMIT 1",
        "SINTERCARD 2 a b LIMIT -1",
    )
    assert answers(on_cache, *commands) == [2, 0, 0, 1, "ERR: LIMIT can't be negative"]


def test_a_pop_of_a_sorted_set_refuses_a_set_and_a_text(on_cache):
    commands = (
        "SADD s 1",
        "ZMPOP 1 s MIN",
        "BZPOPMIN s 0.01",
        "SETRANGE a 0 x",
        "LTRIM a 0 0",
        "ZMPOP 1 a MIN",
        "ZMPOP 1 b MIN",
    )
    assert answers(on_cache, *commands) == [1, "WRONGTYPE", "WRONGTYPE", 1, "WRONGTYPE", "WRONGTYPE", None]


def test_a_pop_of_a_sorted_set_refuses_an_empty_text(on_cache):
    async def test(cache, _):
        await cache.client.set("a", "")
        with pytest.raises(CacheTypeError):
            await cache.client.execute_command("ZMPOP", 1, "a", "MIN")
        await cache.client.delete("a")

    on_cache(test)


def test_an_end_before_the_beginning_is_the_beginning(on_cache):
    assert answers(on_cache, "SET b abc", "BITPOS b 0 -4 -4", "BITPOS b 1 -9 -8", "BITPOS b 1 2 1") == [True, 0, 1, -1]


def test_groups_of_streams_are_missing_or_there_already(on_cache):
    commands = (
        "XREADGROUP GROUP g c STREAMS x >",
        "XGROUP CREATE x g 0 MKSTREAM",
        "XGROUP CREATE x g 0",
        "SET s 1",
        "XREADGROUP GROUP g c STREAMS s >",
    )
    assert answers(on_cache, *commands) == [
        "NOGROUP: NOGROUP No such key 'x' or consumer group 'g' in XREADGROUP with GROUP option",
        b"OK",
        "BUSYGROUP: BUSYGROUP Consumer Group name already exists",
        True,
        "WRONGTYPE",
    ]


def test_errors_have_the_words_of_redis(on_cache):
    commands = "BITOP NOT a b c", "ZUNIONSTORE a 0 b", "ZLEXCOUNT a x +", "LPOS a b RANK 0", "SETEX a 0 b"
    assert answers(on_cache, *commands) == [
        "ERR: BITOP NOT must be called with a single source key.",
        "ERR: at least 1 input key is needed for 'zunionstore' command",
        "ERR: min or max not valid string range item",
        f"ERR: {RANK}",
        "ERR: invalid expire time in 'setex' command",
    ]


def test_a_hyperloglog_is_a_string_that_estimates(on_cache):
    many = [f"PFADD q {' '.join(f'user-{number}' for number in range(at, at + 500))}" for at in range(0, 5000, 500)]
    commands = (
        *("PFADD r", "PFADD r", "TYPE r", "EXISTS r", "PFCOUNT r"),
        *("PFADD a 1 2 3", "PFADD a 1", "PFADD b 3 4", "PFCOUNT a b c", "PFMERGE c a b", "PFCOUNT c", "PFADD c 4"),
        *(*many, "PFCOUNT q", "PFMERGE q c", "PFCOUNT q"),
        *("SET s text", "PFADD s 1", "RPUSH l 1", "PFCOUNT l", "SADD q 1"),
    )
    refused = "WRONGTYPE"
    assert answers(on_cache, *commands) == [
        *(1, 0, b"string", 1, 0),
        *(1, 0, 1, 4, True, 4, 0),
        *[1] * len(many),
        *(4970, True, 4974),
        *(True, refused, 1, refused, refused),
    ]


def test_estimates_are_those_of_redis_at_any_size():
    # Redis 8.2.3: PFADD of the numbers from 0 on, PFCOUNT.
    recorded = {1: 1, 10: 10, 100: 100, 1000: 1001, 20_000: 19_891, 100_000: 99_565}
    for size, count in recorded.items():
        added = hyperloglog.added({}, (b"%d" % number for number in range(size)))
        assert (size, hyperloglog.estimate(added)) == (size, count)


@pytest.mark.parametrize("words", ["GEOADD a 1 2 x", "geopos a x", "LCS a b", "TOPK.RESERVE a 5", "MSETEX 1 a b"])
def test_what_redis_does_otherwise_or_not_at_all_is_refused(words):
    async def main():
        cache = FakeRedisCache(clock=VirtualClock(current_loop()))
        with pytest.raises(
            CacheCommandError, match=r"(?s)unknown command '(geo|lcs|topk|msetex).*Hint: refused: .*Redis"
        ):
            await cache.client.execute_command(*words.split())
        async with cache.client.pipeline(transaction=True) as pipeline:
            pipeline.execute_command(*words.split())
            with pytest.raises(CacheCommandError, match="unknown command"):
                await pipeline.execute()
        await cache.aclose()

    run(main)
