"""What was judged when an incident opened is thought over while nobody has confirmed it: its kind,
its lane, and whether it stands alone."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Build, Catalogue, System
from bot.core.estate.lane import Lane, Layer
from bot.core.incidents.incident import Incident, State
from bot.core.knowledge import Knowledge
from bot.core.monitoring.signals import Blind, Cause, FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.playbook import ErrorClass, Playbook, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.flows import views
from bot.flows.incidents import open_incident, respond
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.runbooks import walk
from bot.flows.triage.briefing import brief
from bot.slack.incidents import data_question
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

DOWN, MISSING = "503 service unavailable", "dimension value is missing"
CERTIFICATE = "certificate has expired"


def entry(id: str, pattern: str, error_class: ErrorClass, lane: Lane) -> PlaybookEntry:
    return PlaybookEntry(
        id=id,
        systems=("transport",),
        pattern=Pattern(pattern),
        error_class=error_class,
        meaning=f"{id}.",
        first_check=f"Look at {id}.",
        fix="",
        retry=Retry.AFTER_FIX,
        lane=lane,
        layer=Layer.TECHNICAL,
        source="",
        grade="B",
        sample=pattern,
    )


def estate(*ids: str, shared: bool = True) -> Catalogue:
    """Connections of different makers from systems of their own, to one ERP or each to its own."""
    made = [
        a_connection(
            id=id,
            name=id.title(),
            source=f"{id}-source",
            target="erp" if shared else f"{id}-erp",
            build=Build.NATIVE,
            maintained_by=f"maker-{id}",
        )
        for id in ids
    ]
    systems = {one: System(id=one, name=one.title()) for each in made for one in each.systems}
    return an_estate(*made, systems=systems)


def known(catalogue: Catalogue) -> Knowledge:
    entries = (
        entry("outage", "503 service", ErrorClass.PLATFORM_OUTAGE, Lane.PUBLISHER),
        entry("master", "dimension value", ErrorClass.MASTER_DATA, Lane.IT),
        entry("certificate", "certificate has", ErrorClass.CERTIFICATE, Lane.IT),
    )
    return replace(knowledge_of(catalogue), playbook=Playbook(entries=entries))


async def begin(*ids: str, shared: bool = True) -> Scene:
    scene = await Scene.open(estate(*ids, shared=shared))
    scene.knowledge = known(scene.knowledge.catalogue)
    return scene


async def fails(scene: Scene, connection: str, text: str = "", count: int = 20) -> None:
    """Two looks with that error, or with failures that say nothing."""
    for _ in range(2):
        failed = (FailedRecords(text=text, count=count),) if text else ()
        seen = Reading(at=scene.now, signals={Signal.FAILED: float(count)}, failed=failed)
        await scene.records(seen, check=f"{connection}/api")
        scene.later(MINUTE / 2)


async def runs(scene: Scene, connection: str) -> None:
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        await scene.records(seen, check=f"{connection}/api")
        scene.later(MINUTE / 2)


async def lines(scene: Scene, number: int, what: What = What.REJUDGED) -> list[str]:
    """What was said of it in the channel, as people read it."""
    posted = await scene.post()
    view = await scene.do(views.incident_view, number)
    writer = Writer(catalogue=scene.knowledge.catalogue)
    return [
        str(personal_words.in_channel(what, one.facts, view, writer).blocks[0]["text"]["text"])
        for one in posted
        if one.what is what and str(one.to) == "channel" and one.subject == f"incident:{number}"
    ]


async def alone(scene: Scene) -> list[str]:
    return sorted(one.connection for one in await scene.lives())


async def whole(scene: Scene) -> Incident:
    (one,) = await scene.lives()
    return one


async def test_a_silent_one_that_came_first_joins_the_outage_of_its_siblings() -> None:
    async with await begin("script", "shop", "bank", "edi") as scene:
        await fails(scene, "script")
        await scene.do(respond.acknowledge, 1, "bob")
        for id in ("shop", "bank"):
            await fails(scene, id, DOWN)
        apart = await alone(scene)
        await fails(scene, "edi", DOWN)

        assert apart == ["script", "shop"]
        assert await alone(scene) == ["shop"]
        (said,) = await lines(scene, 2, What.JOINED)
        assert "INC-1 (Script is failing) has the same cause, Erp" in said
        assert "Bob had it" in said


async def test_a_silent_one_that_comes_late_joins_while_the_outage_lasts() -> None:
    async with await begin("script", "shop", "bank", "edi") as scene:
        for id in ("shop", "bank", "edi"):
            await fails(scene, id, DOWN)
        scene.later(2 * HOUR)
        await fails(scene, "script")

        assert await alone(scene) == ["shop"]


async def test_one_that_says_only_later_what_fails_joins_then() -> None:
    async with await begin("shop", "bank") as scene:
        await fails(scene, "bank", "something odd")
        await fails(scene, "shop", DOWN)
        apart = await alone(scene)
        await fails(scene, "bank", DOWN)

        assert apart == ["bank", "shop"]
        assert (await whole(scene)).connection == "bank"


async def test_who_answers_for_one_that_joins_is_pinged_for_the_whole_once() -> None:
    """Charlie was pinged for the bank's own incident, Bob for the shop's; Alice owns both."""
    async with await begin("shop", "bank") as scene:
        bank = replace(scene.knowledge.catalogue.connections["bank"], first_responder="charlie")
        connections = {**scene.knowledge.catalogue.connections, "bank": bank}
        scene.knowledge = known(replace(scene.knowledge.catalogue, connections=connections))
        await fails(scene, "shop", DOWN)
        await fails(scene, "bank", "something odd")
        await scene.post()
        await fails(scene, "bank", DOWN)

        posted = [letter for letter in await scene.post() if str(letter.to).startswith("person:")]
        told = [(letter.subject, str(letter.to), letter.what) for letter in posted]
        assert told == [("incident:1", "person:charlie", What.PING)]
        assert posted[0].facts["parts"] == ["bank"]
        receipts = await scene.run(lambda tx: tx.receipts("incident:1"))
        assert [one.person for one in receipts] == ["bob", "charlie"]

        await fails(scene, "bank", DOWN)
        assert await scene.pinged() == []


async def test_what_a_person_split_off_does_not_come_back_by_itself() -> None:
    async with await begin("shop", "bank") as scene:
        await fails(scene, "shop", DOWN)
        await fails(scene, "bank", DOWN)
        bank = scene.knowledge.catalogue.connections["bank"]
        await scene.do(merge.split, bank, by="alice")
        for _ in range(4):
            await scene.tick(10 * MINUTE)

        assert await alone(scene) == ["bank", "shop"]


async def test_that_our_own_look_is_refused_speaks_for_nobody() -> None:
    async with await begin("shop") as scene:
        await fails(scene, "shop", DOWN)
        before = await whole(scene)
        await scene.records(Blind(at=scene.now, reason=CERTIFICATE), check="shop/api")
        await scene.tick(10 * MINUTE)

        after = await whole(scene)
        shop = scene.knowledge.catalogue.connections["shop"]
        said = await scene.do(brief, shop)

        assert (after.lane, after.lane_reasons, after.kind) == (
            before.lane,
            before.lane_reasons,
            before.kind,
        )
        assert CERTIFICATE not in said.facts.check_errors


async def test_what_is_coming_back_is_judged_no_more() -> None:
    async with await begin("shop", "bank", shared=False) as scene:
        await fails(scene, "shop", MISSING)
        judged = await scene.incident()
        seen = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        await scene.records(seen, check="shop/api")
        await scene.tick(10 * MINUTE)
        coming = await scene.incident()

        assert coming.recovered_at is None
        assert (coming.lane, coming.lane_reasons) == (judged.lane, judged.lane_reasons)
        assert await lines(scene, 1) == []


async def test_what_was_declared_is_judged_anew_when_its_siblings_run_again() -> None:
    async with await begin("script", "shop", "bank") as scene:
        for id in ("shop", "bank"):
            await fails(scene, id, DOWN)
        script = scene.knowledge.catalogue.connections["script"]
        declared = await scene.do(
            open_incident.declare, script, open_incident.Report(by="alice", why="no orders come in")
        )
        for id in ("shop", "bank"):
            await runs(scene, id)
        after = await scene.incident(declared.id)

        assert "Shop" in " ".join(declared.lane_reasons)
        assert "Shop, Bank on the same system work" in " ".join(after.lane_reasons)


KNOWN_TEXTS = st.sampled_from(["", MISSING, CERTIFICATE])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(odd=KNOWN_TEXTS, first=st.booleans(), shared=st.booleans())
async def test_unrelated_faults_at_the_same_time_never_become_one(
    odd: str, first: bool, shared: bool
) -> None:
    """One with a cause of its own, or on another system, stays apart, whatever came first."""
    async with await begin("odd", "shop", "bank", "edi", "crm") as scene:
        if not shared or not odd:
            other = replace(scene.knowledge.catalogue.connections["odd"], target="odd-erp")
            found = {**scene.knowledge.catalogue.connections, "odd": other}
            scene.knowledge = known(replace(scene.knowledge.catalogue, connections=found))
        if first:
            await fails(scene, "odd", odd)
        for id in ("shop", "bank", "edi", "crm"):
            await fails(scene, id, DOWN)
        if not first:
            await fails(scene, "odd", odd)
        await scene.tick(10 * MINUTE)

        assert await alone(scene) == sorted(["odd", "shop"])


async def test_the_lane_is_judged_again_when_siblings_fail_and_told_once_with_its_reason() -> None:
    async with await begin("shop", "bank", "edi") as scene:
        for id in ("bank", "edi"):
            await runs(scene, id)
        await fails(scene, "shop", "something odd")
        before = await scene.incident()
        await fails(scene, "shop", DOWN)
        for id in ("bank", "edi"):
            await fails(scene, id, DOWN)
        after = await scene.incident()

        assert before.lane is Lane.VENDOR
        assert after.lane is Lane.PUBLISHER
        assert not any("Only this connection" in one for one in after.lane_reasons)
        said = await lines(scene, 1)
        assert sum("Lane is now perhaps" in one for one in said) == 1


async def test_a_second_fault_judges_kind_first_check_and_lane_anew_and_says_so() -> None:
    async with await begin("shop", "bank") as scene:
        await fails(scene, "shop", CERTIFICATE)
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.post()
        await fails(scene, "shop", MISSING)
        view = await scene.do(views.incident_view, 1)

        assert view.incident.kind == ErrorClass.MASTER_DATA
        assert (view.incident.state, view.incident.holder) == (State.ACKNOWLEDGED, "bob")
        assert view.first_check == "Look at master."
        said = await lines(scene, 1)
        assert [one.startswith("🧭 Other error now: Master data: master.") for one in said] == [
            True
        ]

        for text in (CERTIFICATE, MISSING, CERTIFICATE):
            await fails(scene, "shop", text)
        assert await lines(scene, 1) == []


async def test_what_an_answer_lacks_is_no_other_error() -> None:
    lacks = "GET https://shop.example/state: the list of failed records at $.errors is not in it"
    async with await begin("shop", "bank") as scene:
        await fails(scene, "shop", CERTIFICATE)
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.post()
        for _ in range(3):
            seen = Reading(at=scene.now, signals={Signal.REACHABLE: True})
            await scene.records(replace(seen, error=lacks, cause=Cause.LACKING), check="shop/api")
            scene.later(MINUTE)
        one = await scene.incident()

        assert one.kind == ErrorClass.CERTIFICATE
        assert await lines(scene, 1) == []


async def test_a_second_fault_after_a_relapse_of_a_part_speaks_of_that_part() -> None:
    async with await begin("shop", "bank") as scene:
        for id in ("shop", "bank"):
            await fails(scene, id, DOWN)
        await scene.do(respond.acknowledge, 1, "bob")
        for id in ("shop", "bank"):
            await runs(scene, id)
        await fails(scene, "bank", MISSING)
        view = await scene.do(views.incident_view, 1)

        assert (view.incident.state, view.incident.holder) == (State.ACKNOWLEDGED, "bob")
        assert view.error.startswith("Bank: Master data")
        assert not any("makers" in one for one in view.incident.lane_reasons)
        assert "Other error now on Bank: Master data" in (await lines(scene, 1))[-1]


async def test_a_persons_lane_is_contradicted_once_and_never_overwritten() -> None:
    async with await begin("shop", "bank", "edi") as scene:
        await fails(scene, "shop", CERTIFICATE)
        await scene.do(respond.set_lane, 1, Lane.VENDOR, "alice", "theirs")
        await scene.post()
        for id in ("shop", "bank", "edi", "shop"):
            await fails(scene, id, DOWN)
        for _ in range(3):
            await scene.tick(10 * MINUTE)
        after = await scene.incident()
        said = [one for one in await lines(scene, 1) if "Alice set the lane" in one]

        assert (after.lane, after.lane_by) == (Lane.VENDOR, "alice")
        assert len(said) == 1
        assert "it stays; the evidence speaks for" in said[0]


async def test_a_lane_that_the_runbook_led_to_stays_as_a_persons_does() -> None:
    async with await begin("shop", "bank", "edi") as scene:
        await fails(scene, "shop", MISSING)
        yes = {"step": "erp", "choice": "yes", "by": "bob"}
        await scene.do(walk.answer, 1, **yes)
        walked = await scene.incident()
        await fails(scene, "shop", CERTIFICATE)
        for _ in range(3):
            await scene.tick(10 * MINUTE)

        assert walked.lane is Lane.PUBLISHER
        assert (await scene.incident()).lane is walked.lane


@pytest.mark.parametrize("chosen", [False, True])
async def test_what_is_open_by_a_persons_word_is_judged_by_what_others_do_now(
    *, chosen: bool
) -> None:
    """Nobody reads that the others work while they fail."""
    async with await begin("orders", "stock", "returns") as scene:
        await runs(scene, "stock")
        await runs(scene, "returns")
        await fails(scene, "orders", MISSING)
        if chosen:
            await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "")
        await runs(scene, "orders")
        await scene.do(respond.confirm_data, 1, "data-owner")
        await scene.do(reopen.reopen, 1, by="alice", why="still wrong")
        before = (await scene.incident(1)).lane_reasons

        await fails(scene, "stock", DOWN)
        await fails(scene, "returns", DOWN)

        assert "Stock, Returns on the same system work" in str(before) or chosen
        assert "on the same system work" not in str((await scene.incident(1)).lane_reasons)


async def test_what_people_said_of_one_is_asked_about_after_a_merge() -> None:
    """The checks saw it run before it was opened again: that is when it stopped failing."""
    async with await begin("orders", "stock") as scene:
        await fails(scene, "orders", MISSING)
        await runs(scene, "orders")
        ran = (await scene.run(lambda tx: tx.connection_health("orders"))).since
        await scene.do(respond.confirm_data, 1, "data-owner")
        scene.later(HOUR)
        await scene.do(reopen.reopen, 1, by="alice", why="prices are missing")
        await fails(scene, "stock", DOWN)
        await scene.do(merge.merge, 1, into=2, by="alice")
        scene.later(HOUR)
        await runs(scene, "stock")

        view = await scene.do(views.incident_view, 2)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        asked = data_question.question("data-owner", view, None, writer)
        said = str(asked.blocks)
        orders = next(part for part in view.connections if part.connection == "orders")

        assert said.count("*Opened again:* by ") == 1
        assert said.count("prices are missing") == 1
        assert orders.recovered_at == ran


async def test_after_the_end_too_the_question_says_what_people_saw() -> None:
    async with await begin("orders", "stock") as scene:
        await fails(scene, "orders", MISSING)
        await runs(scene, "orders")
        await scene.do(respond.confirm_data, 1, "data-owner")
        await scene.do(reopen.reopen, 1, by="alice", why="prices are missing")
        await scene.do(respond.resolve, 1, "alice", "sent again")

        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        _, blocks = data_question.after_end(view, "data-owner", writer)

        assert str(blocks).count("prices are missing") == 1
