"""The governance rounds: told once, to the person concerned, when it is due; and a whole year."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.core.estate.catalogue import Catalogue, Owners, Person
from bot.core.estate.history import Change, Release
from bot.core.estate.ledger import HANDOVER_ITEMS
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.core.people.presence import Absence, AbsenceKind
from bot.flows.estate import ledger
from bot.flows.governance import attestation, audit
from bot.language.errors import Refused
from tests.builders import DAY, HOUR, NOW, a_person, knowledge_of
from tests.core.governance.test_governance import (
    REACHABLE,
    a_sound_connection,
    a_sound_estate,
    going_live,
)
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAR = 10_000 * DAY  # an interval that no test reaches


def quiet(estate: Catalogue, **changes: Any) -> Catalogue:
    """The estate without attestations, unless the test is about them."""
    return replace(
        estate, governance=replace(estate.governance, **{"attest_every": FAR, **changes})
    )


@dataclass
class Story:
    """An estate that is edited as time goes by, and what people were told."""

    scene: Scene
    told: list[tuple[datetime, OutboxMessage]] = field(default_factory=list)

    async def reads(self, estate: Catalogue) -> None:
        self.scene.knowledge = knowledge_of(estate)
        await self.scene.do(ledger.record, knowledge=knowledge_of(estate))

    async def lives(self, days: int) -> list[tuple[str, What, list[str]]]:
        """Let days go by, the rounds done every six hours; returns what was said."""
        before = len(self.told)
        for _ in range(days * 4):
            self.scene.later(6 * HOUR)
            await self.scene.do(audit.tick)
            posted = await self.scene.post()
            self.told += [(self.scene.now, letter) for letter in posted if letter.what]
        return [
            (letter.person, letter.what, keys_of(letter))
            for _, letter in self.told[before:]
            if letter.what
        ]

    async def open_keys(self) -> set[str]:
        return set(await self.scene.run(lambda tx: tx.open_findings()))


def keys_of(letter: OutboxMessage) -> list[str]:
    return [row.get("key", row.get("connection", "")) for row in letter.facts.get("rows", [])]


Begin = Callable[[Catalogue], Awaitable[Story]]


@pytest.fixture
async def begin() -> AsyncIterator[Begin]:
    """Begins a story with an estate; its database is closed when the test ends."""
    async with AsyncExitStack() as stack:

        async def a_story(estate: Catalogue) -> Story:
            story = Story(await stack.enter_async_context(await Scene.open(estate)))
            await story.reads(estate)
            await story.scene.do(audit.tick)
            return story

        yield a_story


UNCOVERED = a_sound_connection(ladder=())
STALE = Change(connection="orders", at=NOW - DAY, what="Moved", by="bob", approved_by="alice")


async def test_the_first_audit_writes_to_nobody(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(UNCOVERED)))

    assert await story.scene.said() == []
    assert await story.open_keys() == {"no-cover/orders"}


async def test_an_urgent_finding_is_told_the_next_morning_and_never_again(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(UNCOVERED)))

    first = await story.lives(2)
    later = await story.lives(14)

    assert first == [("alice", What.FINDINGS, ["no-cover/orders"])]
    assert later == []


async def test_other_findings_wait_for_monday(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(changes=(STALE,))))

    week = await story.lives(6)
    monday = await story.lives(2)

    assert week == []
    assert monday == [("alice", What.FINDINGS, ["docs-stale/orders"])]
    assert story.told[-1][0].isoweekday() == 1


async def test_a_finding_that_comes_back_is_told_again(begin: Begin) -> None:
    bad, good = quiet(a_sound_estate(UNCOVERED)), quiet(a_sound_estate())
    story = await begin(bad)
    await story.lives(2)
    await story.reads(good)
    silent = await story.lives(2)
    await story.reads(bad)

    again = await story.lives(2)

    assert silent == []
    assert again == [("alice", What.FINDINGS, ["no-cover/orders"])]


async def test_a_finding_follows_the_person_it_goes_to(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(UNCOVERED)))
    await story.lives(2)
    owners = replace(UNCOVERED.owners, technical="bob")
    await story.reads(quiet(a_sound_estate(replace(UNCOVERED, owners=owners))))

    said = await story.lives(2)

    assert ("bob", What.FINDINGS, ["no-cover/orders"]) in said


async def test_a_connection_that_fails_the_gate_is_told_every_morning_until_it_passes(
    begin: Begin,
) -> None:
    lacking = quiet(a_sound_estate(going_live(entities=()), parties=REACHABLE))
    story = await begin(lacking)

    three = await story.lives(3)
    await story.reads(quiet(a_sound_estate(going_live(), parties=REACHABLE)))
    after = await story.lives(3)

    assert three == [("alice", What.FINDINGS, ["gate/orders"])] * 3
    assert after == []


async def test_a_row_says_when_it_was_first_and_last_seen(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(changes=(STALE,))))
    await story.lives(8)

    (row,) = story.told[0][1].facts["rows"]

    assert datetime.fromisoformat(row["first_seen"]) == NOW
    assert datetime.fromisoformat(row["last_seen"]) == story.told[0][0]
    assert row["do"].startswith("Read them through")


async def test_scores_make_a_trend_with_one_entry_a_day(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate(UNCOVERED)))
    await story.lives(3)
    await story.reads(quiet(a_sound_estate()))
    await story.lives(2)

    view = await story.scene.do(audit.view)

    assert [one.findings for one in view.trend] == [1, 1, 1, 1, 0, 0]
    assert len({one.day for one in view.trend}) == 6


async def test_owners_are_asked_reminded_and_then_it_is_a_finding(begin: Begin) -> None:
    estate = a_sound_estate()
    story = await begin(
        replace(estate, governance=replace(estate.governance, attest_every=30 * DAY))
    )
    await story.lives(29)
    assert story.told == []

    asked = await story.lives(2)
    reminded = await story.lives(15)
    await story.lives(8)

    assert sorted(to for to, what, _ in asked if what is What.ATTEST) == [
        "alice",
        "architect",
        "data-owner",
    ]
    assert sum(what is What.ATTEST for _, what, _ in reminded) == 6  # two reminders each
    assert "not-confirmed-technical/orders" in await story.open_keys()


async def test_who_confirms_is_left_alone_and_the_audit_shows_the_day(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    scene = story.scene
    await scene.do(attestation.start)
    for person in ("alice", "data-owner", "architect"):
        await scene.do(attestation.confirm_all, person)
    await scene.post()

    said = await story.lives(30)

    view = await scene.do(audit.view)
    owned = view.audit.connections["orders"].answers[0]
    assert said == []
    assert f"Confirmed on {NOW.date()}" in owned.evidence


async def asked_about(scene: Scene, person: str) -> int:
    await scene.do(attestation.start)
    items = await scene.run(lambda tx: tx.open_attestations())
    return next(one.id for one in items if one.person == person)


async def test_who_says_not_mine_sends_it_to_their_manager_until_the_file_is_mended(
    begin: Begin,
) -> None:
    story = await begin(quiet(a_sound_estate()))
    scene = story.scene
    number = await asked_about(scene, "alice")
    await scene.post()

    boss = await scene.do(attestation.deny, number, "alice")
    told = await scene.said()
    await story.lives(1)
    while_wrong = await story.open_keys()
    owners = replace(a_sound_connection().owners, technical="bob")
    await story.reads(quiet(a_sound_estate(a_sound_connection(owners=owners))))
    await story.lives(1)

    assert boss == "manager"
    assert told == [("person:manager", What.NOT_MINE)]
    assert "not-mine-technical/orders" in while_wrong
    assert "not-mine-technical/orders" not in await story.open_keys()


async def test_only_the_person_asked_can_answer(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    number = await asked_about(story.scene, "alice")

    with pytest.raises(Refused, match="somebody else"):
        await story.scene.do(attestation.confirm, number, "charlie")


async def test_a_handover_is_announced_entered_walked_and_remembered(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    scene = story.scene
    number = await asked_about(scene, "alice")
    await scene.post()

    owner = await scene.do(attestation.hand_over, number, "alice", "bob")
    announced = await scene.said()
    scene.later(DAY)
    owners = replace(a_sound_connection().owners, technical="bob")
    await story.reads(quiet(a_sound_estate(a_sound_connection(owners=owners))))
    checklist = await scene.said()
    (handover,) = await scene.run(lambda tx: tx.open_handovers())
    partly = await scene.do(ledger.tick_off, handover.id, ("tools", "dossier"), "bob")
    done = await scene.do(ledger.tick_off, handover.id, tuple(HANDOVER_ITEMS), "bob")

    lines = await scene.run(lambda tx: tx.holdings_of("orders"))
    assert owner == "architect"
    assert announced == [("person:architect", What.HANDING_OVER)]
    assert checklist == [("person:bob", What.HANDOVER)]
    assert partly.missing == ("information", "mandate", "drill")
    assert done.finished_at == scene.now
    assert lines[-1].source == "the estate file; handed over by alice"


async def test_nobody_else_can_tick_off_a_handover(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    owners = replace(a_sound_connection().owners, technical="bob")
    await story.reads(quiet(a_sound_estate(a_sound_connection(owners=owners))))
    (handover,) = await story.scene.run(lambda tx: tx.open_handovers())

    with pytest.raises(Refused, match="new owner"):
        await story.scene.do(ledger.tick_off, handover.id, ("tools",), "alice", now=NOW)


async def test_the_ledger_answers_who_it_was_then_and_says_where_it_begins(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    story.scene.later(30 * DAY)
    owners = replace(a_sound_connection().owners, technical="bob")
    changed = quiet(a_sound_estate(a_sound_connection(owners=owners)))
    await story.reads(changed)
    connection = changed.connections["orders"]

    then = await story.scene.do(ledger.as_of_text, connection, NOW + 10 * DAY, NOW + 11 * DAY)
    now = await story.scene.do(ledger.as_of_text, connection, NOW + 40 * DAY, NOW + 41 * DAY)
    before = await story.scene.do(ledger.as_of_text, connection, NOW - DAY, NOW)

    assert "Technical owner: ‹p:alice›" in then
    assert "Technical owner: ‹p:bob›" in now
    assert "begins on" in before
    assert "Technical owner: ‹p:alice›" in before


async def test_a_past_incident_keeps_the_owner_of_its_day(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    scene = story.scene
    await scene.sees(Verdict.FAILING, Verdict.FAILING)
    incident = await scene.live()
    assert incident is not None
    scene.later(DAY)
    owners = replace(a_sound_connection().owners, technical="bob")
    await story.reads(quiet(a_sound_estate(a_sound_connection(owners=owners))))

    assert await scene.do(ledger.owners_then, incident) == "alice"


def the_year(day: int) -> Catalogue:
    """The estate as its file stands on a day of the simulated year."""
    people = {"bob": a_person("bob", manager="manager")}
    if day >= 60:
        people["bob"] = a_person("bob", manager="manager", left=NOW.date() + 100 * DAY)
    owners = Owners(technical="alice", functional="data-owner", architecture="architect")
    if day >= 200:
        owners = replace(owners, technical="charlie")
    read: date = NOW.date() + (170 * DAY if day >= 170 else -10 * DAY)
    connection = a_sound_connection(
        owners=owners,
        first_responder="bob" if day < 120 else "charlie",
    )
    connection = replace(connection, docs=replace(connection.docs, reviewed=read))
    estate = a_sound_estate(
        connection,
        releases=(Release(system="erp", version="26", at=NOW + 150 * DAY),),
        changes=(replace(STALE, at=NOW + 250 * DAY),),
    )
    everybody: dict[str, Person] = {**estate.people, **people}
    charlie = replace(everybody["charlie"], manager="manager")
    return replace(estate, people={**everybody, "charlie": charlie})


# Key → the days it must appear and the days it must go.
EXPECTED: dict[str, tuple[list[int], list[int]]] = {
    # Bob leaves on day 100; the file names a successor from day 120 on.
    "departed/orders": ([100], [120]),
    # A release on day 150 with fourteen days to read it, read on day 170; a change on day 250.
    "docs-stale/orders": ([164, 250], [170]),
    # Nobody says how the release of day 150 was tested: from its freeze on, for two weeks after it.
    "release-untested/orders": ([148], [164]),
    # Charlie takes over when day 200 begins and has fourteen days for the checklist.
    "handover-unfinished-technical/orders": ([213], []),
}


async def test_a_year_of_ownership_raises_every_finding_on_the_day_it_is_due(begin: Begin) -> None:
    story = await begin(quiet(the_year(0), docs_max_age=400 * DAY))
    appeared: dict[str, list[int]] = {}
    gone: dict[str, list[int]] = {}
    before: set[str] = set()

    for day in range(1, 366):
        await story.reads(quiet(the_year(day), docs_max_age=400 * DAY))
        await story.lives(1)
        present = await story.open_keys()
        for key in present - before:
            appeared.setdefault(key, []).append(day)
        for key in before - present:
            gone.setdefault(key, []).append(day)
        before = present

    days = {key: (appeared.get(key, []), gone.get(key, [])) for key in appeared | gone}
    assert days == EXPECTED
    told = [
        (str(letter.to), key) for _, letter in story.told for key in keys_of(letter) if letter.facts
    ]
    assert sorted(told) == sorted(
        [
            ("person:manager", "departed/orders"),
            ("person:alice", "docs-stale/orders"),
            ("person:charlie", "docs-stale/orders"),
            ("person:alice", "release-untested/orders"),
            ("person:charlie", "handover-unfinished-technical/orders"),
        ]
    )


async def test_a_deactivated_account_is_found_the_next_morning(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    gone = Absence(
        person="bob",
        kind=AbsenceKind.DEACTIVATED,
        why="their Slack account is switched off",
        since=NOW,
    )
    await story.scene.run(lambda tx: tx.save_absence(gone))

    said = await story.lives(2)

    assert said == [("manager", What.FINDINGS, ["departed/orders"])]


async def test_the_owner_card_says_who_confirmed_and_who_did_not(begin: Begin) -> None:
    story = await begin(quiet(a_sound_estate()))
    scene = story.scene
    before = await scene.do(attestation.confirmed_text, "orders")
    await scene.do(attestation.start)
    await scene.do(attestation.confirm_all, "alice")

    after = await scene.do(attestation.confirmed_text, "orders")

    assert before == ""
    assert after == (
        f"Confirmed by its owners: technical on {NOW.date()}."
        f" Asked on {NOW.date()}, not confirmed: functional, architecture."
    )
