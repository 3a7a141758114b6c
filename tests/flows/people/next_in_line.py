"""Who is asked next when somebody is not named, not there, or does not answer: each place that
decides it, in each situation.

`python -m tests.flows.people.next_in_line` writes the table anew. It is run when a place is meant
to decide otherwise; the difference is then the decision.

Of the connection `orders`, Rita responds, Tom is the technical, Fay the functional and Arno the
architecture owner; the manager of the first three is Mona, and the ladder goes on to Lena. Eva is
the architecture owner of the rest of the estate, and Stan stands in wherever somebody is covered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.ask import answer_texts
from bot.core.ask.answer import AskedQuestion
from bot.core.ask.question_shapes import Intent
from bot.core.changes.approvers import approvals_for
from bot.core.changes.change_request import ChangeKind
from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Credential,
    LadderRung,
    Owners,
    owner_facts,
)
from bot.core.estate.index import index_of
from bot.core.estate.lane import Layer
from bot.core.governance.audit.situation import NOTHING_LIVE, Situation
from bot.core.governance.credential_expiry import CredentialWatch, recipient, subjects
from bot.core.incidents import escalation
from bot.core.incidents.incident import Incident, State
from bot.core.incidents.notices import Undelivered
from bot.core.outbox.notice import What
from bot.core.people.next_in_line import Purpose, estate_owners, first_in_line
from bot.core.people.presence import Absence, AbsenceKind, Cover
from bot.flows import handle_absence
from bot.flows.changes import unannounced
from bot.flows.incidents import end, ping
from bot.flows.people.presence import attendance_for, presence_now
from tests.builders import DAY, NOW, a_connection, a_person, an_estate, an_incident
from tests.core.changes.test_change_request import a_request
from tests.flows.scene import Scene

KEPT = Path(__file__).with_suffix(".txt")
LONGEST = 12  # of a line of people; beyond it somebody is asked in a circle
NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What differs from the estate above."""

    named: dict[str, Any] = field(default_factory=dict)  # fields of the connection
    owners: dict[str, str | None] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    covered: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()  # not in the catalogue at all


LEFT = {"left": (NOW - DAY).date()}
NO_MANAGER = {one: {"manager": None} for one in ("rita", "tom", "fay")}
NO_OWNERS: dict[str, str | None] = {"technical": None, "functional": None, "architecture": None}
ALONE: dict[str, str | None] = {"technical": "rita", "functional": "rita", "architecture": "rita"}
CASES = {
    "everybody is named and there": Case(),
    "no first responder is named": Case(named={"first_responder": None}),
    "no technical owner is named": Case(owners={"technical": None}),
    "neither responder nor technical owner is named": Case(
        named={"first_responder": None}, owners={"technical": None}
    ),
    "no functional owner is named": Case(owners={"functional": None}),
    "no architecture owner is named": Case(owners={"architecture": None}),
    "only the architecture owner is named": Case(
        named={"first_responder": None}, owners={"technical": None, "functional": None}
    ),
    "nobody is named": Case(
        named={"first_responder": None},
        owners=dict.fromkeys(("technical", "functional", "architecture")),
    ),
    "nobody has a manager": Case(people=NO_MANAGER),
    "nobody has a manager, and no architecture owner is named": Case(
        people=NO_MANAGER, owners={"architecture": None}
    ),
    "the responder is everything": Case(owners=ALONE),
    "the responder is everything and has no manager": Case(owners=ALONE, people=NO_MANAGER),
    "the responder is covered": Case(covered=("rita",)),
    "the responder is away": Case(away=("rita",)),
    "the technical owner is covered": Case(covered=("tom",)),
    "the technical owner is away": Case(away=("tom",)),
    "the technical owner has left": Case(people={"tom": LEFT}),
    "the functional owner is covered": Case(covered=("fay",)),
    "the functional owner is away": Case(away=("fay",)),
    "the manager is covered": Case(covered=("mona",)),
    "the manager is away": Case(away=("mona",)),
    "the manager has left": Case(people={"mona": LEFT}),
    "the manager is not in the catalogue": Case(unlisted=("mona",)),
    "the architecture owner is covered": Case(covered=("arno",)),
    "the architecture owner is away": Case(away=("arno",)),
    "the architecture owner has left": Case(people={"arno": LEFT}),
    "manager and architecture owner are away": Case(away=("mona", "arno")),
    "responder, manager and architecture owner are away": Case(away=("rita", "mona", "arno")),
    "all but the estate owner are away": Case(away=("rita", "tom", "fay", "mona", "arno")),
    "all but the estate owner have left": Case(
        people=dict.fromkeys(("rita", "tom", "fay", "mona", "arno"), LEFT)
    ),
}


def estate(case: Case) -> Catalogue:
    owners = {"technical": "tom", "functional": "fay", "architecture": "arno"} | case.owners
    key = Credential(id="key", name="Key", expires=(NOW + 5 * DAY).date())
    orders = a_connection(
        **{
            "owners": Owners(**owners),
            "first_responder": "rita",
            "ladder": (LadderRung(after=timedelta(minutes=15), people=("lena",)),),
            "credentials": (key,),
        }
        | case.named
    )
    rest = [
        a_connection(id=id, name=id, owners=Owners(architecture="eva")) for id in ("stock", "hr")
    ]
    people = {id: {"manager": "mona"} for id in ("rita", "tom", "fay")}
    people |= {id: {} for id in ("lena", "mona", "arno", "eva", "stan")}
    listed = [
        a_person(id, **facts | case.people.get(id, {}))
        for id, facts in people.items()
        if id not in case.unlisted
    ]
    return an_estate(orders, *rest, people={one.id: one for one in listed})


class Stage(Scene):
    """The estate of one case, with whoever is covered or away, and an incident of `orders`."""

    case: Case

    @property
    def orders(self) -> Connection:
        return self.knowledge.catalogue.connections["orders"]

    @property
    def situation(self) -> Situation:
        return Situation(catalogue=self.knowledge.catalogue, live=NOTHING_LIVE, now=self.now)

    async def broken(self, **changes: Any) -> Incident:
        """One that was just opened, as the record has it."""
        ladder = escalation.ladder_for(self.knowledge.catalogue, self.orders)
        one = replace(an_incident(ladder=ladder, rung=-1), **changes)
        return await self.run(lambda tx: tx.add_incident(one))

    async def told(self, what: What) -> str:
        """To which people something of that kind was said."""
        said = [to.removeprefix("person:") for to, one in await self.said() if one is what]
        return _line(one for one in said if one != "channel")


def _line(people: Iterable[str | None]) -> str:
    return ", ".join(one for one in people if one) or NOBODY


async def _ladder(stage: Stage) -> str:
    """Whom it pings, one after the other, until it turns in a circle."""
    one, rungs = await stage.broken(), []
    attendance = await stage.do(attendance_for, one)
    while one.rung + 1 < len(one.ladder) and len(rungs) < LONGEST:
        step = escalation.escalate(one, stage.now, attendance)
        one = step.incident
        rungs.append("+".join(step.people) or NOBODY)
    return " > ".join(rungs)


async def _away(stage: Stage) -> str:
    """Of whoever is told in person that the first responder is away."""
    one = await stage.broken()
    await stage.do(ping.tell_away, one, "rita", "sick")
    return await stage.told(What.AWAY)


async def _undelivered(stage: Stage) -> str:
    told = Undelivered(person="rita", why="user_not_found", escalates=True)
    await stage.do(ping.tell_undelivered, await stage.broken(), told)
    return await stage.told(What.UNDELIVERED)


async def _unnamed(stage: Stage) -> str:
    """Who is told that nobody is named to be pinged."""
    one = await stage.broken()
    await stage.do(ping.tell_unnamed, one, [stage.orders])
    return await stage.told(What.NOBODY)


async def _owners(stage: Stage) -> str:
    """Who is told besides those pinged."""
    one = await stage.broken()
    await stage.do(ping.alert_owners, one)
    return await stage.told(What.OWNER_ALERT)


async def _review(stage: Stage, holder: str | None, asks: int) -> str:
    over = {"state": State.RESOLVED, "holder": holder, "review_asks": asks}
    one = await stage.broken(**over)
    await stage.do(end.ask_for_review, one)
    return await stage.told(What.REVIEW_WANTED)


async def _above(stage: Stage) -> str:
    """Who is told about the responder, and about the architecture owner."""
    found = [stage.situation.superior(one, stage.orders) for one in ("rita", "arno")]
    return " / ".join(one or NOBODY for one in found)


async def _teller(stage: Stage) -> str:
    """Who is told of a gap, by the layer that it concerns."""
    found = {one.value: stage.situation.reachable_owner(stage.orders, one) for one in Layer}
    return ", ".join(f"{layer}: {one or NOBODY}" for layer, one in found.items())


async def _architecture_owner(stage: Stage) -> str:
    """Who guards the whole estate: to the audit, and to what tells all of them."""
    every = estate_owners(stage.knowledge.catalogue)
    return f"{stage.situation.architecture_owner or NOBODY} / {_line(every)}"


async def _answers(stage: Stage) -> str:
    """Whom an answer names where something is missing, and where nobody covers."""
    catalogue, there = stage.knowledge.catalogue, await stage.do(presence_now)
    facts = owner_facts(catalogue, "orders", stage.now, there.cover)
    asked = replace(_question(stage), cover=there.cover, until=there.until)
    said = answer_texts.cover_text(asked, "rita")
    return f"{first_in_line(Purpose.OWNER_MISSING, facts.connection) or NOBODY} / {said}"


async def _approver(stage: Stage) -> str:
    """The same for what the approver answers."""
    catalogue = stage.knowledge.catalogue
    facts = owner_facts(catalogue, "orders", stage.now)
    return " ".join(answer_texts.approver_lines(_question(stage), facts))


def _question(stage: Stage) -> AskedQuestion:
    nothing: dict[str, Any] = {"words": (), "heard": frozenset(), "cover": {}, "until": {}}
    index = index_of(stage.knowledge.catalogue)
    return AskedQuestion(index=index, intent=Intent.APPROVER, now=stage.now, **nothing)


async def _expiry(stage: Stage) -> str:
    """Each hears of it when the one before says that it is not theirs."""
    catalogue, refused = stage.knowledge.catalogue, []
    [one] = subjects(catalogue, (), {})
    watch = CredentialWatch(key=one.key)
    while person := recipient(one, replace(watch, not_mine=tuple(refused)), catalogue):
        refused.append(person)
    return " > ".join(refused) or NOBODY


async def _approvals(stage: Stage, kind: ChangeKind, by: str) -> str:
    """Each is asked when the one before is away too; in the end whoever proposed it."""
    there = await stage.do(presence_now)
    request, asked = a_request(kind=kind, by=by), []
    while len(asked) < LONGEST:
        acting = (there.acting(one) or one for one in asked)
        absent = {**there.absent, **dict.fromkeys(acting, "away")}
        now = replace(there, absent=absent)
        *_, last = approvals_for(request, stage.orders, stage.knowledge.catalogue, now)
        asked.append(last.person)
        if last.person == by or asked.count(last.person) > 1:
            break
    return " > ".join(asked)


async def _data(stage: Stage) -> str:
    """Who says whether the data is right."""
    return first_in_line(Purpose.DATA, stage.orders) or NOBODY


async def _cover(stage: Stage) -> str:
    """Who is asked whether Stan may stand in for the responder, when he says so himself."""
    enter = {"person": "rita", "stand_in": "stan", "until": stage.now + DAY, "by": "stan"}
    await stage.do(handle_absence.enter, **enter)
    return await stage.told(What.COVER_ASKED)


async def _unannounced(stage: Stage) -> str:
    """Who is asked about a change that nobody announced, and who hears that it was not them."""
    about = {"what": "other data", "source": "orders/api"}
    known = await stage.do(unannounced.notice, stage.orders, **about, at=stage.now)
    asked = await stage.told(What.SUSPECTED)
    assert known is not None
    if asked == NOBODY:
        return asked
    by = asked.partition(", ")[0]
    await stage.do(unannounced.not_ours, known.id, by)
    return f"{asked} / {await stage.told(What.NOT_US)}"


Place = Callable[[Stage], Awaitable[str]]
PLACES: dict[str, Place] = {
    "the ladder of an incident pings": _ladder,
    "told that the responder is away": _away,
    "told that the responder cannot be reached": _undelivered,
    "told that nobody is named to be pinged": _unnamed,
    "told besides who is pinged": _owners,
    "says whether the data is right": _data,
    "asked for a review of what nobody had": lambda stage: _review(stage, None, 0),
    "asked for a review of what the responder had": lambda stage: _review(stage, "rita", 0),
    "asked for it when nobody answered": lambda stage: _review(stage, None, 4),
    "asked for it when the responder did not answer": lambda stage: _review(stage, "rita", 4),
    "audit, about the responder / about the architecture owner": _above,
    "audit, about a gap": _teller,
    "guards the estate, to the audit / to notices": _architecture_owner,
    "answers, of what is missing / of who covers the responder": _answers,
    "answers, of who approves": _approver,
    "told that a credential ends": _expiry,
    "approves a normal change that the responder proposes": lambda stage: _approvals(
        stage, ChangeKind.NORMAL, "rita"
    ),
    "approves one that the functional owner proposes": lambda stage: _approvals(
        stage, ChangeKind.NORMAL, "fay"
    ),
    "approves a technical change that the technical owner proposes": lambda stage: _approvals(
        stage, ChangeKind.STANDARD, "tom"
    ),
    "approves the structure, that the architecture owner proposes": lambda stage: _approvals(
        stage, ChangeKind.STRUCTURAL, "arno"
    ),
    "asked whether a stand-in may cover for the responder": _cover,
    "asked about a change nobody announced / hears that it was not them": _unannounced,
}


async def _asked(case: Case, decides: Place) -> str:
    async with await Stage.open(estate(case)) as stage:
        assert isinstance(stage, Stage)
        for person in case.covered:
            cover = Cover(id=0, person=person, by="stan", since=NOW, entered_by=person)
            await stage.run(lambda tx, one=cover: tx.add_cover(one))
        for person in case.away:
            absence = Absence(person=person, kind=AbsenceKind.STATUS, why="sick", since=NOW)
            await stage.run(lambda tx, one=absence: tx.save_absence(one))
        return await decides(stage)


async def _decisions(case: Case) -> dict[str, str]:
    return {place: await _asked(case, decides) for place, decides in PLACES.items()}


async def table() -> str:
    """By case, what each place decides; after the first, only what is otherwise there."""
    ordinary: dict[str, str] = {}
    blocks = []
    for name, case in CASES.items():
        found = await _decisions(case)
        lines = [
            f"    {place}: {found[place]}"
            for place in PLACES
            if found[place] != ordinary.get(place)
        ]
        blocks.append("\n".join((name, *lines)))
        ordinary = ordinary or found
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    KEPT.write_text(asyncio.run(table()), encoding="utf-8")
