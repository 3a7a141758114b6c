"""Stories of credentials that end: who hears of it when, and what their answers do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.core.estate.catalogue import Catalogue, Credential, Hours, Identity
from bot.core.governance.credential_expiry import step_at
from bot.core.monitoring.signals import Reading, Signal
from bot.core.outbox.notice import What
from bot.flows.estate import ledger
from bot.flows.governance import credential_expiry
from bot.language.errors import Invalid, NotFound, Refused
from tests.builders import DAY, HOUR, NOW, a_check, a_connection, a_person, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

TODAY = NOW.date()
KEY = "orders/api-key"


def a_key(**changes: Any) -> Credential:
    credential = Credential(
        id="api-key", name="Shop API key", owner="alice", expires=TODAY + timedelta(days=40)
    )
    return replace(credential, **changes)


def estate(*credentials: Credential, **changes: Any) -> Catalogue:
    return an_estate(a_connection(credentials=credentials, **changes))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with await Scene.open(estate(a_key())) as stage:
        yield stage


async def told(scene: Scene) -> list[tuple[str, What]]:
    """What one tick says."""
    await scene.do(credential_expiry.tick)
    return await scene.said()


@pytest.mark.parametrize(
    ("days", "step"),
    [(31, None), (30, 30), (15, 30), (14, 14), (5, 7), (2, 3), (0.5, 1), (0, 0), (-9, 0)],
)
async def test_the_step_is_the_lowest_that_is_reached(days: float, step: int | None) -> None:
    assert step_at(NOW + days * DAY, NOW) == step


async def test_each_step_is_said_once_to_the_owner_and_to_nobody_else(scene: Scene) -> None:
    said = []
    for _ in range(45):
        said += await told(scene)
        scene.later(DAY)

    assert said == [("person:alice", What.EXPIRES)] * 5 + [("person:alice", What.EXPIRED)]


async def test_a_bot_that_starts_late_says_one_thing_and_not_the_whole_ladder() -> None:
    late = a_key(expires=TODAY + timedelta(days=3))
    async with await Scene.open(estate(late)) as scene:
        assert await told(scene) == [("person:alice", What.EXPIRES)]


async def test_one_credential_of_two_connections_is_said_once() -> None:
    soon = a_key(expires=TODAY + timedelta(days=3))
    both = an_estate(
        a_connection(credentials=(soon,)),
        a_connection(id="stock", credentials=(replace(soon, same_as=KEY),)),
    )
    async with await Scene.open(both) as scene:
        assert await told(scene) == [("person:alice", What.EXPIRES)]


async def test_two_credentials_of_one_id_and_name_lend_each_other_nothing() -> None:
    ends = TODAY + timedelta(days=3)
    stock = a_key(expires=ends, owner="charlie")
    both = an_estate(
        a_connection(credentials=(a_key(expires=ends),)),
        a_connection(id="stock", credentials=(stock,)),
    )
    async with await Scene.open(both) as scene:
        await scene.do(credential_expiry.rotated, KEY, ends=TODAY + timedelta(days=400), by="alice")
        said = await told(scene)
        shown = await scene.run(ledger.with_told_end_dates, scene.knowledge.catalogue)

    assert said == [("person:charlie", What.EXPIRES)]
    assert [one.credentials[0].expires for one in shown.connections.values()] == [
        TODAY + timedelta(days=400),
        ends,
    ]


async def test_outside_working_hours_only_the_last_day_is_said() -> None:
    night = Hours(days=(1, 2, 3, 4, 5), start=time(18), end=time(23), timezone="UTC")
    catalogue = estate(a_key(expires=TODAY + timedelta(days=10)))
    catalogue = replace(
        catalogue, people={**catalogue.people, "alice": a_person("alice", hours=night)}
    )
    async with await Scene.open(catalogue) as scene:
        by_day = await told(scene)
        scene.later(9 * HOUR + HOUR / 2)
        by_night = await told(scene)

    assert (by_day, by_night) == ([], [("person:alice", What.EXPIRES)])


async def test_a_rotation_that_is_due_is_said_once() -> None:
    due = a_key(expires=None, rotated=TODAY - timedelta(days=90), rotate_every=90 * DAY)
    async with await Scene.open(estate(due)) as scene:
        first = await told(scene)
        scene.later(7 * DAY)

        assert first == [("person:alice", What.ROTATION)]
        assert await told(scene) == []


async def test_a_snooze_lasts_three_days_or_until_the_next_step() -> None:
    async with await Scene.open(estate(a_key(expires=TODAY + timedelta(days=9)))) as scene:
        await told(scene)
        await scene.do(credential_expiry.snooze, KEY, "alice")

        said = []
        for _ in range(4):
            scene.later(DAY)
            said.append(len(await told(scene)))

    assert said == [0, 1, 0, 0]  # the next step, seven days, comes before the snooze ends


async def test_not_mine_goes_to_the_next_person_and_to_nobody_twice() -> None:
    async with await Scene.open(estate(a_key(expires=TODAY + timedelta(days=9)))) as scene:
        await told(scene)

        person = await scene.do(credential_expiry.not_mine, KEY, "alice")
        passed = await scene.said()
        with pytest.raises(Refused, match="Nobody else"):
            await scene.do(credential_expiry.not_mine, KEY, "architect")

    assert person == "architect"
    assert passed == [("person:architect", What.EXPIRES)]


async def test_a_new_date_holds_until_the_file_says_the_same(scene: Scene) -> None:
    ends = TODAY + timedelta(days=400)
    await scene.do(credential_expiry.rotated, KEY, ends=ends, by="alice")
    scene.later(39 * DAY)

    quiet = await told(scene)
    scene.later(350 * DAY)
    again = await told(scene)

    assert quiet == []
    assert again == [("person:alice", What.EXPIRES)]


@pytest.mark.parametrize(
    ("ends", "said"), [(TODAY, "is over"), (date(9999, 12, 31), "too far ahead")]
)
async def test_a_date_that_cannot_be_meant_is_refused(scene: Scene, ends: date, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        await scene.do(credential_expiry.rotated, KEY, ends=ends, by="alice")

    assert refused.value.field == "ends"


async def test_an_unknown_credential_is_refused_in_words(scene: Scene) -> None:
    with pytest.raises(NotFound, match="no longer"):
        await scene.do(credential_expiry.find, "orders/gone")


def certificate(ends: date) -> Reading:
    moment = datetime.combine(ends, time(12), NOW.tzinfo)
    return Reading(at=NOW, signals={Signal.EXPIRES_AT: moment})


def with_tls() -> Catalogue:
    return estate(
        a_key(expires=TODAY + timedelta(days=9)),
        checks=(a_check(id="tls", kind="tls", rules=()),),
    )


@pytest.mark.parametrize(("read", "verified"), [(400, True), (9, False)])
async def test_a_check_that_reads_the_date_says_whether_it_was_renewed(
    read: int, verified: bool
) -> None:
    async with await Scene.open(with_tls()) as scene:
        await scene.records(certificate(TODAY + timedelta(days=9)), check="orders/tls")
        ends = TODAY + timedelta(days=400)
        watchers = await scene.do(credential_expiry.rotated, KEY, ends=ends, by="alice")
        await scene.records(certificate(TODAY + timedelta(days=read)), check="orders/tls")

        found = await scene.do(credential_expiry.verify, KEY, ends=ends, watchers=watchers)

        assert watchers == ("orders/tls",)
        assert found == (verified, "orders/tls")
        assert bool(await told(scene)) is not verified


async def test_a_date_that_only_a_check_knows_is_told_to_the_technical_owner() -> None:
    async with await Scene.open(estate(checks=(a_check(id="tls", rules=()),))) as scene:
        await scene.records(certificate(TODAY + timedelta(days=5)), check="orders/tls")

        letters = await _letters(scene)

    assert [(str(letter.to), letter.facts["key"]) for letter in letters] == [
        ("person:alice", "probe:orders/tls")
    ]


async def test_a_certificate_in_the_file_and_on_the_wire_is_one() -> None:
    async with await Scene.open(with_tls()) as scene:
        await scene.records(certificate(TODAY + timedelta(days=9)), check="orders/tls")

        letters = await _letters(scene)

    assert [letter.facts["key"] for letter in letters] == [KEY]


async def test_a_personal_login_is_named_as_such() -> None:
    personal = a_key(expires=TODAY + timedelta(days=3), identity=Identity.PERSONAL)
    async with await Scene.open(estate(personal)) as scene:
        letters = await _letters(scene)

    assert letters[0].facts["identity"] == "personal"


async def _letters(scene: Scene) -> list[Any]:
    await scene.do(credential_expiry.tick)
    return [letter for letter in await scene.post() if letter.what is not None]


async def test_a_check_that_knows_its_date_from_the_file_believes_its_owner() -> None:
    ends = TODAY + timedelta(days=9)
    checks = (a_check(id="secret", kind="credential", rules=(), settings={"expires": ends}),)
    async with await Scene.open(estate(a_key(expires=ends), checks=checks)) as scene:
        later = TODAY + timedelta(days=400)
        await scene.do(credential_expiry.rotated, KEY, ends=later, by="alice")
        read = Reading(at=NOW, signals={Signal.EXPIRES_AT: credential_expiry.midnight(ends)})
        await scene.records(read, check="orders/secret")

        health = await scene.run(lambda tx: tx.check_health("orders/secret"))

    assert health is not None
    assert health.signals[Signal.EXPIRES_AT] == credential_expiry.midnight(later)
