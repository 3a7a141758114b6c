"""Who is named to whom in a shared outage: each connection has people of its own, and whoever is
pinged, told or named is so for the connections that are theirs."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Connection, LadderRung, Owners
from bot.core.monitoring.signals import Reading, Signal
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.outbox import fallback
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR
from tests.flows.incidents.grouping.test_each_since import runs
from tests.flows.incidents.grouping.test_shared_lead import a_flow, estate, fail, outage
from tests.flows.incidents.test_true_cards import scene_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

FLOWS = ("stock", "payments", "leaflets")
SLOWLY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def with_people(id: str, kind: str) -> Connection:
    owners = {"technical": f"{id}-tech", "functional": f"{id}-owner", "architecture": f"{id}-guard"}
    first: str | None = f"{id}-first"
    if kind == "the owner of the data responds":
        first = owners["functional"]
    if kind in ("the technical owner stands in", "nobody"):
        first = None
    if kind == "nobody":
        del owners["technical"]
    return a_flow(id, first_responder=first, owners=Owners(**owners))


KINDS = st.tuples(
    *(
        st.sampled_from(
            [
                "everybody",
                "the owner of the data responds",
                "the technical owner stands in",
                "nobody",
            ]
        )
        for _ in FLOWS
    )
)


def first_people(one: Connection) -> set[str]:
    """The right answer, by hand."""
    person = one.first_responder or one.owners.technical
    return {person} if person else set()


class Reader:
    """Reads every letter as it stands, and holds what it says against the estate."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.known = scene.knowledge.catalogue.connections
        self.writer = Writer(catalogue=scene.knowledge.catalogue)

    async def read(self, letter: OutboxMessage) -> str:
        view = await self.scene.do(views.incident_view, 1)
        assert view is not None
        assert letter.what is not None
        if str(letter.to) == "channel":
            made = personal_words.in_channel(letter.what, letter.facts, view, self.writer)
        else:
            made = personal_words.personal(letter.what, letter.facts, view, None, None, self.writer)
        return str(made.blocks[0]["text"]["text"])

    def named(self, text: str) -> list[Connection]:
        return [one for one in self.known.values() if one.name in text]

    async def check(self, letter: OutboxMessage) -> None:
        person, text = letter.person, await self.read(letter)
        if letter.what is What.NOBODY:
            lacks = text.split("*")[1]
            assert self.named(lacks)
            assert not [one for one in self.named(lacks) if first_people(one)]
        if letter.what is What.OWNER_ALERT:
            mine = [one for one in self.known.values() if person in _owners(one)]
            pinged = re.search(r"You own it; (.*) (?:was|were|could be) pinged", text)
            assert pinged
            said = {name.strip().lower() for name in re.split(",| and ", pinged[1])} - {"nobody"}
            # Of one that opened alone and names nobody the next rung was pinged.
            next_rung = {f"{one.id}-second" for one in mine if not first_people(one)}
            assert said - next_rung == {one for each in mine for one in first_people(each)}
        if letter.what is What.PING and (role := re.search(r"responder of ([^:]*):", text)):
            assert self.named(role[1])
            assert all(one.first_responder == person for one in self.named(role[1]))
        elif letter.what is What.PING and "first responder is named" in text:
            assert [one for one in self.known.values() if one.first_responder is None]
            assert person not in {one.first_responder for one in self.known.values()}
        elif letter.what is What.PING:
            assert "first responder" not in text

    async def check_all(self) -> list[OutboxMessage]:
        posted = [one for one in await self.scene.post() if one.what is not None]
        for one in posted:
            await self.check(one)
        return posted


def _owners(one: Connection) -> tuple[str | None, ...]:
    return one.owners.technical, one.owners.functional


async def shared(kinds: Sequence[str]) -> Reader:
    flows = [with_people(id, kind) for id, kind in zip(FLOWS, kinds, strict=True)]
    return Reader(await outage(FLOWS, estate(*flows)))


def pinged(posted: Sequence[OutboxMessage]) -> set[str]:
    return {one.person for one in posted if one.what is What.PING}


async def holds_for_wrong_data(reader: Reader, posted: Sequence[OutboxMessage], part: str) -> None:
    one = reader.known[part]
    higher = {f"{part}-second"}  # the next rung, where nobody is named first
    assert pinged(posted) == (first_people(one) or higher)
    for letter in posted:
        if str(letter.to) == "channel" and letter.what in (What.DATA_WRONG, What.REOPENED):
            text = await reader.read(letter)
            names = {person.title() for person in first_people(one)}
            assert all(f"{name} is pinged" in text for name in names)
            assert ("pinged" in text) == bool(names)
        if letter.what is What.PING and first_people(one):
            assert one.name in await reader.read(letter)


@SLOWLY
@given(kinds=KINDS, part=st.sampled_from(FLOWS), after_the_end=st.booleans())
async def test_wrong_data_of_one_connection_calls_its_people_and_nobody_elses(
    kinds: tuple[str, ...], part: str, after_the_end: bool
) -> None:
    reader = await shared(kinds)
    async with reader.scene as scene:
        await reader.check_all()
        await runs(scene, *FLOWS)
        if after_the_end:
            await scene.do(respond.resolve, 1, "payments-guard", "restarted")
        await reader.check_all()
        await scene.do(respond.reject_data, 1, f"{part}-owner", "came twice", of=part)

        await holds_for_wrong_data(reader, await reader.check_all(), part)


@SLOWLY
@given(kinds=KINDS, part=st.sampled_from(FLOWS))
async def test_one_that_fails_again_calls_its_people(kinds: tuple[str, ...], part: str) -> None:
    reader = await shared(kinds)
    async with reader.scene as scene:
        await scene.post()
        await runs(scene, *FLOWS)
        scene.later(5 * HOUR)  # on good ground, so that it begins anew
        await scene.post()
        await fail(scene, part)
        posted = await reader.check_all()

        assert pinged(posted) == (first_people(reader.known[part]) or {f"{part}-second"})


async def test_whoever_answers_for_a_part_hears_that_it_fails_again_while_others_wait() -> None:
    async with (await shared(["everybody"] * 3)).scene as scene:
        await scene.post()
        await runs(scene, *FLOWS)
        await scene.post()
        await fail(scene, "leaflets")
        told = {to for to, what in await scene.said() if what is What.RELAPSED}

        assert "person:leaflets-first" in told


async def test_who_stands_in_for_a_first_responder_reads_that_none_is_named() -> None:
    kinds = ["the technical owner stands in", "everybody", "everybody"]
    async with (reader := await shared(kinds)).scene as scene:
        posted = await scene.post()
        [stands_in] = [
            one for one in posted if str(one.to) == "person:stock-tech" and one.what is What.PING
        ]

        assert "No first responder is named for Stock, so it comes to you" in await reader.read(
            stands_in
        )
        written = await scene.do(fallback.write, _by_another_way(stands_in))
        assert written is not None
        assert "no first responder is named" in written.body


def _by_another_way(letter: OutboxMessage) -> OutboxMessage:
    return replace(letter, to=ToPersonElsewhere(letter.person))


async def test_the_owner_of_the_data_who_says_that_it_is_wrong_is_no_responder() -> None:
    async with await scene_of("period-shut") as scene:
        assert sorted(await scene.pinged()) == ["bob", "data-owner"]
        good = Reading(at=scene.now, signals={Signal.FAILED: 0.0})
        await scene.records(good, good)
        await scene.do(respond.reject_data, 1, "data-owner", "came twice")

        assert await scene.pinged() == ["bob"]


async def test_a_rung_that_names_nobody_is_not_told_as_a_missing_first_responder() -> None:
    ladder = (LadderRung(after=HOUR, people=()), LadderRung(after=2 * HOUR, people=("alice",)))
    async with await scene_of("period-shut", ladder=ladder) as scene:
        await scene.post()
        await scene.tick(HOUR)
        reader = Reader(scene)
        said = [await reader.read(one) for one in await scene.post() if one.what is What.NOBODY]

        assert said
        assert all("Rung 1 of the ladder of Shop orders names nobody" in one for one in said)


@SLOWLY
@given(kinds=KINDS, held=st.booleans())
async def test_merging_by_hand_calls_whoever_answers_for_what_joins(
    kinds: tuple[str, ...], held: bool
) -> None:
    flows = [
        replace(with_people(id, kind), target=f"{id}-erp")
        for id, kind in zip(FLOWS, kinds, strict=True)
    ]
    async with (reader := Reader(await outage(FLOWS, estate(*flows)))).scene as scene:
        await scene.post()
        if held:
            await scene.do(respond.acknowledge, 1, "stock-guard")
        for number, id in ((2, "payments"), (3, "leaflets")):
            await scene.do(merge.merge, number, into=1, by=f"{id}-guard")
        posted = [one for one in await reader.check_all() if one.subject == "incident:1"]

        joined = [reader.known[id] for id in FLOWS[1:]]
        assert pinged(posted) == {person for one in joined for person in first_people(one)}


async def test_merging_what_runs_calls_nobody() -> None:
    flows = [replace(with_people(id, "everybody"), target=f"{id}-erp") for id in FLOWS]
    async with await outage(FLOWS, estate(*flows)) as scene:
        await runs(scene, *FLOWS)
        await scene.post()
        await scene.do(merge.merge, 2, into=1, by="stock-guard")

        assert await scene.pinged() == []


async def test_whoever_is_called_for_wrong_data_reads_that_also_while_others_fail_again() -> None:
    async with (reader := await shared(["everybody"] * 3)).scene as scene:
        await runs(scene, *FLOWS)
        await scene.post()
        await scene.do(respond.reject_data, 1, "leaflets-owner", "came twice", of="leaflets")
        [ping] = [one for one in await scene.post() if one.what is What.PING]
        await fail(scene, "stock")

        assert "The data of Leaflets is wrong." in await reader.read(ping)


async def test_whoever_has_confirmed_is_not_told_as_asked() -> None:
    async with (await shared(["everybody"] * 3)).scene as scene:
        await runs(scene, *FLOWS)
        await scene.do(respond.confirm_data, 1, "stock-owner", of="stock")
        await scene.do(respond.reject_data, 1, "leaflets-owner", "came twice", of="leaflets")
        view = await scene.do(views.incident_view, 1)

        assert view is not None
        assert set(view.data_approvers) == {"payments-owner", "leaflets-owner"}
