"""Sentences fit who reads them, how many they name and how things stand now."""

import json
import re
from dataclasses import replace

import pytest

from bot.core.estate.catalogue import LadderRung
from bot.core.incidents.incident import Event, State, follow
from bot.core.incidents.notices import Escalated, Nobody, QuietHours
from bot.core.incidents.notices_of_endings import DataConfirmed, Recovered, Relapsed, Resolved
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.notice import What, stored
from bot.flows import newcomer_view, views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import children, merge
from bot.flows.incidents.grouping.children import ChildView
from bot.flows.outbox import fallback
from bot.flows.views import IncidentView, shown
from bot.language.errors import Refused
from bot.slack.incidents import card, ping_words
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE, NOW, a_check, a_connection, an_estate, an_incident
from tests.flows.scene import Scene

FAILING = Verdict.FAILING
pytestmark = pytest.mark.anyio
TWO = ("alice", "charlie")
_ONE_VERB = re.compile(r"Alice, Charlie (?:is|confirms|helps)\b")


async def scene_of() -> Scene:
    pair = (LadderRung(after=15 * MINUTE, people=TWO),)
    scene = await Scene.open(an_estate(a_connection(ladder=pair)))
    await scene.sees(FAILING, FAILING)
    return scene


async def view_of(scene: Scene) -> IncidentView:
    view = await scene.do(views.incident_view, 1)
    assert view is not None
    return view


async def test_two_people_are_never_one() -> None:
    async with await scene_of() as scene:
        writer = Writer(catalogue=scene.knowledge.catalogue)
        view = await view_of(scene)
        helped = replace(view, incident=replace(view.incident, helpers=TWO), data_approvers=TWO)
        said = [str(card.card(helped, writer).blocks)]
        for told in (
            Resolved(by="bob", how="", failing=(), asked=TWO),
            DataConfirmed(by="bob", asked=TWO, after_end=True),
            Recovered(asked=TWO, seen=""),
            Relapsed(holder=None, escalates=False),
        ):
            said.append(str(personal_words.in_channel(told.what, stored(told), helped, writer)))
        escalated = Escalated(people=TWO, rung=1, next_at=NOW, next_people=TWO)
        said.append(ping_words.escalated(escalated, helped, writer))
        said.append(ping_words.quiet_hours(QuietHours(**escalated.step), helped, writer))
        said.append(str(personal_words.personal(What.PING, {}, helped, None, None, writer).blocks))
        for state in (State.OPEN, State.VERIFYING):
            now = replace(helped, incident=replace(helped.incident, state=state))
            said.append(writer.say(newcomer_view.next_words(now)))
        letter = next(one for one in await scene.post() if one.what is What.PING)
        other_way = replace(letter, to=ToPersonElsewhere("bob"))
        written = await scene.do(fallback.write, other_way)
        said.append(written.body if written else "")

        assert [one for one in said if _ONE_VERB.search(one)] == []
        assert sum("Alice, Charlie are pinged" in one for one in said) >= 3


async def test_who_is_pinged_next_reads_it_of_themselves() -> None:
    async with await scene_of() as scene:
        await scene.post()
        await scene.tick(16 * MINUTE)
        pings = {str(one.to): one for one in await scene.post() if one.what is What.PING}
        writer = Writer(catalogue=scene.knowledge.catalogue)
        view = replace(await view_of(scene), next_ping=(NOW, TWO))

        def read(to: str) -> str:
            facts = pings[to].facts
            return json.dumps(
                personal_words.personal(What.PING, facts, view, None, None, writer).blocks
            )

        assert ">, you and Charlie are pinged again" in read("person:alice")
        assert ">, you and Alice are pinged again" in read("person:charlie")


@pytest.mark.parametrize(
    ("failing", "size", "verb"), [(1, 2, "is"), (1, 11, "is"), (2, 11, "are"), (11, 11, "are")]
)
def test_the_verb_follows_how_many_fail(failing: int, size: int, verb: str) -> None:
    each = [
        ChildView(
            connection=str(place),
            name=str(place),
            recovered=place >= failing,
            failing_since=NOW,
            shared_since=NOW,
        )
        for place in range(size)
    ]

    assert children.heading(an_incident(cause="ERP"), each)[1] == verb


async def test_nothing_is_said_to_be_alike_because_a_person_merged_it() -> None:
    one = a_connection(maintained_by="vendor")
    other = a_connection(
        id="stock",
        name="Stock",
        maintained_by="maker",
        source="depot",
        target="bank",
        checks=(a_check(connection="stock"),),
    )
    async with await Scene.open(an_estate(one, other)) as scene:
        await scene.sees(FAILING, FAILING)
        await scene.sees(FAILING, FAILING, check="stock/api")
        await scene.do(merge.merge, 2, into=1, by="bob")
        await scene.do(shown, 1)
        reasons = (await scene.incident()).lane_reasons

        assert not any("fail alike" in reason for reason in reasons)


@pytest.mark.parametrize("state", sorted(State))
@pytest.mark.parametrize("event", [Event.REOPEN, Event.REVIEW])
def test_what_is_for_incidents_that_are_over_says_so(state: State, event: Event) -> None:
    one = an_incident(state=state)
    if one.live:
        with pytest.raises(Refused, match=r"it is open still; add|it is not over yet; resolve it"):
            follow(one, event)


async def test_nobody_is_told_to_take_what_somebody_has() -> None:
    async with await scene_of() as scene:
        writer = Writer(catalogue=scene.knowledge.catalogue)
        told = Nobody(of=(), rungs=())
        before = ping_words.nobody(told, await view_of(scene), writer)
        await scene.do(respond.acknowledge, 1, "bob")
        held = ping_words.nobody(told, await view_of(scene), writer)
        await scene.do(respond.resolve, 1, "bob", "done")
        over = ping_words.nobody(told, await view_of(scene), writer)

        assert "press Acknowledge" in before
        assert "Bob has it. Name one in the catalogue" in held
        assert "press Acknowledge" not in held + over
