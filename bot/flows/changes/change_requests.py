"""A change on its way: proposed, approved by the layers concerned, done, documented, closed.

Everything that anybody says of it goes on its record, and the letters about it are redrawn.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.changes import change_request as machine
from bot.core.changes.approvers import approvals_for
from bot.core.changes.change_request import UNDECIDED, ChangeRequest, ChangeResult, ChangeState
from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate import history
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import Say, Show, What
from bot.flows.people.presence import presence_now
from bot.language.errors import Invalid, NotAllowed, NotFound
from bot.language.marks import outside, who
from bot.ports import Knowledge, Tx

SUBJECT = "change:"


def subject_of(request: ChangeRequest) -> str:
    return f"{SUBJECT}{request.id}"


def load(tx: Tx, number: int) -> ChangeRequest:
    found = tx.change_request(number)
    if found is None:
        raise NotFound(f"There is no change CHG-{number}.")
    return found


def propose(
    tx: Tx, knowledge: Knowledge, request: ChangeRequest, suspicion: int | None = None
) -> ChangeRequest:
    """Keep a new change and ask whoever has to approve it. `suspicion` is the number of what it
    explains. Raises Invalid for a change that lacks something."""
    catalogue, now = knowledge.catalogue, request.proposed_at
    connection = _connection(catalogue, request)
    checked = machine.proposed(request, approve_within=catalogue.governance.emergency_approval)
    asked = approvals_for(checked, connection, catalogue, presence_now(tx, now))
    stored = tx.add_change(replace(checked, approvals=asked))
    if suspicion is not None:
        _explain(tx, suspicion, stored, now)
    _ask(tx, stored, now, again=False)
    _tell_next(tx, catalogue, stored, now)
    _tell_others(tx, stored, now)
    return stored


def _connection(catalogue: Catalogue, request: ChangeRequest) -> Connection:
    connection = catalogue.connections.get(request.connection)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    return connection


def _explain(tx: Tx, number: int, request: ChangeRequest, now: datetime) -> None:
    known = tx.suspicion(number)
    if known is not None:
        ours = replace(
            known, verdict=AnnouncedBy.OURS, by=request.by, said_at=now, change=request.id
        )
        tx.save_suspicion(ours)
        tx.queue(Show(subject=f"suspicion:{number}"), now)


def approve(tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime) -> ChangeRequest:
    request = load(tx, number)
    after = machine.approve(request, by=by, seats=presence_now(tx, now).seats_of(by), now=now)
    return _decided(tx, knowledge, after, now)


def reject(
    tx: Tx, knowledge: Knowledge, number: int, by: str, why: str, now: datetime
) -> ChangeRequest:
    request, seats = load(tx, number), presence_now(tx, now).seats_of(by)
    return _decided(
        tx, knowledge, machine.reject(request, by=by, seats=seats, why=why, now=now), now
    )


def _decided(tx: Tx, knowledge: Knowledge, after: ChangeRequest, now: datetime) -> ChangeRequest:
    _keep(tx, after, now)
    if after.state not in UNDECIDED:
        _tell_next(tx, knowledge.catalogue, after, now)
    return after


def ask(tx: Tx, number: int, by: str, question: str, now: datetime) -> ChangeRequest:
    """Somebody who has to approve asks whoever proposed it; both words stay on the record."""
    request, said = load(tx, number), outside(question, machine.WORDS)
    if not said:
        raise Invalid("Write your question.")
    must_decide(tx, number, by, now)
    after = machine.noted(request, f"{who(by)} asks: {said}", by, now)
    _keep(tx, after, now)
    facts = {"asker": by, "question": said}
    _say(tx, after, request.by, What.CHANGE_QUESTION, facts, now)
    return after


def answer(
    tx: Tx, knowledge: Knowledge, number: int, *, by: str, asker: str, words: str, now: datetime
) -> ChangeRequest:
    """Whoever works on the connection answers; whoever asked hears of it."""
    request, said = load(tx, number), outside(words, machine.WORDS)
    if not said:
        raise Invalid("Write your answer.")
    must_work_on(tx, knowledge, number, by, now)
    after = machine.noted(request, f"{who(by)} answers: {said}", by, now)
    _keep(tx, after, now)
    _say(tx, after, asker, What.CHANGE_ANSWER, {"by": by, "answer": said}, now)
    return after


def withdraw(tx: Tx, number: int, by: str, now: datetime) -> ChangeRequest:
    after = machine.withdraw(load(tx, number), by=by, now=now)
    return _keep(tx, after, now)


def implement(tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime) -> ChangeRequest:
    """It is done: what is left is to write it down."""
    after = _step(tx, knowledge, number, by, lambda one: machine.implement(one, by=by, now=now))
    _keep(tx, after, now)
    _tell_next(tx, knowledge.catalogue, after, now)
    _tell_others(tx, after, now)
    return after


def document(
    tx: Tx, knowledge: Knowledge, number: int, by: str, where: str, now: datetime
) -> ChangeRequest:
    def step(one: ChangeRequest) -> ChangeRequest:
        return machine.document(one, by=by, where=where, now=now)

    after = _keep(tx, _step(tx, knowledge, number, by, step), now)
    _tell_next(tx, knowledge.catalogue, after, now)
    return after


def close(
    tx: Tx,
    knowledge: Knowledge,
    number: int,
    *,
    by: str,
    result: ChangeResult,
    note: str,
    now: datetime,
) -> ChangeRequest:
    def step(one: ChangeRequest) -> ChangeRequest:
        return machine.close(one, by=by, result=result, note=note, now=now)

    return _keep(tx, _step(tx, knowledge, number, by, step), now)


def _step(
    tx: Tx,
    knowledge: Knowledge,
    number: int,
    by: str,
    step: Callable[[ChangeRequest], ChangeRequest],
) -> ChangeRequest:
    """Take a step, if `by` works on the connection: whoever proposed it, its owners, and who
    keeps its documents, or somebody who covers for one of them."""
    after = step(load(tx, number))
    must_work_on(tx, knowledge, number, by, after.history[-1].at)
    return after


def must_work_on(tx: Tx, knowledge: Knowledge, number: int, by: str, now: datetime) -> None:
    """Raises NotAllowed, naming who may, for anybody but those."""
    request = load(tx, number)
    connection = knowledge.catalogue.connections.get(request.connection)
    may = _workers(request, connection)
    if may.isdisjoint(presence_now(tx, now).seats_of(by)):
        raise NotAllowed(
            f"Only {who(request.by)} and the owners of the connection can say this of"
            f" {request.key}. Nothing was changed."
        )


def must_decide(tx: Tx, number: int, by: str, now: datetime) -> None:
    """Raises NotAllowed, naming who may, for anybody whose approval is not missing."""
    machine.must_decide(load(tx, number), by, tuple(presence_now(tx, now).seats_of(by)))


def _workers(request: ChangeRequest, connection: Connection | None) -> set[str | None]:
    if connection is None:
        return {request.by}
    owners, roles = connection.owners, connection.about.roles
    named = (owners.technical, owners.functional, owners.architecture, roles.updates_docs)
    return {request.by, *(one for one in named if one)}


def remind(tx: Tx, knowledge: Knowledge, request: ChangeRequest, now: datetime) -> None:
    """Its time has come: whoever has the next step hears of it again."""
    after = replace(request, remind_at=machine.remind_next(request, now))
    tx.save_change(after)
    if after.state in UNDECIDED:
        _ask(tx, after, now, again=True)
    else:
        _tell_next(tx, knowledge.catalogue, after, now, again=True)


def undelivered(tx: Tx, letter: OutboxMessage, error: str, now: datetime) -> None:
    """An approver could not be asked: it stands on the record, and the proposer hears of it."""
    request = tx.change_request(int(letter.facts["change"]))
    if request is None or request.state not in UNDECIDED:
        return
    person = letter.to.removeprefix("person:")
    said = f"{who(person)} could not be asked: {outside(error, 200)}."
    after = _keep(tx, machine.noted(request, said, None, now), now)
    facts = {"state": after.state.value, "again": True}
    _say(tx, after, request.by, What.CHANGE_STEP, facts, now)


def _keep(tx: Tx, after: ChangeRequest, now: datetime) -> ChangeRequest:
    tx.save_change(after)
    tx.queue(Show(subject=subject_of(after)), now)
    return after


def _ask(tx: Tx, request: ChangeRequest, now: datetime, *, again: bool) -> None:
    """Everybody whose word is missing, or who covers for them, once."""
    there = presence_now(tx, now)
    asked: dict[str, list[str]] = {}
    for one in request.missing:
        asked.setdefault(there.acting(one.person) or one.person, []).append(one.person)
    for reader, seats in asked.items():
        _say(tx, request, reader, What.CHANGE_WANTED, {"seats": seats, "again": again}, now)


def ask_instead(tx: Tx, seats: Collection[str], acting: str, now: datetime) -> None:
    """`acting` stands in for these people from now on: what waits for their word."""
    for request in tx.change_requests():
        mine = [one.person for one in request.missing if one.person in seats]
        if request.state in UNDECIDED and mine:
            facts = {"seats": mine, "again": False}
            _say(tx, request, acting, What.CHANGE_WANTED, facts, now)


def _tell_next(
    tx: Tx, catalogue: Catalogue, request: ChangeRequest, now: datetime, *, again: bool = False
) -> None:
    """Whoever has the next step: the proposer, or who keeps the documents once it is done."""
    connection = catalogue.connections.get(request.connection)
    keeper = connection.about.roles.updates_docs if connection else None
    reader = request.by
    if request.state is ChangeState.IMPLEMENTED and keeper:
        reader = keeper
    facts = {"state": request.state.value, "again": again}
    acting = presence_now(tx, now).acting(reader) or reader
    _say(tx, request, acting, What.CHANGE_STEP, facts, now)


def _tell_others(tx: Tx, request: ChangeRequest, now: datetime) -> None:
    heard = {request.by, *(one.person for one in request.approvals)}
    for person in request.notify:
        if request.implemented_at is not None or person not in heard:
            _say(tx, request, person, What.CHANGE_NEWS, {"state": request.state.value}, now)


def _say(
    tx: Tx, request: ChangeRequest, person: str, what: What, facts: dict[str, Any], now: datetime
) -> None:
    full = {"connection": request.connection, "change": request.id, "reader": person, **facts}
    tx.queue(Say(subject=subject_of(request), to=f"person:{person}", what=what, facts=full), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """Changes that are not over, the next moment first, and those that ended lately."""

    connection: Connection | None
    open: tuple[ChangeRequest, ...]
    recent: tuple[ChangeRequest, ...]
    filed: tuple[history.Change, ...]  # of the estate file, the newest first


RECENT = 8


def listed(tx: Tx, catalogue: Catalogue, connection: Connection | None) -> ChangesView:
    """Of one connection, or of all."""

    def fits(id: str) -> bool:
        return connection is None or id == connection.id

    requests = [one for one in tx.change_requests() if fits(one.connection)]
    waiting = sorted((one for one in requests if one.open), key=lambda one: (one.at, one.id))
    filed = sorted(
        (one for one in catalogue.changes if fits(one.connection)),
        key=lambda one: one.at,
        reverse=True,
    )
    return ChangesView(
        connection=connection,
        open=tuple(waiting),
        recent=tuple(one for one in requests if not one.open)[:RECENT],
        filed=tuple(filed[:RECENT]),
    )


def impact_of(catalogue: Catalogue, connection: Connection) -> str:
    """What a change of it reaches, as the catalogue knows it: the beginning of an answer."""
    after = _names(one for one in catalogue.connections.values() if connection.id in one.depends_on)
    before = _names(
        catalogue.connections[id] for id in connection.depends_on if id in catalogue.connections
    )
    said = (
        f"Depends on it: {after}." if after else "",
        f"It depends on: {before}." if before else "",
        f"Reports fed by it: {', '.join(connection.reports)}." if connection.reports else "",
    )
    return " ".join(part for part in said if part)


def _names(connections: Iterable[Connection]) -> str:
    return ", ".join(one.name for one in connections)


def dependents(catalogue: Catalogue, connection: Connection) -> tuple[Connection, ...]:
    return tuple(one for one in catalogue.connections.values() if connection.id in one.depends_on)


def to_be_told(catalogue: Catalogue, connection: Connection) -> tuple[str, ...]:
    """Whom a change concerns besides its approvers: the functional owners of what it touches."""
    touched = (connection, *dependents(catalogue, connection))
    owners = (one.owners.functional or one.owners.technical for one in touched)
    return tuple(dict.fromkeys(owner for owner in owners if owner))
