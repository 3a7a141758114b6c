"""What cards, letters and lines say of an incident is what the record says at that moment."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.core.estate.catalogue import LadderRung, Owners, Party
from bot.core.estate.lane import Lane
from bot.core.incidents.notices import Escalated, PingSent
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.views import IncidentView
from bot.slack.incidents import card as incident
from bot.slack.incidents import ping_words
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import (
    MINUTE,
    NOW,
    a_check,
    a_connection,
    an_estate,
    knowledge_of,
)
from tests.core.triage.test_suggest import entry
from tests.flows.scene import Scene

OK, FAILING = Verdict.OK, Verdict.FAILING
pytestmark = pytest.mark.anyio
BOOK = Playbook(
    entries=(
        entry("period-shut", ErrorClass.PERIOD_CLOSED),
        entry("no-such-code", ErrorClass.MASTER_DATA),
        entry("sent-twice", ErrorClass.DUPLICATE),
        entry("secret-over", ErrorClass.CREDENTIALS),
    )
)


async def scene_of(text: str = "", **connection: Any) -> Scene:
    """An open incident of `orders`, its records refused with `text`."""
    estate = an_estate(a_connection(**connection))
    scene = await Scene.open(estate)
    scene.knowledge = replace(knowledge_of(estate), playbook=BOOK)
    for _ in range(2):
        await scene.records(refused(scene.now, text))
        scene.later(MINUTE)
    return scene


def refused(at: datetime, text: str) -> Reading:
    failed = (FailedRecords(text=text, count=30),) if text else ()
    return Reading(at=at, signals={Signal.FAILED: 30.0}, failed=failed)


async def view_of(scene: Scene) -> IncidentView:
    found = await scene.do(views.incident_view, 1)
    assert found is not None
    return found


async def card_of(scene: Scene) -> str:
    view = await view_of(scene)
    return json.dumps(incident.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)


async def told(scene: Scene) -> dict[tuple[str, What], str]:
    """Everything that was said since, as it is read now, by reader and kind."""
    view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)
    found = {}
    for letter in await scene.post():
        if letter.what is None:
            continue
        if str(letter.to) == "channel":
            said = personal_words.in_channel(letter.what, letter.facts, view, writer)
        else:
            said = personal_words.personal(letter.what, letter.facts, view, None, None, writer)
        found[str(letter.to), letter.what] = json.dumps(said.blocks)
    return found


class TestDataFaults:
    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            ("period-shut", "the period is closed"),
            ("no-such-code", "a value that the records use is missing or blocked"),
            ("sent-twice", "the records are there already"),
        ],
    )
    async def test_the_owner_of_the_data_is_pinged_with_the_responder_and_told_what_to_do(
        self, text: str, asked: str
    ) -> None:
        async with await scene_of(text) as scene:
            card, said = await card_of(scene), await told(scene)

            assert ("person:bob", What.PING) in said
            assert f"*You:* {asked}" in said["person:data-owner", What.PING]
            assert "You own the data" in said["person:data-owner", What.PING]
            assert ("person:data-owner", What.OWNER_ALERT) not in said
            alert = said["person:alice", What.OWNER_ALERT]
            assert "nothing to do now. Data-Owner is asked" in alert
            assert "Data-Owner is asked to confirm the data" in alert
            assert "*Needed:* Data-Owner (functional owner)" in card
            assert asked in card

    async def test_no_other_fault_asks_them(self) -> None:
        async with await scene_of("secret-over") as scene:
            card, said = await card_of(scene), await told(scene)

            assert ("person:data-owner", What.PING) not in said
            assert "nothing to do now. You are asked" in said["person:data-owner", What.OWNER_ALERT]
            assert "*Needed:*" not in card

    async def test_who_learns_only_later_that_it_is_theirs_is_not_told_that_nothing_is_to_do(
        self,
    ) -> None:
        async with await scene_of("") as scene:
            await scene.records(refused(scene.now, "period-shut"))
            said = await told(scene)

            assert "*You:* the period is closed" in said["person:data-owner", What.OWNER_ALERT]

    async def test_the_card_says_where_nobody_is_named_for_the_data(self) -> None:
        async with await scene_of("period-shut", owners=Owners(technical="alice")) as scene:
            assert "No functional owner is named who could decide it" in await card_of(scene)


class TestWhoHasIt:
    async def test_a_second_turn_counts_from_its_own_beginning(self) -> None:
        async with await scene_of() as scene:
            first = scene.now
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.tick(48 * MINUTE)
            await scene.tick(13 * MINUTE)
            await scene.do(respond.acknowledge, 1, "bob")

            now = await scene.incident()
            assert (now.acknowledged_at, now.held_since) == (first, scene.now)
            assert now.let_go is None

    async def test_who_had_it_and_let_go_is_named_and_the_same_person_is_pinged_again(
        self,
    ) -> None:
        async with await scene_of(ladder=()) as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.post()
            await scene.tick(48 * MINUTE)
            await scene.tick(13 * MINUTE)
            said = await told(scene)

            escalated = said["channel", What.ESCALATED]
            assert "Bob had INC-1 and did not go on; " in escalated
            assert "Nobody took" not in escalated

    @pytest.mark.parametrize(
        ("people", "pinged"),
        [
            (["bob"], "they are pinged now"),
            (["alice", "bob"], "they and Alice are pinged now"),
            (["alice"], "Alice is pinged now"),
        ],
    )
    async def test_nobody_is_named_twice_in_one_breath_where_it_comes_back_to_them(
        self, people: list[str], pinged: str
    ) -> None:
        async with await scene_of() as scene:
            view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)
            told = Escalated(people=tuple(people), let_go="bob", rung=1)
            line = ping_words.escalated(told, view, writer)
            assert f"Bob had INC-1 and did not go on; {pinged}." in line
            for reader in people:
                mine = PingSent(rung=1, let_go="bob", reader=reader)
                theirs = ping_words.ping(mine, view, None, writer, again=False)
                had = "You" if reader == "bob" else "Bob"
                said = f"{had} had it and did not go on, so it comes to you"
                assert said in str(theirs.blocks)

    async def test_without_a_first_responder_that_is_the_reason(self) -> None:
        rung = LadderRung(after=15 * MINUTE, people=("charlie",))
        nobody = {"first_responder": None, "owners": Owners(functional="data-owner")}
        async with await scene_of(ladder=(rung,), **nobody) as scene:
            said = await told(scene)

            assert "No first responder is named for INC-1" in said["channel", What.ESCALATED]
            assert "No first responder is named for it" in said["person:charlie", What.PING]

    async def test_a_rung_that_comes_in_its_turn_says_that_nobody_took_it(self) -> None:
        async with await scene_of() as scene:
            await scene.post()
            await scene.tick(16 * MINUTE)

            assert (
                "Nobody took INC-1; Alice is pinged now"
                in (await told(scene))["channel", What.ESCALATED]
            )


PERSONAL = {What.PING, What.OWNER_ALERT}


class TestWrongData:
    async def test_is_what_card_and_direct_messages_speak_of_once_nothing_fails(self) -> None:
        async with await scene_of() as scene:
            asked = [one for one in await scene.post() if one.what in PERSONAL]
            await scene.sees(OK, OK)
            await scene.do(respond.reject_data, 1, "data-owner", "half is missing")
            posted = [*asked, *(one for one in await scene.post() if one.what in PERSONAL)]
            view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)

            shown = [await card_of(scene)]
            for one in posted:
                assert one.what is not None
                said = personal_words.personal(one.what, one.facts, view, None, None, writer)
                shown.append(json.dumps(said.blocks, ensure_ascii=False))
            assert {one.what for one in posted} == PERSONAL
            for text in shown:
                assert "he data of Shop orders is wrong" in text
                assert "says Data-Owner" in text
                assert "half is missing" in text
                for gone in ("failing", "Only this connection", "*Error:*"):
                    assert gone not in text

    @pytest.mark.parametrize(
        ("reader", "asked"),
        [
            ("data-owner", "Press *It is right now* once the data is right."),
            ("alice", "Data-Owner presses *It is right now* once the data is right."),
        ],
    )
    async def test_owners_read_who_says_when_it_is_right(self, reader: str, asked: str) -> None:
        async with await scene_of() as scene:
            alert = next(one for one in await scene.post() if one.what is What.OWNER_ALERT)
            await scene.sees(OK, OK)
            await scene.do(respond.reject_data, 1, "data-owner", "half is missing")
            view, writer = await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)

            facts = {**alert.facts, "reader": reader}
            said = personal_words.personal(What.OWNER_ALERT, facts, view, None, None, writer)

            shown = json.dumps(said.blocks, ensure_ascii=False)
            assert asked in shown
            assert "once it runs again" not in shown

    async def test_is_no_headline_while_it_fails_again(self) -> None:
        async with await scene_of() as scene:
            await scene.sees(OK, OK)
            await scene.do(respond.reject_data, 1, "data-owner", "half is missing")
            await scene.sees(FAILING, FAILING)

            assert (await scene.incident()).headline == "Shop orders is failing"
            shown = await card_of(scene)
            assert "he data of Shop orders is wrong" not in shown
            assert "*Data of Shop orders is wrong*, says Data-Owner" in shown


class TestTimes:
    async def test_it_was_down_until_it_ran_again_and_the_word_on_the_data_is_told_apart(
        self,
    ) -> None:
        async with await scene_of() as scene:
            await scene.sees(OK, OK)
            await scene.tick(12 * MINUTE)
            await scene.do(respond.confirm_data, 1, "data-owner")

            over = await scene.incident()
            assert over.recovered_at is not None
            card = await card_of(scene)
            assert "It was down for 3 min; the data was confirmed 13 min later." in card

    async def test_what_a_person_ended_is_not_called_an_end_of_the_failure(self) -> None:
        async with await scene_of() as scene:
            await scene.do(respond.resolve, 1, "bob", "restarted")

            card = await card_of(scene)
            assert "It was down for" not in card
            assert "By then: Shop orders still fails" in card

    async def test_a_silent_stall_counts_from_the_last_good_sync(self) -> None:
        good = NOW - 20 * MINUTE
        estate = an_estate(a_connection())
        async with await Scene.open(estate) as scene:
            await scene.sees(FAILING, FAILING, **{Signal.LAST_SUCCESS: good})
            await scene.sees(OK, OK)
            (ask,) = [one for one in await scene.post() if one.what is What.CONFIRM_DATA]

            stalled = await scene.incident()
            assert stalled.began == good < stalled.failing_since
            writer = Writer(catalogue=estate)
            said = personal_words.personal(
                ask.what, ask.facts, await view_of(scene), None, None, writer
            )
            assert f"from <!date^{int(good.timestamp())}" in json.dumps(said.blocks)


class TestWitnesses:
    async def test_a_job_that_goes_on_pinging_is_told_apart_from_records_that_stand_still(
        self,
    ) -> None:
        job = a_check(id="job", connection="orders", kind="heartbeat", rules=())
        connection = a_connection(checks=(a_check(connection="orders"), job))
        async with await Scene.open(an_estate(connection)) as scene:
            stopped = scene.now
            for _ in range(4):
                await scene.sees(FAILING, **{Signal.LAST_SUCCESS: stopped})
                pinged = {Signal.LAST_SUCCESS: scene.now, Signal.HEARTBEAT: scene.now}
                await scene.records(Reading(at=scene.now, signals=pinged), check="orders/job")
                if await scene.live():
                    view = await view_of(scene)
                    assert view.last_good[0].at == stopped
                    card = await card_of(scene)
                    assert card.count("last good sync") == 1
                    assert "last good run of its job" in card


class TestLanes:
    async def test_what_spoke_for_another_lane_is_no_reason_of_a_persons_choice(self) -> None:
        lanes = {Lane.VENDOR: "vendor", Lane.PUBLISHER: "vendor"}
        async with await scene_of("secret-over", lanes=lanes) as scene:
            before = await scene.incident()
            other = Lane.VENDOR if before.lane is not Lane.VENDOR else Lane.PUBLISHER
            await scene.do(respond.set_lane, 1, other, "bob", "")

            assert (await scene.incident()).lane_reasons == ()
            assert "because" not in await card_of(scene)

    @pytest.mark.parametrize("parties", [1, 2])
    async def test_a_joint_call_needs_two_parties_and_a_break(self, parties: int) -> None:
        lanes = {Lane.VENDOR: "vendor", Lane.PUBLISHER: "maker" if parties == 2 else "vendor"}
        estate = an_estate(
            a_connection(lanes=lanes),
            parties={key: Party(id=key, name=key.title()) for key in ("vendor", "maker")},
        )
        async with await Scene.open(estate) as scene:
            await scene.sees(FAILING, FAILING)
            for _ in range(8):
                await scene.tick(15 * MINUTE)

            whats = {letter.what for letter in await scene.post()}
            assert (What.JOINT_CALL in whats) is (parties == 2)

    async def test_a_joint_call_always_has_a_chair(self) -> None:
        lanes = {Lane.VENDOR: "vendor", Lane.PUBLISHER: "maker"}
        estate = an_estate(
            a_connection(lanes=lanes, owners=Owners()),
            a_connection(id="stock", owners=Owners(architecture="architect")),
            parties={key: Party(id=key, name=key.title()) for key in ("vendor", "maker")},
        )
        async with await Scene.open(estate) as scene:
            await scene.sees(FAILING, FAILING)
            for _ in range(8):
                await scene.tick(15 * MINUTE)

            (call,) = [
                one
                for one in await scene.post()
                if one.what is What.JOINT_CALL and str(one.to) == "channel"
            ]
            assert call.facts["chair"] == "architect"


class TestWhoseWord:
    async def test_without_a_functional_owner_the_card_asks_whoever_may_decide(self) -> None:
        async with await scene_of(owners=Owners(architecture="architect")) as scene:
            await scene.sees(OK, OK)

            assert "No functional owner is named; Architect, please" in await card_of(scene)

    async def test_without_any_owner_nobody_is_called_by_no_name(self) -> None:
        async with await scene_of(owners=Owners()) as scene:
            await scene.sees(OK, OK)

            card = await card_of(scene)
            assert "somebody has to confirm the data. No owner is named" in card
            assert "nobody confirm" not in card


class TestWhatItIsNow:
    async def test_its_headline_follows_its_state(self) -> None:
        async with await scene_of("period-shut") as scene:
            failing = (await scene.incident()).headline
            await scene.sees(OK, OK)
            runs = (await scene.incident()).headline
            await scene.do(respond.confirm_data, 1, "data-owner")

            assert failing == "Shop orders is failing"
            assert runs == "Shop orders works again; its data is to be confirmed"
            assert (await scene.incident()).headline == "Shop orders failed"

    async def test_what_kind_of_failure_is_open_where_is_known_while_it_lives(self) -> None:
        async with await scene_of("period-shut") as scene:
            assert await scene.run(lambda tx: tx.open_kinds()) == {"orders": "period_closed"}
            await scene.do(respond.resolve, 1, "bob", "opened it")
            assert await scene.run(lambda tx: tx.open_kinds()) == {}
