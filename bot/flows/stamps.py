"""Every moment on record by the clock of this machine, to be read or changed in one go. What other
systems and people said about time is theirs and stays."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.core.incidents.clock_jumps import AHEAD, Change, Record
from bot.core.incidents.incident import LIVE, Incident
from bot.core.monitoring.flapping import Turns
from bot.core.monitoring.health import CheckHealth, ConnectionHealth
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.own_network import NetworkState
from bot.flows.looks import all_checks
from bot.flows.work import Work

T = TypeVar("T", CheckHealth, ConnectionHealth, Incident, Turns, Ping, NetworkState)

_LOOKS = ("known_since", "since", "candidate_since", "blind_since", "checked_at", "read_at")
_TURNS = ("since", "turned_at")
_LINE = ("since", "back", "began")
_PINGS = ("at", "last_success", "running_since", "tested_at")
HAPPENED = (
    "failing_since",
    "alike_since",
    "reopened_at",
    "stalled_since",
    "opened_at",
    "acknowledged_at",
    "held_since",
    "handed_over_at",
    "counterparty_answered_at",
    "joint_held_at",
    "recovered_at",
    "data_confirmed_at",
    "resolved_at",
    "reviewed_at",
)
_DUE = (*AHEAD, "counterparty_due_at")
_ALL = (*HAPPENED, *_DUE)


def on_record(work: Work, since: datetime) -> Record:
    """All of it by its key; of what is over, what came after `since`."""
    found: dict[tuple[str, str], datetime] = {}

    def note(key: tuple[str, str], at: datetime) -> datetime:
        found[key] = at
        return at

    put_all(work, since, note)
    for incident in work.tx.incidents(LIVE):
        of_incident(incident, note, _ALL)
    return found


def put_all(work: Work, since: datetime, change: Change) -> None:
    """Change everything but the incidents that are not over."""
    work.tx.restamp(since, change)
    line = work.tx.line()
    right = _put("line", line, change, _LINE)
    if right is not line:
        work.tx.save_line(right)
    for health in work.tx.all_check_health():
        look = _put(f"check {health.check}", health, change, _LOOKS)
        if look is not health:
            work.tx.save_check_health(look)
    for known in work.tx.all_connection_health().values():
        after = _of_health(known, change)
        if after is not known:
            work.tx.save_connection_health(after)
    for spec in all_checks(work.catalogue):
        ping = work.tx.last_ping(spec.key)
        heard = ping and of_ping(f"ping {spec.key}", ping, change)
        if heard is not None and heard is not ping:
            work.tx.save_ping(spec.key, heard)
    for incident in work.tx.over_since(since):
        over = of_incident(incident, change)
        if over is not incident:
            work.tx.save_incident(over)


def put_live(work: Work, change: Change) -> None:
    """Change the incidents that are not over, their deadlines included."""
    for incident in work.tx.incidents(LIVE):
        after = of_incident(incident, change, _ALL)
        if after is not incident:
            work.tx.save_incident(after)
            work.show(after)


def deadlines(incident: Incident, change: Change) -> Incident:
    """The same incident with what is due changed."""
    return _put(f"incident {incident.id}", incident, change, _DUE)


def of_incident(incident: Incident, change: Change, names: Iterable[str] = HAPPENED) -> Incident:
    """The same object where nothing is changed."""
    name = f"incident {incident.id}"
    after = _put(name, incident, change, names)
    turns = after.turns and _put(f"{name} turns", after.turns, change, _TURNS)
    own = after.own and _put(f"{name} own turns", after.own, change, _TURNS)
    denied = tuple(
        replace(one, at=one.at and change((f"{name} denied", one.connection), one.at))
        for one in after.denied
    )
    if (turns, own, denied) != (after.turns, after.own, after.denied):
        return replace(after, turns=turns, own=own, denied=denied)
    return after


def _of_health(health: ConnectionHealth, change: Change) -> ConnectionHealth:
    name = f"connection {health.connection}"
    after = _put(name, health, change, ("since",))
    turns = after.turns and _put(f"{name} turns", after.turns, change, _TURNS)
    return after if turns == after.turns else replace(after, turns=turns)


def of_ping(name: str, ping: Ping, change: Change) -> Ping:
    """The same object where nothing is changed."""
    after = _put(name, ping, change, _PINGS)
    running = {rid: change((name, f"run {rid}"), at) for rid, at in after.running.items()}
    parts = {of: of_ping(f"{name} {of}", part, change) for of, part in after.parts.items()}
    if running == after.running and parts == after.parts:
        return after
    return replace(after, running=running, parts=parts)


def _put(name: str, record: T, change: Change, names: Iterable[str]) -> T:
    known = {field.name for field in fields(record)}
    changed: dict[str, Any] = dict(_changed(name, record, change, (n for n in names if n in known)))
    return replace(record, **changed) if changed else record


def _changed(
    name: str, record: T, change: Change, names: Iterable[str]
) -> Iterator[tuple[str, datetime]]:
    for one in names:
        before = getattr(record, one)
        after = before and change((name, one), before)
        if after != before:
            yield one, after
