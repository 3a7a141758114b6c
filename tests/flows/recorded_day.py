"""A day of a small estate, look by look and tick by tick, and what it leaves behind each hour.

`python -m tests.flows.recorded_day` writes it down anew. It is run when behaviour is meant to
change, never to make a test pass; what changed is read in the difference.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.core.estate.catalogue import Catalogue, Criticality, Hours, LadderRung, Owners, System
from bot.core.estate.lane import Lane
from bot.core.estate.windows import Weekly, Window
from bot.core.knowledge import Knowledge
from bot.core.monitoring.signals import (
    Blind,
    Cause,
    CheckResult,
    FailedRecords,
    Observation,
    Reading,
    Signal,
)
from bot.core.people.presence import Absence, AbsenceKind
from bot.core.triage.playbook import ErrorClass, Playbook
from bot.flows import handle_absence, looks
from bot.flows.incidents import respond
from bot.flows.views import shown
from bot.slack.incidents import card
from bot.slack.text import Writer
from bot.store.store import Store
from tests.builders import (
    HOUR,
    MINUTE,
    NOW,
    a_check,
    a_connection,
    a_person,
    an_estate,
    knowledge_of,
)
from tests.core.triage.test_suggest import entry
from tests.flows.scene import Scene

KEPT = Path(__file__).with_suffix(".jsonl")
_COPIES = ("kind", "said", "resolved_at", "rungs", "recovered")
HOURS, PACE = 24, 3  # of the day; minutes between two looks
DOWN, LOGIN, MISSING, STRANGE = "it-is-down", "login-refused", "no-such-code", "E-4711: odd"
QUIET = ""  # it fails, and says nothing of itself
DEGRADED, BLIND = "(degraded)", "(blind)"
BOOK = Playbook(
    entries=(
        entry(DOWN, ErrorClass.PLATFORM_OUTAGE, lane=Lane.PUBLISHER),
        entry(LOGIN, ErrorClass.CREDENTIALS),
        entry(MISSING, ErrorClass.MASTER_DATA),
    )
)


def at(clock: str) -> int:
    """Minutes from the beginning, at nine, until it is that late."""
    hours, minutes = map(int, clock.split(":"))
    return (hours * 60 + minutes - NOW.hour * 60) % (24 * 60)


# What each check finds, and from when to when. At any other time it finds nothing wrong.
SEEN = {
    "orders/api": [
        ("09:18", "10:03", LOGIN),
        ("10:30", "10:51", LOGIN),  # before its data was confirmed
        ("12:00", "12:39", DOWN),
        ("16:00", "16:33", STRANGE),
        ("16:12", "16:33", MISSING),
        ("01:00", "02:00", LOGIN),
    ],
    "orders/queue": [("09:24", "09:45", DEGRADED), ("16:06", "16:30", QUIET)],
    "returns/api": [("12:03", "12:54", DOWN), ("12:54", "14:00", STRANGE)],
    "stock/api": [("12:03", "13:09", DOWN), ("22:12", "23:30", DOWN)],  # its window: 22 to 23
    "crm/api": [("12:06", "12:15", BLIND), ("12:15", "13:30", DOWN)],
    "payouts/api": [
        *(("13:30", "13:39", MISSING), ("13:48", "13:57", MISSING), ("14:06", "14:15", MISSING)),
        *(("14:24", "14:33", MISSING), ("14:42", "14:51", MISSING), ("15:00", "15:09", MISSING)),
        ("17:00", "18:00", QUIET),  # as all that ends at the hub
    ],
    "portal/api": [("10:00", "11:00", DEGRADED), ("17:00", "18:06", QUIET)],
    "edi/api": [("11:00", "11:21", BLIND), ("17:00", "18:03", QUIET), ("04:00", "05:00", LOGIN)],
    "hr/api": [("17:00", "17:57", QUIET), ("20:00", "08:30", STRANGE)],
}
NETWORK_DOWN = ("15:39", "15:57")  # ours: nothing answers, the reference hosts neither


def estate() -> Catalogue:
    hours = Hours(days=(1, 2, 3, 4, 5), start=time(8), end=time(18), timezone="UTC")

    def one(id: str, source: str, target: str, **more: Any) -> Any:
        far = {"url": f"https://{target}.example/{id}"}
        checks = [a_check(connection=id, every=PACE * MINUTE, settings=far)]
        if id == "orders":
            checks.append(replace(checks[0], id="queue"))
        named = {"name": id.title(), "source": source, "target": target, "checks": tuple(checks)}
        return a_connection(id=id, **named, **more)

    charlie = Owners(technical="charlie", functional="charlie", architecture="architect")
    office = Owners(technical="dora", functional="dora", architecture="manager")
    can_wait = {"criticality": Criticality.SUPPORTING, "first_responder": "dora"}
    connections = (
        one("orders", "shop", "erp", lease=30 * MINUTE, ladder=(_rung(15, "alice"),)),
        one("returns", "shop", "erp"),
        one("stock", "erp", "wms", owners=charlie, first_responder="charlie"),
        one("crm", "erp", "crm", owners=Owners(technical="alice"), first_responder=None),
        one("payouts", "bank", "hub", criticality=Criticality.IMPORTANT),
        one("portal", "hub", "crm", owners=charlie, **can_wait),
        one("edi", "hub", "shop", ladder=(_rung(20, "charlie"), _rung(40, "manager"))),
        one("hr", "hub", "payroll", owners=office, ladder=(_rung(30, "manager"),), **can_wait),
    )
    systems = {end: System(id=end, name=end.title()) for it in connections for end in it.systems}
    night = Window(
        name="Stocktaking",
        when=Weekly(days=(1, 2, 3, 4, 5), start=time(22), end=time(23)),
        connections=frozenset({"stock"}),
    )
    known = an_estate(*connections, systems=systems, windows=(night,))
    staff = {"dora": a_person("dora", hours=hours, manager="manager")}
    staff["manager"] = a_person("manager", hours=hours)
    return replace(known, people={**known.people, **staff})


def _rung(minutes: int, *people: str) -> LadderRung:
    return LadderRung(after=minutes * MINUTE, people=people)


def the_knowledge() -> Knowledge:
    return replace(knowledge_of(estate()), playbook=BOOK)


COVERED: dict[str, Any] = {"person": "bob", "stand_in": "dora", "until": NOW + 10 * HOUR}
SICK = Absence(person="alice", kind=AbsenceKind.STATUS, why="sick", since=NOW)
# What people do, and when.
DEEDS: list[tuple[str, Callable[..., object]]] = [
    ("09:39", partial(respond.acknowledge, number=1, by="bob")),  # and says no more: it lapses
    ("10:45", partial(respond.acknowledge, number=1, by="alice")),
    ("11:10", partial(respond.confirm_data, number=1, by="data-owner")),
    ("12:20", partial(respond.acknowledge, number=2, by="bob")),
    ("12:30", partial(respond.hand_over, number=2, lane=Lane.VENDOR, by="bob")),
    ("13:00", partial(respond.confirm_data, number=2, by="data-owner")),
    ("14:10", partial(respond.reject_data, number=6, by="charlie", why="doubles")),
    ("14:15", partial(respond.acknowledge, number=6, by="charlie")),
    ("14:20", partial(respond.confirm_data, number=6, by="data-owner")),
    ("14:25", partial(respond.confirm_data, number=6, by="alice")),
    ("14:30", partial(respond.resolve, number=6, by="charlie", how="loaded anew")),
    ("15:20", partial(respond.acknowledge, number=9, by="alice")),
    ("16:03", partial(handle_absence.enter, **COVERED, by="bob")),
    ("16:50", partial(respond.confirm_data, number=9, by="data-owner")),
    ("17:10", partial(handle_absence.away, absence=SICK)),
    ("18:20", partial(respond.confirm_data, number=11, by="charlie")),
    ("18:25", partial(respond.confirm_data, number=11, by="data-owner")),
    ("18:30", partial(respond.confirm_data, number=11, by="dora")),
]


class Day(Scene):
    """One minute after the other: looks when their time has come, then deeds, the tick and the
    post."""

    async def passes(self, minute: int) -> None:
        self.now = NOW + minute * MINUTE
        if minute % PACE == 0:
            await self._looks(minute)
        for clock, deed in DEEDS:
            if at(clock) == minute:
                await self.do(deed)
        await self.tick()
        await self.post()

    async def _looks(self, minute: int) -> None:
        ours = _within(minute, *NETWORK_DOWN)
        found = [
            CheckResult(check=check, observation=_seen(check, minute, self.now, ours=ours))
            for check in SEEN
        ]
        await self.do(looks.record, found, hosts_answer=not ours)


def _within(minute: int, start: str, end: str) -> bool:
    return at(start) <= minute < at(end)


def _seen(check: str, minute: int, now: datetime, *, ours: bool) -> Observation:
    found = [what for start, end, what in SEEN[check] if _within(minute, start, end)]
    if ours:
        dark = {Signal.REACHABLE: False}
        return Reading(at=now, signals=dark, error="ConnectTimeout", cause=Cause.TIMEOUT)
    if not found:
        return Reading(at=now, signals={Signal.FAILED: 0.0, Signal.LAST_SUCCESS: now})
    if found[-1] == BLIND:
        return Blind(at=now, reason="the password is not set")
    if found[-1] == DEGRADED:
        return Reading(at=now, signals={Signal.FAILED: 5.0})
    signals = {Signal.FAILED: 20.0 + minute % 7, Signal.LAST_ATTEMPT: now}
    failed = [FailedRecords(text=text, count=20, oldest_at=NOW) for text in found if text]
    return Reading(at=now, signals=signals, failed=tuple(failed))


class Diary:
    """Line by line what a day leaves behind: flips, what is new in the records of incidents, what
    is said and shown, the timelines, and the texts of the cards."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._records: dict[int, dict[str, Any]] = {}
        self._cards: dict[str, list[str]] = {}
        self._last = dict.fromkeys(("flips", "outbox", "timeline"), 0)

    async def note(self, day: Scene) -> None:
        """What came since it was asked last."""
        for kind, found in await day.aside(lambda db: list(self._stored(db))):
            self._write(f"{day.now:%H}", kind, found)
        for one in await day.lives():
            drawn = await _card(day, one.id)
            if drawn != self._cards.get(one.key):
                self._write(f"{day.now:%H}", "card", {"of": one.key, "texts": drawn})
            self._cards[one.key] = drawn

    def _write(self, hour: str, kind: str, found: Any) -> None:
        self.lines.append(json.dumps([hour, kind, found], ensure_ascii=False))

    def _stored(self, db: Database) -> Iterator[tuple[str, Any]]:
        yield from (("flip", row) for row in self._new(db, "flips"))
        for row in db.query("select * from incidents order by id"):
            row.pop("step_at")  # when its step is looked at next: what comes of that is recorded
            changed = self._changed(row["id"], json.loads(row.pop("body")), row)
            if changed:
                yield "incident", {"id": row["id"], **changed}
        letters = self._new(db, "outbox")
        yield from (("said", _said(row)) for row in letters if row["kind"] == "say")
        shown = Counter(row["subject"] for row in letters if row["kind"] == "show")
        yield "shown", dict(sorted(shown.items()))
        for row in self._new(db, "timeline"):
            yield "timeline", {name: one for name, one in row.items() if one is not None}

    def _changed(
        self, number: int, body: dict[str, Any], columns: dict[str, Any]
    ) -> dict[str, Any]:
        """Of one stored record, the fields and columns that are otherwise than an hour ago; the
        columns that are copies of a field are left out."""
        columns = {name: one for name, one in columns.items() if name not in _COPIES}
        now = body | {f"column {name}": one for name, one in columns.items()}
        before, self._records[number] = self._records.get(number, {}), now
        names = [*now, *(name for name in before if name not in now)]
        empty = [name for name in names if name not in before and now[name] in _EMPTY]
        return {
            name: now.get(name)
            for name in names
            if name not in empty and now.get(name) != before.get(name)
        }

    def _new(self, db: Database, table: str) -> list[dict[str, Any]]:
        rows = list(db.table(table).rows_where("id > ?", [self._last[table]], order_by="id"))
        self._last[table] = rows[-1]["id"] if rows else self._last[table]
        return rows


_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)  # so that a new field changes nothing
_SAID = ("created_at", "what", "recipient", "subject", "stream", "priority")


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _SAID} | {"facts": json.loads(row["facts"])}


async def _card(day: Scene, number: int) -> list[str]:
    view = await day.do(shown, number)
    assert view is not None
    blocks = card.card(view, Writer(catalogue=day.knowledge.catalogue)).blocks
    return list(_texts(blocks))


def _texts(value: Any) -> Iterator[str]:
    """What is read in blocks, from top to bottom."""
    if isinstance(value, dict):
        text = value.get("text")
        yield from [text] if isinstance(text, str) else _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


async def lived() -> list[str]:
    """The day as lines of JSON."""
    diary = Diary()
    async with Day(await Store.open(None), the_knowledge()) as day:
        for minute in range(HOURS * 60):
            await day.passes(minute)
            if minute % 60 == 59:
                await diary.note(day)
    return diary.lines


if __name__ == "__main__":
    KEPT.write_text("".join(f"{line}\n" for line in asyncio.run(lived())), encoding="utf-8")
