"""A ping that Slack does not take goes by another way, once, and moves no deadline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.estate.catalogue import Catalogue
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import Say, What
from bot.flows.incidents import respond
from bot.flows.outbox import delivery, fallback
from bot.language.redaction import Secret
from bot.store.tx import Tx
from tests.builders import HOUR, MINUTE, a_connection, a_person, an_estate
from tests.flows.scene import CLAIM, Scene

pytestmark = pytest.mark.anyio
FAILING = Verdict.FAILING
WAY = (Secret("json://pager.example.com"),)
BOB = "fallback:bob"


def reachable() -> Catalogue:
    known = an_estate()
    bob = replace(known.people["bob"], fallback=WAY, timezone="Europe/Amsterdam")
    return replace(known, people={**known.people, "bob": bob})


async def slack_is_down(scene: Scene, why: str = "ClientConnectorError") -> None:
    """Every letter to Slack is tried and put back."""
    tried, again = await scene.run(scene.claim), scene.now + timedelta(seconds=1)

    def put_back(tx: Tx) -> None:
        for letter in tried:
            tx.letter_postponed(letter.id, again, why)

    await scene.run(put_back)


async def turned(scene: Scene, *, dark: bool = True) -> int:
    return await scene.do(fallback.tick, dark=dark)


async def pages(scene: Scene) -> list[OutboxMessage]:
    claimed = await scene.run(lambda tx: tx.claim_letters(scene.now, scene.now + CLAIM, "t", 99))
    return [letter for letter in claimed if str(letter.to).startswith("fallback:")]


async def waiting(scene: Scene) -> None:
    await scene.sees(FAILING, FAILING)
    await slack_is_down(scene)
    scene.later(2 * MINUTE)


async def test_a_ping_that_waits_for_two_minutes_goes_by_another_way_once() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)

        first, again = await turned(scene), await turned(scene)

        assert (first, again) == (1, 0)
        assert [str(letter.to) for letter in await pages(scene)] == [BOB]


async def test_before_two_minutes_nothing_is_turned_over() -> None:
    async with await Scene.open(reachable()) as scene:
        await scene.sees(FAILING, FAILING)
        await slack_is_down(scene)

        assert await turned(scene) == 0


async def test_a_slack_that_only_asks_to_wait_is_no_outage() -> None:
    async with await Scene.open(reachable()) as scene:
        await scene.sees(FAILING, FAILING)
        await slack_is_down(scene, why="paced")
        scene.later(3 * MINUTE)

        assert await turned(scene, dark=False) == 0


@pytest.mark.parametrize("dark", [False, True])
async def test_all_pings_behind_one_that_slack_put_off_go_by_another_way_and_say_so(
    dark: bool,
) -> None:
    async with await Scene.open(reachable()) as scene:
        await scene.sees(FAILING, FAILING)
        tried, until = await scene.run(scene.claim), scene.now + HOUR

        def put_off(tx: Tx) -> None:
            for letter in tried:
                tx.stream_refused(letter.stream, scene.now)
                tx.letter_postponed(letter.id, until, "ratelimited")
            first = next(one for one in tried if one.what is What.PING)
            again = Say(subject=first.subject, to=first.to, what=What.PING, facts=dict(first.facts))
            for _ in range(14):
                tx.queue(again, scene.now)

        await scene.run(put_off)
        scene.later(2 * MINUTE)

        assert await turned(scene, dark=dark) == 15
        assert await turned(scene, dark=dark) == 0
        for _ in range(15):
            letter = (await pages(scene))[0]
            page = await scene.do(fallback.write, letter)
            assert page is not None
            assert "Slack put this off until 2027-03-01 11:02 CET" in page.body
            await scene.do(delivery.sent, letter)
        said = [one.text for one in await scene.timeline() if one.kind == "fallback"]
        assert len(said) == 15
        assert all("Slack put it off until" in one for one in said)


async def test_who_has_no_other_way_is_not_turned_over() -> None:
    async with await Scene.open() as scene:
        await waiting(scene)

        assert await turned(scene) == 0


async def test_a_way_for_everybody_serves_those_without_their_own() -> None:
    async with await Scene.open() as scene:
        await scene.do(fallback.configure, everybody=True)
        await waiting(scene)

        assert await turned(scene) == 1


async def test_the_page_says_who_what_since_and_what_comes_next_in_their_own_zone() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)
        await turned(scene)
        letter = (await pages(scene))[0]

        page = await scene.do(fallback.write, letter)

        assert page is not None
        assert page.title == "Shop orders is failing (INC-1)"
        assert "Bob, you are the first responder." in page.body
        assert "Since: 2027-03-01 10:00 CET" in page.body
        assert "without an acknowledgement" in page.body
        assert "‹" not in page.body + page.title


async def test_a_page_about_wrong_data_says_whose_and_who_says_so() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)
        await turned(scene)
        letter = (await pages(scene))[0]
        await scene.sees(Verdict.OK, Verdict.OK)
        await scene.do(respond.reject_data, 1, "data-owner", "half is missing")

        page = await scene.do(fallback.write, letter)

        assert page is not None
        assert page.title == "The data of Shop orders is wrong (INC-1)"
        assert "Data-Owner" in page.body
        assert "half is missing" in page.body
        assert "failing" not in page.body


async def test_a_page_overtaken_by_an_acknowledgement_is_not_sent() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)
        await turned(scene)
        letter = (await pages(scene))[0]
        await scene.do(respond.acknowledge, 1, by="bob")

        page = await scene.do(fallback.write, letter)
        await scene.do(delivery.give_up, letter, "not needed")

        assert page is None
        assert "undelivered" not in await scene.kinds()


async def test_the_receipt_says_that_it_went_by_another_way_and_so_does_the_timeline() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)
        await turned(scene)
        letter = (await pages(scene))[0]

        await scene.do(delivery.sent, letter)

        receipts = await scene.run(lambda tx: tx.receipts("incident:1"))
        assert [(one.person, one.state, one.elsewhere) for one in receipts] == [
            ("bob", "waiting", False),
            ("bob", "delivered", True),
        ]
        assert "fallback" in await scene.kinds()


async def test_the_ladder_keeps_its_deadline_and_slack_gets_its_letter_late() -> None:
    async with await Scene.open(reachable()) as scene:
        await waiting(scene)
        due = (await scene.incident()).escalate_at
        await turned(scene)
        await scene.do(delivery.sent, (await pages(scene))[0])
        scene.later(2 * MINUTE)

        late = [letter for letter in await scene.post() if letter.what is What.PING]

        assert (await scene.incident()).escalate_at == due
        assert [str(letter.to) for letter in late] == ["person:bob"]


async def test_a_refusal_for_good_goes_by_another_way_at_once_and_does_not_climb() -> None:
    async with await Scene.open(reachable()) as scene:
        await scene.sees(FAILING, FAILING)
        due = (await scene.incident()).escalate_at

        posted = await scene.post(refuse=frozenset({"person:bob"}))

        assert BOB in [str(letter.to) for letter in posted]
        assert (await scene.incident()).escalate_at == due
        assert "undelivered" not in await scene.kinds()


async def test_when_neither_way_takes_it_the_ladder_goes_on_at_once() -> None:
    above = a_connection()
    catalogue = reachable()
    people = {**catalogue.people, "dana": a_person("dana")}
    catalogue = replace(catalogue, people=people, connections={above.id: above})
    async with await Scene.open(catalogue) as scene:
        await scene.sees(FAILING, FAILING)

        await scene.post(refuse=frozenset({"person:bob", BOB}))

        assert (await scene.incident()).escalate_at == scene.now
        assert "undelivered" in await scene.kinds()
