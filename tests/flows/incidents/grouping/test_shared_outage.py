"""What is said about an incident with parts speaks of all of them, or of the part that its reader
owns; never of the first one for the whole."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.estate.catalogue import Catalogue, Owners, System
from bot.core.incidents.incident import State
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, incident_of
from bot.flows import views as answers
from bot.flows.incidents import end, respond
from bot.flows.outbox import fallback
from bot.flows.views import IncidentView
from bot.language.errors import NotAllowed, Refused
from bot.slack.incidents import card
from bot.slack.incidents import forms as of_incidents
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.runbooks import failed_records
from bot.slack.text import Writer
from tests.builders import HOUR, MINUTE, a_connection, a_person, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

ERROR = "posting group missing"
NUMBERS = st.lists(st.tuples(st.integers(11, 900), st.integers(0, 9_000)), min_size=2, max_size=6)


def estate(size: int, *, approvers: int = 99) -> Catalogue:
    """Flow 1 … n into one ERP, each with a functional owner, of whom there are `approvers`."""
    made = [
        a_connection(
            id=f"flow-{place}",
            name=f"Flow {chr(65 + place)}",
            source=f"source-{place}",
            owners=Owners(
                technical="alice", functional=f"owner-{place % approvers}", architecture="architect"
            ),
            depends_on=(f"flow-{(place + 1) % size}",),
        )
        for place in range(size)
    ]
    report = a_connection(
        id="report", name="Daily report", source="erp-2", target="bi", depends_on=("flow-1",)
    )
    systems = {one: System(id=one, name=one.title()) for each in made for one in each.systems}
    found = an_estate(*made, report, systems=systems | {"erp": System(id="erp", name="Big ERP")})
    owners = {f"owner-{place}": a_person(f"owner-{place}") for place in range(size)}
    return replace(found, people={**found.people, **owners})


class Outage(Scene):
    async def look(self, numbers: list[tuple[int, int]], *, broken: bool = True) -> None:
        for _ in range(2):
            for place, (failed, waiting) in enumerate(numbers):
                signals = {
                    Signal.FAILED: float(failed if broken else 0),
                    Signal.QUEUE_DEPTH: float(waiting),
                }
                groups = (FailedRecords(text=ERROR, count=failed),) if broken else ()
                seen = Reading(at=self.now, signals=signals, failed=groups)
                await self.records(seen, check=f"flow-{place}/api")
            self.later(MINUTE)

    @property
    def writer(self) -> Writer:
        return Writer(catalogue=self.knowledge.catalogue)

    async def view(self, number: int = 1) -> IncidentView:
        found = await self.do(answers.incident_view, number)
        assert found is not None
        return found

    async def read(self, letter: OutboxMessage) -> SlackMessage:
        assert letter.what is not None
        view = await self.view(incident_of(letter.subject) or 1)
        return personal_words.personal(letter.what, letter.facts, view, None, None, self.writer)

    async def questions(self) -> dict[str, OutboxMessage]:
        """Who is asked about the data, with the one message they got."""
        sent = await self.run(lambda tx: tx.letters_in_slack("incident:1"))
        found = [one.letter for one in sent if one.letter.what is What.CONFIRM_DATA]
        assert len(found) == len({str(one.to) for one in found})
        return {one.person: one for one in found}


async def outage(numbers: list[tuple[int, int]], *, approvers: int = 99) -> Outage:
    scene = await Outage.open(estate(len(numbers), approvers=approvers))
    assert isinstance(scene, Outage)
    await scene.look(numbers)
    return scene


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(numbers=NUMBERS)
async def test_each_total_is_the_sum_and_each_owner_sees_their_own(
    numbers: list[tuple[int, int]],
) -> None:
    async with await outage(numbers) as scene:
        size = len(numbers)
        text = str(card.card(await scene.view(), scene.writer).blocks)
        failed, waiting = (sum(one[place] for one in numbers) for place in (0, 1))

        assert f"Big ERP: {size} connections are failing" in text
        assert f"*Failed:* {failed:,} records on {size} connections" in text
        assert (f"*Waiting:* {waiting:,} record" in text) == bool(waiting)
        assert "*Also affected:* Daily report" in text
        assert f"the gravest of {size}: critical connection" in text
        assert "*What:* it began with Flow A" in text

        await scene.look(numbers, broken=False)
        await scene.post()
        asked = await scene.questions()
        assert set(asked) == {f"owner-{place}" for place in range(size)}
        for place, (worst, _) in enumerate(numbers):
            said = str((await scene.read(asked[f"owner-{place}"])).blocks)
            assert f"Flow {chr(65 + place)} runs again after the shared failure (Big ERP)" in said
            assert f"{worst:,} records were in error, 0 now" in said
            others = [f"Flow {chr(65 + other)}" for other in range(size) if other != place]
            assert not [name for name in others if name in said]


async def test_each_answers_for_their_own_and_is_told_how_many_are_to_go() -> None:
    async with await outage([(20, 0), (30, 0), (40, 0)]) as scene:
        await scene.look([(0, 0)] * 3, broken=False)
        await scene.post()
        asked = await scene.questions()
        with pytest.raises(NotAllowed, match="can say whether that data is right"):
            await scene.do(respond.confirm_data, 1, "owner-1", of="flow-0")

        await scene.do(respond.confirm_data, 1, "owner-1", of="flow-1")
        await scene.do(respond.confirm_data, 1, "owner-1", of="flow-1")
        said = str((await scene.read(asked["owner-1"])).blocks)
        other = str((await scene.read(asked["owner-0"])).blocks)

        assert "Confirmed; 2 to go." in said
        assert "'button'" not in said
        assert "'Data is right'" in other
        for place in (0, 2):
            await scene.do(respond.confirm_data, 1, f"owner-{place}", of=f"flow-{place}")
        assert (await scene.incident()).state is State.RESOLVED


async def test_an_owner_of_several_is_asked_about_each_in_one_message() -> None:
    async with await outage([(20, 0), (30, 0), (40, 0), (50, 0)], approvers=2) as scene:
        await scene.look([(0, 0)] * 4, broken=False)
        await scene.post()
        letter = (await scene.questions())["owner-0"]
        first = str((await scene.read(letter)).blocks)
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")
        second = str((await scene.read(letter)).blocks)
        await scene.do(respond.confirm_data, 1, "owner-0")
        third = str((await scene.read(letter)).blocks)

        assert "2 connections of yours run again" in first
        assert ("Flow A" in first, "Flow C" in first, "Flow B" in first) == (True, True, False)
        assert "All 2 are right" in first
        assert "✓ *Flow A*: its data is right." in second
        assert second.count("'Data is right'") == 1
        assert "Confirmed; 2 to go." in third


async def test_a_part_that_failed_again_is_asked_about_again_and_the_others_are_not() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")
        group = (FailedRecords(text=ERROR, count=30),)
        for _ in range(2):
            seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=group)
            await scene.records(seen, check="flow-1/api")
            scene.later(MINUTE)
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()

        incident = await scene.incident()
        assert (incident.state, incident.awaiting) == (State.VERIFYING, ("owner-1",))
        assert set(await scene.questions()) == {"owner-0", "owner-1"}


async def test_wrong_data_names_the_connection_whose_data_it_is() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        meant = scene.knowledge.catalogue.connections["flow-1"]
        form = str(of_incidents.RejectData.shown(await scene.incident(), (meant,)))
        await scene.post()
        await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-1")
        told = [one for one in await scene.post() if one.what is What.DATA_WRONG]
        line = personal_words.in_channel(
            What.DATA_WRONG, told[0].facts, await scene.view(), scene.writer
        )

        assert "Wrong is the data of *Flow B*" in form
        assert "Owner-1 says that the data of Flow B is wrong: came twice" in str(line.blocks)


class TestTheFormOnTheCard:
    async def test_it_offers_whoever_guards_the_estate_every_connection_that_runs(self) -> None:
        async with await outage([(20, 0), (30, 0), (40, 0)]) as scene:
            await scene.look([(0, 0)] * 3, broken=False)
            offered = await scene.do(respond.may_be_wrong, 1, "architect")
            form = of_incidents.RejectData.shown(await scene.incident(), offered)
            asked = next(one for one in form["blocks"] if one.get("block_id") == "of")

            assert asked["label"]["text"] == "Whose data is wrong?"
            assert not asked["optional"]
            options = [one["value"] for one in asked["element"]["options"]]
            assert options == ["flow-0", "flow-1", "flow-2"]

    async def test_it_offers_an_owner_their_own(self) -> None:
        async with await outage([(20, 0)] * 4, approvers=2) as scene:
            await scene.look([(0, 0)] * 4, broken=False)
            offered = await scene.do(respond.may_be_wrong, 1, "owner-1")
            everybodys = await scene.do(respond.may_be_wrong, 1, "architect")

            assert [one.id for one in offered] == ["flow-1", "flow-3"]
            assert [one.id for one in everybodys] == [f"flow-{place}" for place in range(4)]

    async def test_whose_it_is_not_reads_the_same_when_asking_for_the_form_and_sending_it(
        self,
    ) -> None:
        async with await outage([(20, 0)] * 2) as scene:
            await scene.look([(0, 0)] * 2, broken=False)
            gate = of_incidents.RejectData.may_open

            with pytest.raises(NotAllowed) as asked:
                await scene.do(gate, "1|flow-0", "owner-1")
            with pytest.raises(NotAllowed) as sent:
                await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-0")

            assert str(asked.value) == str(sent.value)

    async def test_what_fails_still_is_not_offered(self) -> None:
        async with await outage([(20, 0), (30, 0), (40, 0)]) as scene:
            await scene.look([(0, 0), (0, 0), (40, 0)], broken=False)
            group = (FailedRecords(text=ERROR, count=30),)
            for _ in range(2):
                seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=group)
                await scene.records(seen, check="flow-2/api")
                scene.later(MINUTE)
            offered = await scene.do(respond.may_be_wrong, 1, "architect")

            assert [one.id for one in offered] == ["flow-0", "flow-1"]

    async def test_one_connection_is_named_and_not_asked_about(self) -> None:
        async with await outage([(20, 0)] * 2) as scene:
            await scene.look([(0, 0)] * 2, broken=False)
            offered = await scene.do(respond.may_be_wrong, 1, "owner-1")
            form = of_incidents.RejectData.shown(await scene.incident(), offered)

            assert form["private_metadata"] == "1|flow-1"
            assert "Wrong is the data of *Flow B*" in str(form)
            assert not [one for one in form["blocks"] if one.get("block_id") == "of"]

    async def test_those_that_were_chosen_are_wrong_and_no_others(self) -> None:
        async with await outage([(20, 0)] * 4, approvers=2) as scene:
            await scene.look([(0, 0)] * 4, broken=False)
            await scene.do(respond.reject_data, 1, "owner-1", "came twice", of=("flow-1", "flow-3"))
            await scene.do(respond.reject_data, 1, "owner-0", "lacks a day", of=("flow-2",))

            denied = [one.connection for one in (await scene.incident()).denied]
            assert sorted(denied) == ["flow-1", "flow-2", "flow-3"]

    async def test_after_the_end_they_are_offered_and_taken_too(self) -> None:
        async with await outage([(20, 0)] * 3) as scene:
            await scene.look([(0, 0)] * 3, broken=False)
            await scene.do(respond.resolve, 1, "bob", "restarted")
            offered = await scene.do(respond.may_be_wrong, 1, "architect")
            chosen = tuple(one.id for one in offered)[1:]
            await scene.do(respond.reject_data, 1, "architect", "came twice", of=chosen)

            denied = [one.connection for one in (await scene.incident()).denied]
            assert chosen == ("flow-1", "flow-2")
            assert sorted(denied) == ["flow-1", "flow-2"]


ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8).map(tuple)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers_given=ANSWERS, taken=st.booleans())
async def test_whatever_others_answer_each_question_stays_until_its_own_answer(
    answers_given: tuple[tuple[int, bool], ...], taken: bool
) -> None:
    async with await outage([(20, 0)] * 4, approvers=2) as scene:
        await scene.look([(0, 0)] * 4, broken=False)
        await scene.post()
        asked = await scene.questions()
        said: dict[int, bool] = {}
        for place, right in answers_given:
            if not (await scene.incident()).live:
                break
            flow, words = (respond.confirm_data, ()) if right else (respond.reject_data, ("x",))
            await scene.do(flow, 1, f"owner-{place % 2}", *words, of=f"flow-{place}")
            said[place] = right
            if taken and (await scene.incident()).state is State.OPEN:
                await scene.do(respond.acknowledge, 1, "bob")
        incident = await scene.incident()

        assert {one.connection for one in incident.denied} == {
            f"flow-{place}" for place, right in said.items() if not right
        }
        assert incident.live == (set(said) != {0, 1, 2, 3} or not all(said.values()))
        if not incident.live:
            return
        assert (incident.state is State.VERIFYING) == all(said.values())
        for owner in (0, 1):
            shown = str((await scene.read(asked[f"owner-{owner}"])).blocks)
            for place in (owner, owner + 2):
                unsaid, wrong = place not in said, said.get(place) is False
                assert (f"reject_data', 'value': '1|flow-{place}'" in _in_order(shown)) == unsaid
                assert (f"confirm_data', 'value': '1|flow-{place}'" in _in_order(shown)) == (
                    unsaid or wrong
                )


def _in_order(blocks: str) -> str:
    """Each button as what it does and of what."""
    found = re.findall(r"'action_id': 'incident:(\w+)[^']*'.*?'value': '([^']*)'", blocks)
    return " ".join(f"{what}', 'value': '{of}'" for what, of in found)


async def test_who_mended_the_data_may_hear_that_it_is_right_now() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        asked = await scene.questions()
        await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-1")
        await scene.do(respond.acknowledge, 1, "bob")
        first = str((await scene.read(asked["owner-1"])).blocks)
        await scene.do(respond.confirm_data, 1, "owner-1", of="flow-1")

        incident = await scene.incident()
        assert "that its data is wrong: came twice" in first
        assert "It is right now" in first
        assert (incident.state, incident.awaiting) == (State.VERIFYING, ("owner-0",))
        assert incident.holder == "bob"
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")
        assert (await scene.incident()).state is State.RESOLVED


async def test_one_that_fails_again_takes_no_question_from_the_others() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        asked = await scene.questions()
        group = (FailedRecords(text=ERROR, count=30),)
        for _ in range(2):
            seen = Reading(at=scene.now, signals={Signal.FAILED: 30.0}, failed=group)
            await scene.records(seen, check="flow-1/api")
            scene.later(MINUTE)
        await scene.do(respond.acknowledge, 1, "bob")

        mine = str((await scene.read(asked["owner-0"])).blocks)
        theirs = str((await scene.read(asked["owner-1"])).blocks)
        assert "'Data is right'" in mine
        assert "'Data is right'" not in theirs
        with pytest.raises(Refused, match="It fails now"):
            await scene.do(respond.confirm_data, 1, "owner-1", of="flow-1")
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")
        incident = await scene.incident()
        assert (incident.state, incident.confirmed) == (State.ACKNOWLEDGED, ("flow-0",))


async def test_wrong_after_the_end_is_of_one_connection_and_the_others_stay_asked() -> None:
    async with await outage([(20, 0), (30, 0), (40, 0)]) as scene:
        await scene.look([(0, 0)] * 3, broken=False)
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")
        await scene.do(respond.resolve, 1, "bob", "restarted")
        posted = await scene.post()
        asked = {str(one.to): one for one in posted if one.what is What.DATA_AFTER_END}
        await scene.do(respond.reject_data, 1, "owner-1", "came twice")

        incident = await scene.incident()
        assert incident.confirmed == ("flow-0",)
        assert [one.connection for one in incident.denied] == ["flow-1"]
        shown = str((await scene.read(asked["person:owner-2"])).blocks)
        assert "reject_data" in shown
        assert "confirm_data" in shown
        await scene.do(respond.confirm_data, 1, "owner-2")
        await scene.do(respond.confirm_data, 1, "owner-1")
        assert (await scene.incident()).state is State.RESOLVED


async def test_the_second_rung_and_every_form_are_headed_by_the_shared_cause() -> None:
    async with await outage([(20, 5), (30, 6), (40, 7)]) as scene:
        await scene.post()
        await scene.tick(HOUR)
        pings = [one for one in await scene.post() if one.what is What.PING]
        said = str((await scene.read(pings[-1])).blocks)
        incident = await scene.incident()

        assert "Big ERP: 3 connections are failing." in said
        assert "*Waiting:* 18 records on 3 connections" in said
        assert "*Error:* Flow A: posting group missing" in said
        assert said.count("Flow A") == 1
        for form in (
            of_incidents.Resolve.shown(incident, end.LooseEnds(), scene.writer),
            of_incidents.NoteForm.shown(incident),
            of_incidents.HandOver.shown(incident, ()),
        ):
            assert "Flow A" not in str(form)
        assert "Big ERP: 3 connections*" in str(
            of_incidents.Resolve.shown(incident, end.LooseEnds(), scene.writer)
        )


async def test_what_is_stuck_is_told_for_each_connection() -> None:
    async with await outage([(20, 5), (1_300, 6), (40, 7)]) as scene:
        said = str(failed_records.of_which(await scene.view(), scene.writer).blocks)

        assert "INC-1: 1,360 records on 3 connections" in said
        assert "*1,300 ×* Flow B: `/conn stuck flow-1`\\n*40 ×* Flow C" in said


async def test_a_ping_by_another_way_speaks_of_the_whole() -> None:
    async with await outage([(20, 5), (30, 6)]) as scene:
        letter = OutboxMessage(
            id=1,
            kind="say",
            stream="fallback:bob",
            subject="incident:1",
            to=ToPersonElsewhere("bob"),
            what=What.PING,
            facts={"rung": 1},
            created_at=scene.now,
        )
        written = await scene.do(fallback.write, letter)

        assert written.title == "Big ERP: 2 connections are failing (INC-1)"
        assert "Error: Flow A: posting group missing" in written.body
        assert written.body.count("Flow A") == 1


async def a_lease_later(scene: Outage) -> list[OutboxMessage]:
    """Who is asked again for their word on the data, an hour on."""
    scene.later(HOUR)
    while await scene.tick():
        continue
    return [one for one in await scene.post() if one.what is What.CONFIRM_NUDGE]


async def test_while_it_is_open_whoever_has_not_answered_is_reminded_three_times() -> None:
    async with await outage([(20, 0), (30, 0), (40, 0)]) as scene:
        await scene.look([(0, 0)] * 3, broken=False)
        await scene.post()
        await scene.do(respond.confirm_data, 1, "owner-2", of="flow-2")
        await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-1")

        asked = [[str(one.to) for one in await a_lease_later(scene)] for _ in range(5)]
        assert asked == [["person:owner-0"]] * 3 + [[], []]


async def test_an_answer_ends_the_reminders_and_they_say_so() -> None:
    async with await outage([(20, 0), (30, 0)]) as scene:
        await scene.look([(0, 0)] * 2, broken=False)
        await scene.post()
        await scene.do(respond.reject_data, 1, "owner-1", "came twice", of="flow-1")
        [reminder] = await a_lease_later(scene)
        before = (await scene.read(reminder)).text
        await scene.do(respond.confirm_data, 1, "owner-0", of="flow-0")

        assert "waits for your word on the data" in before
        assert "nothing of yours waits" in (await scene.read(reminder)).text
        assert [await a_lease_later(scene) for _ in range(3)] == [[], [], []]
