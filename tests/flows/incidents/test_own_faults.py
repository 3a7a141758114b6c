"""What only the owner of data can do is asked of exactly those whose own connection has that fault,
beside the error that it is."""

import re
from dataclasses import replace
from itertools import product

import pytest

from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.core.triage.playbook import Playbook
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge, reopen
from bot.flows.outbox import fallback
from bot.flows.views import IncidentView
from bot.slack.incidents import card as cards
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE
from tests.flows.incidents.ending.test_new_data_faults import ASKED
from tests.flows.incidents.grouping.test_shared_lead import GRAVITY, a_flow, estate
from tests.flows.incidents.test_true_cards import BOOK
from tests.flows.scene import Scene
from tests.slack.governance.test_governance_blocks import text_of

pytestmark = pytest.mark.anyio

FLOWS = ("payments", "stock", "leaflets")
OWN_CHECKS = Playbook(
    entries=tuple(replace(one, first_check=f"Check of {one.id}.") for one in BOOK.entries)
)
ERRORS = ("period-shut", "no-such-code", "secret-over", "")


async def stage() -> Scene:
    """Flows that share neither a system nor a person."""
    made = (a_flow(id, target=f"{id}-erp") for id in FLOWS)
    scene = await Scene.open(estate(*made))
    scene.knowledge = replace(scene.knowledge, playbook=OWN_CHECKS)
    return scene


async def fail(scene: Scene, flow: str, *texts: str) -> None:
    """Records refused with each of these, the first for most of them."""
    groups = tuple(FailedRecords(text=one, count=40 - at) for at, one in enumerate(texts) if one)
    for _ in range(2):
        seen = Reading(at=scene.now, signals={Signal.FAILED: 40.0}, failed=groups)
        await scene.records(seen, check=f"{flow}/api")
        scene.later(MINUTE)


async def view_of(scene: Scene) -> IncidentView:
    found = await scene.do(views.incident_view, 1)
    assert found is not None
    return found


async def needed(scene: Scene) -> dict[str, str]:
    """Who is asked on the card for what."""
    said = text_of(cards.card(await view_of(scene), Writer(catalogue=scene.knowledge.catalogue)))
    rows = re.findall(r"\*Needed:\* ([^(]*) \(functional owner[^)]*\): ([^\n]*)\.", said)
    return {who.lower(): what for people, what in rows for who in re.split(", | and ", people)}


async def read(scene: Scene, letter: OutboxMessage) -> str:
    writer, view = Writer(catalogue=scene.knowledge.catalogue), await view_of(scene)
    assert letter.what is not None
    return text_of(personal_words.personal(letter.what, letter.facts, view, None, None, writer))


def of(errors: dict[str, str]) -> dict[str, str]:
    """The owners who have something to do, with what."""
    return {f"{flow}-owner": ASKED[text] for flow, text in errors.items() if text in ASKED}


def told(said: str) -> set[str]:
    """What the reader is asked to do."""
    yours = " ".join(re.findall(r"\*You:\* ([^\n]*)", said)).split(" asked:")[0]
    return {
        text for text, words in ASKED.items() if words in yours and "nothing to do" not in yours
    }


async def everybody_reads_their_own(
    scene: Scene, sent: list[OutboxMessage], errors: dict[str, str]
) -> int:
    """How many letters about it were read."""
    about = [one for one in sent if one.what in (What.PING, What.OWNER_ALERT)]
    about = [one for one in about if one.subject == "incident:1"]
    for letter in about:
        person = letter.person
        flow, _, seat = person.partition("-")
        own = {errors[flow]} & ASKED.keys() if seat == "owner" else set()
        said = await read(scene, letter)
        assert told(said) == (own if "*You:*" in said else set()), (str(letter.to), said)
        if "the fault is in it" in said:
            assert own
        if letter.what is What.OWNER_ALERT:
            assert "the fault is in it" not in said
            continue
        written = await scene.do(fallback.write, replace(letter, to=ToPersonElsewhere(person)))
        assert written is not None
        assert ("the fault is in it" in written.body) == ("the fault is in it" in said)
    return len(about)


@pytest.mark.parametrize("errors", [*product(ERRORS, repeat=2)])
@pytest.mark.parametrize("joins", ["the later into the first", "the first into the later"])
async def test_merged_by_hand_each_owner_is_asked_for_their_own(
    errors: tuple[str, str], joins: str
) -> None:
    each = dict(zip(FLOWS, errors, strict=False))
    async with await stage() as scene:
        order = FLOWS[:2] if joins == "the later into the first" else FLOWS[1::-1]
        for flow in order:
            await fail(scene, flow, each[flow])
        await scene.do(merge.merge, 2, into=1, by="payments-first")
        sent = await scene.post()
        found = await needed(scene)

        assert found.keys() == of(each).keys()
        assert all(of(each)[who] in what for who, what in found.items())
        assert await everybody_reads_their_own(scene, sent, each) >= 3


async def test_whom_nobody_may_ask_is_not_pinged_for_what_another_one_has() -> None:
    async with await stage() as scene:
        await fail(scene, "stock", "period-shut")
        await fail(scene, "payments", "secret-over")
        await scene.post()
        await scene.do(merge.merge, 2, into=1, by="payments-first")

        assert "payments-owner" not in await scene.pinged()
        assert not any("payments-owner" in rung.people for rung in (await scene.incident()).ladder)


async def test_put_back_to_the_first_rung_it_goes_to_the_owners_whose_data_it_is() -> None:
    each = {"payments": "secret-over", "stock": "period-shut", "leaflets": "no-such-code"}
    async with await stage() as scene:
        for flow in FLOWS:
            await fail(scene, flow, each[flow])
        for number in (2, 3):
            await scene.do(merge.merge, number, into=1, by="payments-first")
        await scene.do(respond.resolve, 1, "payments-first", "restarted")
        await scene.post()
        await scene.do(reopen.reopen, 1, by="payments-first", why="it is not over")
        sent = await scene.post()
        pinged = {one.person for one in sent if one.what is What.PING}

        assert {"stock-owner", "leaflets-owner"} <= pinged
        assert "payments-owner" not in pinged
        assert await everybody_reads_their_own(scene, sent, each) >= len(pinged)


async def test_a_shared_fault_that_one_has_no_more_is_asked_of_that_one_no_more() -> None:
    async with await Scene.open(estate()) as scene:
        scene.knowledge = replace(scene.knowledge, playbook=BOOK)
        for flow in GRAVITY:
            await fail(scene, flow, "period-shut")
        assert (await scene.incident()).size == len(GRAVITY)
        await fail(scene, "stock", "secret-over")
        sent = await scene.post()
        each = dict.fromkeys(GRAVITY, "period-shut") | {"stock": "secret-over"}

        assert (await needed(scene)).keys() == of(each).keys()
        assert await everybody_reads_their_own(scene, sent, each) >= len(GRAVITY)


@pytest.mark.parametrize("texts", [("secret-over", "period-shut"), ("period-shut", "secret-over")])
@pytest.mark.parametrize("several", [False, True])
async def test_the_fault_that_is_in_the_data_is_the_error_that_its_owner_reads(
    texts: tuple[str, str], several: bool
) -> None:
    async with await stage() as scene:
        await fail(scene, "stock", *texts)
        if several:
            await fail(scene, "payments", "secret-over")
            await scene.do(merge.merge, 2, into=1, by="payments-first")
        sent = await scene.post()
        theirs = [
            one for one in sent if str(one.to) == "person:stock-owner" and one.what is What.PING
        ]
        name = "Stock: " if several else ""

        assert theirs
        said = await read(scene, theirs[-1])
        written = await scene.do(
            fallback.write, replace(theirs[-1], to=ToPersonElsewhere("stock-owner"))
        )
        assert written is not None
        card = text_of(
            cards.card(await view_of(scene), Writer(catalogue=scene.knowledge.catalogue))
        )

        assert f"*Error:* {name}Period closed: " in said
        assert "*First check:* Check of period-shut." in said
        assert ("Credentials: " in said) == (texts[0] == "secret-over" or several)
        assert f"Error: {name}Period closed: " in written.body
        assert f"{name}Period closed: " in card
