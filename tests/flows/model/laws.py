"""What must hold whatever happened: each law reads the record in one transaction and raises
AssertionError where it is broken."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.incidents.self_check import FaultKind, next_turn
from bot.core.knowledge import Knowledge
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.notice import What, incident_of, incident_subject
from bot.flows import self_check
from bot.flows.estate import windows
from bot.flows.work import Work
from bot.language.marks import who
from bot.store.tx import Tx
from tests.builders import MINUTE

_FAR = timedelta(days=4000)
_AGAIN = frozenset({"lapsed", "data wrong", "undelivered", "away", "auditor", "reopened", "split"})
_ALARMS = (
    *(What.PING, What.OWNER_ALERT, What.NOBODY, What.UNDELIVERED, What.AWAY),
    *(What.JOINT_CALL, What.CONFIRM_DATA),
)
_DEADLINES = (
    *("escalate_at", "lease_until", "remind_at", "settle_at", "assess_at"),
    *("ticket_at", "joint_at", "data_ask_at", "counterparty_due_at", "calm_at", "resume_at"),
)


@dataclass(slots=True)
class Memory:
    """What was seen before, for the laws that compare."""

    lines: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    holders: dict[int, tuple[str | None, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    tx: Any
    knowledge: Knowledge
    at: datetime
    memory: Memory
    everything: tuple[Incident, ...]
    drills: tuple[Incident, ...]

    @property
    def live(self) -> tuple[Incident, ...]:
        return tuple(one for one in self.everything if one.state in LIVE)


def everything(tx: Any) -> tuple[Incident, ...]:
    """Every incident and every drill, the newest first."""
    numbers = [row["id"] for row in tx.all("select id from incidents order by id desc")]
    return tuple(tx.incident(number) for number in numbers)


def check(tx: Tx, knowledge: Knowledge, memory: Memory, now: datetime) -> None:
    seen = Now(
        tx=tx,
        knowledge=knowledge,
        at=now,
        memory=memory,
        everything=tx.incidents(frozenset(State)),
        drills=tuple(one for one in everything(tx) if one.drill),
    )
    for law in LAWS:
        law(seen)


def goes_on_by_itself(now: Now) -> None:
    due = {one.id for one in now.tx.due_incidents(now.at + _FAR)}
    for one in now.live:
        assert next_turn(one) is not None, f"{one.key} {one.state}: nothing would happen any more"
        assert one.id in due, f"{one.key} is in no queue"
        assert (one.state is State.ACKNOWLEDGED) <= (one.holder is not None)
    found = self_check.look(Work(now.tx, now.knowledge, now.at))
    assert not [one for one in found if one.kind is FaultKind.NO_DEADLINE]


def somebody_was_told(now: Now) -> None:
    for one in now.live:
        told = now.tx.all(
            "select 1 from outbox where subject = ? and (what = ? or what = ? or what = ?) limit 1",
            *(incident_subject(one.id), What.PING, What.NOBODY, What.AWAY),
        )
        assert told, f"{one.key}: nobody was pinged and nobody was told that nobody is there"


def one_live_incident_for_a_connection(now: Now) -> None:
    leads = [one.connection for one in now.live]
    assert len(leads) == len(set(leads))
    for name in leads:
        assert now.tx.child_for(name) is None, f"{name} leads an incident and is a part of another"


def closed_means_quiet(now: Now) -> None:
    for one in now.everything:
        if one.state in (State.RESOLVED, State.REVIEWED, State.MERGED):
            left = {name for name in _DEADLINES if getattr(one, name) is not None}
            assert not left, f"{one.key} is {one.state} and still has {left}"
            assert (one.state is State.RESOLVED) or one.review_at is None


def what_fails_is_looked_after(now: Now) -> None:
    held = now.tx.delayed()
    for name, connection in now.knowledge.catalogue.connections.items():
        health = now.tx.connection_health(name)
        if health is None or health.verdict is not Verdict.FAILING or not connection.checks:
            continue
        if now.tx.live_incident(name) or now.tx.child_for(name) or name in held:
            continue
        last = next(iter(now.tx.incidents_of(name, 1)), None)
        assert last is not None, f"{name} fails and never had an incident"
        whole = (now.tx.incident(last.parent) if last.parent else None) or last
        seen = max(one.checked_at for one in now.tx.checks_of(name) if one.checked_at)
        closed = whole.resolved_at or last.recovered_at
        assert closed is not None, f"{name} fails and {last.key} is {last.state}"
        late = seen >= closed + last.lease
        assert not late or windows.suppressed_opening(now.knowledge, connection, seen), (
            f"{name} failed at {seen}, {last.key} was closed at {closed}, and nobody was told"
        )


def the_timeline_only_grows(now: Now) -> None:
    for one in now.everything:
        rows = now.tx.all("select * from timeline where incident = ? order by id", one.id)
        lines = [tuple(row.values()) for row in rows]
        before = now.memory.lines.get(one.id, [])
        assert lines[: len(before)] == before, f"{one.key}: a line of the timeline was changed"
        if now.memory.states.get(one.id) is not one.state:
            fresh_part = one.state is State.MERGED and one.id not in now.memory.states
            assert fresh_part or len(lines) > len(before), f"{one.key} became {one.state} unsaid"
        now.memory.lines[one.id], now.memory.states[one.id] = lines, one.state


def nobody_is_pinged_twice_for_one_rung(now: Now) -> None:
    """Of whoever covers for somebody, once more for that person's sake."""
    rows = now.tx.all(
        "select id, subject, recipient, facts ->> '$.rung' as rung,"
        " facts ->> '$.covers' as covered, created_at from outbox"
        " where what = ? and recipient like 'person:%' order by id",
        What.PING,
    )
    last: dict[tuple[str, str, Any, Any], tuple[int, datetime]] = {}
    count: Counter[tuple[str, str]] = Counter()
    for row in rows:
        key = (row["subject"], row["recipient"], row["rung"], row["covered"])
        turn, at = count[key[:2]], datetime.fromisoformat(row["created_at"])
        count[key[:2]] += 1
        before = last.get(key)
        last[key] = (turn, at)
        if before is not None:
            _ping_again_is_right(now, key, before, (turn, at))


def _ping_again_is_right(
    now: Now,
    key: tuple[str, str, Any, Any],
    before: tuple[int, datetime],
    again: tuple[int, datetime],
) -> None:
    """Each is which of that person's pings it is, and when it was queued."""
    number, person = incident_of(key[0]), who(key[1].removeprefix("person:"))
    one = now.tx.incident(number)
    patience = min(30 * MINUTE, one.lease)
    lines = _written(now.tx, number)
    pinged = [n for n, (kind, text) in enumerate(lines) if kind == "pinged" and person in _to(text)]
    # That whoever is next is away is written right behind the ping that this leads to.
    kinds = {kind for kind, _ in lines[pinged[before[0]] : pinged[again[0]] + 2]}
    assert again[1] - before[1] >= patience or kinds & _AGAIN, (
        f"{key[1]} was pinged at {before[1]} and {again[1]} for rung {key[2]} of {one.key}"
    )


def _to(line: str) -> str:
    """Whom a line says that were pinged, without those for whom they were."""
    return re.sub(r"\(for [^)]*\)", "", line)


def _written(tx: Any, number: int) -> list[tuple[str, str]]:
    """Kind and text of the timeline's lines in the order in which they were written, which is not
    that of their times where the clock was set back between them."""
    rows = tx.all("select kind, text from timeline where incident = ? order by id", number)
    return [(row["kind"], row["text"]) for row in rows]


def one_question_for_each_person(now: Now) -> None:
    """However often it ran, failed and ran again: one message asks, and it is kept up to date."""
    rows = now.tx.all(
        "select subject, recipient, count(*) as asked from outbox where what = ?"
        " and recipient like 'person:%' and state <> 'failed' group by subject, recipient",
        What.CONFIRM_DATA,
    )
    assert all(row["asked"] == 1 for row in rows), rows


def what_was_confirmed_is_a_part(now: Now) -> None:
    for one in now.live:
        parts = {connection for connection, _ in now.tx.recovered_of(one.id)}
        assert set(one.confirmed) <= {one.connection, *parts}


def a_holder_is_never_lost_to_the_checks(now: Now) -> None:
    """Only a person, or a lease that ends without a word, takes an incident from whoever has it."""
    for one in now.live:
        lines = _written(now.tx, one.id)
        before, seen = now.memory.holders.get(one.id, (None, 0))
        if before and one.holder is None:
            kinds = {kind for kind, _ in lines[seen:]}
            assert kinds & {"lapsed", "data wrong", "split", "reopened"}, f"{one.key} lost {before}"
        now.memory.holders[one.id] = (one.holder, len(lines))


def receipts_tell_the_truth(now: Now) -> None:
    for one in now.everything:
        rows = now.tx.all(
            "select recipient, state from outbox where subject = ? and what = ? order by id",
            *(incident_subject(one.id), What.PING),
        )
        named = {"sent": "delivered", "failed": "failed"}
        wanted = [
            (row["recipient"].partition(":")[2], named.get(row["state"], "waiting")) for row in rows
        ]
        receipts = now.tx.receipts(incident_subject(one.id))
        assert [(item.person, item.state) for item in receipts] == wanted


def streams_keep_their_order(now: Now) -> None:
    wrong = now.tx.all(
        "select later.id from outbox as later join outbox as earlier"
        " on earlier.stream = later.stream and earlier.id < later.id"
        " where later.state in ('sent', 'failed') and earlier.state in ('waiting', 'claimed')"
    )
    assert not wrong, f"letters {wrong} overtook an earlier one of their stream"


def a_drill_stays_inside(now: Now) -> None:
    for one in now.drills:
        said = now.tx.all(
            "select recipient, what from outbox where subject = ?"
            " and (recipient like 'party%' or recipient like 'fallback:%')",
            incident_subject(one.id),
        )
        assert not said, f"{one.key} is a drill, and yet {said}"
        named = {person for rung in one.ladder for person in rung.people} | set(one.stand_ins)
        marks = ", ".join("?" for _ in _ALARMS)
        alarmed = now.tx.all(
            f"select recipient, what, facts ->> '$.covers' as covered from outbox"  # noqa: S608
            f" where subject = ? and recipient like 'person:%' and what in ({marks})",
            *(incident_subject(one.id), *_ALARMS),
        )
        for row in alarmed:
            person = row["covered"] or row["recipient"].removeprefix("person:")
            assert person in named, f"{one.key} is a drill, and yet {row}"


def a_report_reaches_nobody(now: Now) -> None:
    for one in now.everything:
        if one.report_only and not one.reopened:
            said = now.tx.all(
                "select recipient, what from outbox where subject = ? and (what = ?"
                " or recipient like 'party%' or recipient like 'fallback:%')",
                *(incident_subject(one.id), What.PING),
            )
            assert not said, f"{one.key} is only a report, and yet {said}"


LAWS: tuple[Callable[[Now], None], ...] = (
    goes_on_by_itself,
    somebody_was_told,
    one_live_incident_for_a_connection,
    closed_means_quiet,
    what_fails_is_looked_after,
    the_timeline_only_grows,
    nobody_is_pinged_twice_for_one_rung,
    one_question_for_each_person,
    what_was_confirmed_is_a_part,
    a_holder_is_never_lost_to_the_checks,
    receipts_tell_the_truth,
    streams_keep_their_order,
    a_drill_stays_inside,
    a_report_reaches_nobody,
)


def state_of(tx: Any) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table, to compare before and after something that must change nothing."""
    return {
        name: [tuple(row.values()) for row in tx.all(f'select * from "{name}"')]  # noqa: S608
        for name in tx.db.table_names()
    }
