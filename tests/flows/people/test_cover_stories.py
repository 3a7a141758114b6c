"""People who are away: whoever stands in is asked, and nobody is waited for in vain."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.core.estate.catalogue import Catalogue, Criticality, Hours
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What
from bot.core.people.presence import Absence, AbsenceKind, Cover
from bot.flows import handle_absence, views
from bot.flows.incidents import respond
from bot.language.errors import NotAllowed, NotFound, Refused
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, a_person, an_estate
from tests.flows.incidents.test_respond import broken, running_again
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAILING = Verdict.FAILING


async def covered(scene: Scene, person: str, by: str, until: datetime | None = None) -> None:
    await scene.do(handle_absence.enter, person=person, stand_in=by, until=until, by=person)


async def enters(
    scene: Scene, by: str, person: str = "bob", until: datetime | None = None
) -> Cover:
    """`by` says that charlie, whose manager is lead, covers for `person`."""
    people = scene.knowledge.catalogue.people
    known = {**people, "charlie": a_person("charlie", manager="lead"), "lead": a_person("lead")}
    catalogue = replace(scene.knowledge.catalogue, people=known)
    scene.knowledge = replace(scene.knowledge, catalogue=catalogue)
    return await scene.do(
        handle_absence.enter, person=person, stand_in="charlie", until=until, by=by
    )


def away(person: str, kind: AbsenceKind = AbsenceKind.STATUS) -> Absence:
    return Absence(person=person, kind=kind, why="on holiday", since=NOW)


async def breaks(scene: Scene) -> list[str]:
    await scene.sees(FAILING, FAILING)
    return await scene.pinged()


async def comes_and_goes(scene: Scene, person: str) -> list[str]:
    """Their Slack status says three times that they are away; returns who is pinged meanwhile."""
    pinged = []
    for _ in range(3):
        await scene.do(handle_absence.away, away(person))
        await scene.tick(MINUTE)
        await scene.do(handle_absence.back, person)
        await scene.tick(MINUTE)
        pinged += await scene.pinged()
    return pinged


class TestCover:
    async def test_the_stand_in_gets_the_ping_and_reads_for_whom(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie", scene.now + 8 * HOUR)
            await scene.post()

            await scene.sees(FAILING, FAILING)
            ping = next(letter for letter in await scene.post() if letter.what is What.PING)

            assert str(ping.to) == "person:charlie"
            assert ping.facts["covers"] == "bob"
            assert ping.facts["until"] is not None

    async def test_both_people_are_told_when_it_begins_and_when_it_ends(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie", scene.now + HOUR)

            begun = await scene.said()
            touched = await scene.tick(HOUR)
            ended = await scene.said()

            both = ["person:bob", "person:charlie"]
            assert sorted(begun) == [(to, What.COVER_BEGINS) for to in both]
            assert touched == 1
            assert sorted(ended) == [(to, What.COVER_ENDS) for to in both]

    async def test_after_its_end_the_person_is_pinged_again(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie", scene.now + HOUR)
            await scene.tick(HOUR)
            await scene.post()

            assert await breaks(scene) == ["bob"]

    async def test_back_early_the_person_ends_it(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie")
            await scene.do(handle_absence.cancel, person="bob", by="bob")
            await scene.post()

            assert await breaks(scene) == ["bob"]

    async def test_a_newer_cover_replaces_the_older(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie")
            await covered(scene, "bob", "alice")
            await scene.post()

            view = await scene.do(handle_absence.listed)

            assert [(one.person, one.by) for one in view.covers] == [("bob", "alice")]
            assert await breaks(scene) == ["alice"]

    async def test_a_cover_entered_during_an_incident_pings_the_stand_in_at_once(self) -> None:
        async with await broken() as scene:
            await covered(scene, "bob", "charlie")

            assert await scene.pinged() == ["charlie"]
            assert "charlie" in (await scene.incident()).stand_ins

    async def test_a_stand_in_may_do_what_the_person_could(self) -> None:
        async with await broken() as scene:
            await covered(scene, "bob", "charlie")

            after = await scene.do(respond.resolve, 1, "charlie", "restarted")

            assert after.state is State.RESOLVED

    async def test_a_stand_in_confirms_the_data_of_its_owner(self) -> None:
        async with await running_again() as scene:
            await covered(scene, "data-owner", "charlie")

            after = await scene.do(respond.confirm_data, 1, "charlie")

            assert (after.state, after.data_confirmed_by) == (State.RESOLVED, "charlie")

    async def test_the_question_about_the_data_goes_to_the_stand_in(self) -> None:
        async with await broken() as scene:
            await covered(scene, "data-owner", "charlie")
            await scene.post()

            await scene.sees(Verdict.OK, Verdict.OK)

            assert ("person:charlie", What.CONFIRM_DATA) in await scene.said()

    async def test_somebody_without_a_part_in_it_may_not_enter_it(self) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(NotAllowed, match="managers or an architecture owner"):
                await scene.do(
                    handle_absence.enter, person="bob", stand_in="alice", until=None, by="charlie"
                )

            assert await scene.said() == []

    @pytest.mark.parametrize("by", ["bob", "alice", "manager", "architect"])
    async def test_those_concerned_may(self, by: str) -> None:
        async with await Scene.open() as scene:
            made = await scene.do(
                handle_absence.enter, person="bob", stand_in="alice", until=None, by=by
            )

            assert (made.person, made.by, made.entered_by) == ("bob", "alice", by)

    @pytest.mark.parametrize("by", ["bob", "manager", "architect"])
    async def test_who_may_speak_for_the_absent_one_is_believed_at_once(self, by: str) -> None:
        async with await broken() as scene:
            await enters(scene, by)

            assert await scene.pinged() == ["charlie"]

    @pytest.mark.parametrize("by", ["charlie", "lead"])
    async def test_the_stand_in_and_their_own_manager_are_not(self, by: str) -> None:
        async with await broken() as scene:
            asked = await enters(scene, by)

            said = await scene.said()
            view = await scene.do(handle_absence.listed)
            assert not asked.agreed
            assert sorted(said) == [
                (f"person:{who}", What.COVER_ASKED) for who in ("bob", "manager")
            ]
            assert (view.covers, view.asked) == ((), (asked,))
            with pytest.raises(NotAllowed):
                await scene.do(respond.resolve, 1, "charlie", "restarted")

    async def test_without_a_manager_the_architecture_owners_are_asked(self) -> None:
        async with await Scene.open() as scene:
            await enters(scene, "charlie", person="alice")

            asked = [to for to, what in await scene.said() if what is What.COVER_ASKED]
            assert asked == ["person:alice", "person:architect"]

    @pytest.mark.parametrize("by", ["bob", "manager", "architect"])
    async def test_it_begins_once_one_of_those_agrees(self, by: str) -> None:
        async with await broken() as scene:
            asked = await enters(scene, "charlie")
            await scene.post()
            scene.later(HOUR)

            begun = await scene.do(handle_absence.agree, asked.id, yes=True, by=by)

            assert (begun.since, begun.entered_by, begun.decided_by) == (scene.now, "charlie", by)
            said = await scene.said()
            assert ("person:bob", What.COVER_BEGINS) in said
            assert ("person:charlie", What.PING) in said
            with pytest.raises(Refused, match=f"‹p:{by}› agreed to it"):
                await scene.do(handle_absence.agree, asked.id, yes=False, by="bob")

    @pytest.mark.parametrize("by", ["charlie", "lead", "dora"])
    @pytest.mark.parametrize("yes", [True, False])
    async def test_nobody_else_decides_it(self, by: str, yes: bool) -> None:
        async with await broken() as scene:
            asked = await enters(scene, "charlie")

            with pytest.raises(NotAllowed, match="whoever is away, their manager"):
                await scene.do(handle_absence.agree, asked.id, yes=yes, by=by)

    async def test_a_no_is_told_to_the_stand_in_and_changes_nothing(self) -> None:
        async with await broken() as scene:
            asked = await enters(scene, "charlie")
            await scene.post()

            await scene.do(handle_absence.agree, asked.id, yes=False, by="bob")

            assert [one for one in await scene.said() if one[1] is not None] == [
                ("person:charlie", What.COVER_DECLINED)
            ]
            with pytest.raises(Refused, match="‹p:bob› ended it"):
                await scene.do(handle_absence.agree, asked.id, yes=True, by="manager")

    async def test_a_request_leaves_the_cover_that_stands_until_it_is_agreed_to(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "alice")
            asked = await enters(scene, "charlie")
            before = await scene.do(handle_absence.listed)
            await scene.do(handle_absence.agree, asked.id, yes=True, by="bob")
            after = await scene.do(handle_absence.listed)

            assert [one.by for one in before.covers] == ["alice"]
            assert [one.by for one in after.covers] == ["charlie"]

    async def test_a_request_lapses_with_its_time_and_is_withdrawn_or_made_anew(self) -> None:
        async with await Scene.open() as scene:
            first = await enters(scene, "charlie", until=scene.now + HOUR)
            second = await enters(scene, "charlie", until=scene.now + 2 * HOUR)
            for number in (first.id, 99):
                with pytest.raises((Refused, NotFound)):
                    await scene.do(handle_absence.agree, number, yes=True, by="bob")
            await scene.post()

            await scene.tick(2 * HOUR)

            assert What.COVER_ENDS not in [what for _, what in await scene.said()]
            with pytest.raises(Refused, match="Its time is over"):
                await scene.do(handle_absence.agree, second.id, yes=True, by="bob")
            third = await enters(scene, "charlie")
            withdrawn = await scene.do(handle_absence.cancel, person="bob", by="charlie")
            assert (withdrawn.id, withdrawn.agreed) == (third.id, False)

    async def test_somebody_outside_the_catalogue_cannot_cover(self) -> None:
        async with await Scene.open() as scene:
            with pytest.raises(NotFound, match="not in the catalogue"):
                await covered(scene, "bob", "slack:U0STRANGER")


class TestAbsence:
    async def test_the_next_rung_is_pinged_at_once_and_the_manager_is_told(self) -> None:
        async with await Scene.open() as scene:
            await scene.do(handle_absence.away, away("bob"))

            await scene.sees(FAILING, FAILING)
            said = await scene.said()

            assert ("person:alice", What.PING) in said
            assert ("person:bob", What.PING) not in said
            assert ("person:manager", What.AWAY) in said
            assert "away" in await scene.kinds()

    async def test_it_is_told_once_for_each_incident(self) -> None:
        async with await Scene.open() as scene:
            await scene.do(handle_absence.away, away("bob"))
            await scene.sees(FAILING, FAILING)

            said = await scene.said()
            for _ in range(5):
                await scene.tick(30 * MINUTE)
                said += await scene.said()

            assert said.count(("person:manager", What.AWAY)) == 1

    async def test_an_account_deactivated_during_an_incident_hurries_the_ladder(self) -> None:
        async with await broken() as scene:
            await scene.do(handle_absence.away, away("bob", AbsenceKind.DEACTIVATED))

            await scene.tick()

            assert await scene.pinged() == ["alice"]

    async def test_the_same_news_again_hurries_nobody(self) -> None:
        async with await broken() as scene:
            await scene.do(handle_absence.away, away("bob"))
            await scene.tick()
            await scene.post()

            await scene.do(handle_absence.away, away("bob"))

            assert await scene.tick() == 0

    @pytest.mark.parametrize(
        "other",
        [{"kind": AbsenceKind.DEACTIVATED}, {"why": "ill"}, {"until": NOW + 90 * DAY}, {}],
        ids=str,
    )
    async def test_another_word_on_the_same_absence_pings_nobody_twice(
        self, other: dict[str, Any]
    ) -> None:
        async with await broken() as scene:
            for _ in range(6):
                await scene.tick(30 * MINUTE)
            incident = (await scene.lives())[0]
            (last, *_) = incident.ladder[incident.rung].people
            await scene.do(handle_absence.away, away(last))
            await scene.tick()
            await scene.post()

            await scene.do(handle_absence.away, replace(away(last), **other))
            await scene.tick()

            assert await scene.pinged() == []

    @pytest.mark.parametrize(
        ("escalations", "leaves", "hurried"),
        [(0, "bob", ["alice"]), (2, "architect", ["alice"]), (3, "manager", [])],
        ids=["with others above", "alone on the last rung", "one of two on the last rung"],
    )
    async def test_a_status_that_comes_and_goes_hurries_the_ladder_once(
        self, escalations: int, leaves: str, hurried: list[str]
    ) -> None:
        async with await broken() as scene:
            if leaves == "architect":
                await scene.do(handle_absence.away, away("manager"))
            for _ in range(escalations):
                await scene.tick(HOUR)
            await scene.post()

            assert await comes_and_goes(scene, leaves) == hurried

    async def test_with_a_cover_only_the_stand_in_counts(self) -> None:
        async with await Scene.open() as scene:
            await covered(scene, "bob", "charlie")
            await scene.do(handle_absence.away, away("bob"))
            await scene.post()

            assert await breaks(scene) == ["charlie"]

    async def test_whoever_is_back_is_pinged_again(self) -> None:
        async with await Scene.open() as scene:
            await scene.do(handle_absence.away, away("bob"))
            await scene.do(handle_absence.back, "bob")

            assert await breaks(scene) == ["bob"]


class TestWorkingHours:
    def estate(self, criticality: Criticality) -> Catalogue:
        hours = Hours(
            days=(1, 2, 3, 4, 5), start=NOW.time(), end=NOW.replace(hour=17).time(), timezone="UTC"
        )
        people = {
            key: a_person(key, hours=hours)
            for key in ("alice", "bob", "architect", "data-owner", "manager")
        }
        return an_estate(a_connection(criticality=criticality), people=people)

    async def test_at_night_what_can_wait_wakes_nobody_further_up(self) -> None:
        async with await Scene.open(self.estate(Criticality.IMPORTANT)) as scene:
            scene.now = NOW.replace(hour=1)
            first = await breaks(scene)

            pinged = []
            for _ in range(6):
                await scene.tick(HOUR)
                pinged += await scene.pinged()
            scene.now = NOW
            await scene.tick()

            assert (first, pinged) == (["bob"], [])
            assert await scene.pinged() == ["alice"]

    async def test_the_card_says_who_is_pinged_in_the_morning(self) -> None:
        async with await Scene.open(self.estate(Criticality.IMPORTANT)) as scene:
            scene.now = NOW.replace(hour=1)
            await breaks(scene)
            await scene.tick()

            view = await scene.do(views.incident_view, 1)

            assert view is not None
            assert view.next_ping == (NOW, ("alice",))

    async def test_at_night_what_is_critical_climbs_as_by_day(self) -> None:
        async with await Scene.open(self.estate(Criticality.CRITICAL)) as scene:
            scene.now = NOW.replace(hour=1)
            first = await breaks(scene)
            await scene.tick(15 * MINUTE)

            assert (first, await scene.pinged()) == (["bob"], ["alice"])

    async def test_in_the_evening_a_status_that_comes_and_goes_calls_those_below_once(self) -> None:
        estate = self.estate(Criticality.IMPORTANT)
        always = {**estate.people, "bob": a_person("bob", manager="manager")}
        async with await Scene.open(replace(estate, people=always)) as scene:
            scene.now = NOW.replace(hour=16, minute=40)
            first = await breaks(scene)
            await scene.tick(15 * MINUTE)

            assert (first, await scene.pinged()) == (["bob"], ["alice"])
            scene.later(10 * MINUTE)
            assert await comes_and_goes(scene, "alice") == ["bob"]
