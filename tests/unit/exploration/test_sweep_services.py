"""What a sweep finds in small services, and that it finds nothing in their sound twins."""

import pytest

from nexus_testkit.exploration.standing import OPEN, TWICE, UNSEEN
from nexus_testkit.exploration.sweeping import healthy_run, sweep
from nexus_testkit.exploration.worlds import BodyWorlds
from tests.unit.exploration import swept_services as services


def swept(service, *invariants, **options):
    async def body(nexus):
        made = await nexus.service(service)
        async for fault in nexus.faults.sweep(invariants=invariants, **options):
            async with fault:
                await made.work()

    worlds = BodyWorlds(body)
    return sweep(worlds, healthy_run(worlds, ()), ())


LOST = {"loses_reply"}
BUGGY = [
    (services.Mailing, (), {"mail.send"}, LOST, f"broke {TWICE!r}"),
    (services.MailingWithOneId, (), {"mail.send"}, LOST, f"broke {TWICE!r}"),
    (services.Transfer, (), {"cache.delete"}, {"LOADING"}, f"broke {OPEN!r}"),
    (services.TransferHeldBack, (), {"cache.delete"}, {"LOADING"}, f"broke {OPEN!r}"),
    (services.Watching, (), {"cache.set"}, {"OOM"}, "left behind: a task that still runs: "),
    (services.Forgetful, (), {"cache.set"}, {"OOM"}, f"broke {UNSEEN!r}"),
    (
        services.Prices,
        (services.cached_price_is_stored_one,),
        {"database.commit"},
        {"40001", "reset"},
        "broke 'cached_price_is_stored_one'",
    ),
    (services.Counting, (services.no_event_is_lost,), {"analytics.append"}, {"reset"}, "broke 'no_event_is_lost'"),
    (
        services.Booking,
        (services.every_seat_taken_is_booked,),
        {"database.execute"},
        {"53100"},
        "broke 'every_seat_taken_is_booked'",
    ),
]
SOUND = [
    (services.MailingWithCare, ()),
    (services.TransferInABlock, ()),
    (services.WatchingToTheEnd, ()),
    (services.Mindful, ()),
    (services.PricesForgotten, (services.cached_price_is_stored_one,)),
    (services.CountingInOrder, (services.no_event_is_lost,)),
    (services.BookingUndone, (services.every_seat_taken_is_booked,)),
]


@pytest.mark.parametrize(("service", "invariants", "operations", "kinds", "result"), BUGGY)
def test_a_buggy_service_is_caught(service, invariants, operations, kinds, result):
    broken = [each for each in swept(service, *invariants).broken if each.result.startswith(result)]
    assert operations <= {each.chance.operation for each in broken}
    assert kinds <= {each.kind.name for each in broken}


@pytest.mark.parametrize(("service", "invariants"), SOUND)
def test_its_sound_twin_is_left_alone(service, invariants):
    found = swept(service, *invariants)
    assert found.tried
    assert [(each.words, each.result) for each in found.broken] == []
