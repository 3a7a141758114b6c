"""A change on its way: proposed, approved by the layers concerned, done, documented, closed.

Everything that anybody says of it goes on its record, and the letters about it are redrawn.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.core.changes import change_request as machine
from bot.core.changes.approvers import approvals_for
from bot.core.changes.change_request import UNDECIDED, ChangeRequest, ChangeResult, ChangeState
from bot.core.changes.notices import (
    ChangeAnswer,
    ChangeApprovalWanted,
    ChangeNews,
    ChangeNotice,
    ChangeQuestion,
    ChangeStep,
)
from bot.core.changes.unannounced import AnnouncedBy
from bot.core.estate import history
from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.outbox.address import OfChange, OfUnannounced, ToPerson
from bot.core.outbox.notice import Show
from bot.flows.people.presence import presence_now
from bot.flows.work import Work
from bot.language.errors import Invalid, NotAllowed, NotFound
from bot.language.marks import outside, who


def load(work: Work, number: int) -> ChangeRequest:
    found = work.tx.change_request(number)
    if found is None:
        raise NotFound(f"There is no change CHG-{number}.")
    return found


def propose(work: Work, request: ChangeRequest, unannounced: int | None = None) -> ChangeRequest:
    """Keep a new change and ask whoever has to approve it. `unannounced` is the number of what it
    explains. Raises Invalid for a change that lacks something."""
    work, catalogue = work.at(request.proposed_at), work.catalogue
    connection = _connection(catalogue, request)
    checked = machine.proposed(request, approve_within=catalogue.governance.emergency_approval)
    asked = approvals_for(checked, connection, catalogue, presence_now(work))
    stored = work.tx.add_change(replace(checked, approvals=asked))
    if unannounced is not None:
        _explain(work, unannounced, stored)
    _ask(work, stored, again=False)
    _tell_next(work, stored)
    _tell_others(work, stored)
    return stored


def _connection(catalogue: Catalogue, request: ChangeRequest) -> Connection:
    connection = catalogue.connections.get(request.connection)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    return connection


def _explain(work: Work, number: int, request: ChangeRequest) -> None:
    known = work.tx.unannounced(number)
    if known is not None:
        ours = replace(
            known, verdict=AnnouncedBy.OURS, by=request.by, said_at=work.now, change=request.id
        )
        work.tx.save_unannounced(ours)
        work.queue(Show(subject=str(OfUnannounced(number))))


def approve(work: Work, number: int, by: str) -> ChangeRequest:
    request = load(work, number)
    after = machine.approve(
        request, by=by, speaks_for=presence_now(work).people_spoken_for(by), now=work.now
    )
    return _decided(work, after)


def reject(work: Work, number: int, by: str, why: str) -> ChangeRequest:
    request, speaks_for = load(work, number), presence_now(work).people_spoken_for(by)
    return _decided(
        work, machine.reject(request, by=by, speaks_for=speaks_for, why=why, now=work.now)
    )


def _decided(work: Work, after: ChangeRequest) -> ChangeRequest:
    _keep(work, after)
    if after.state not in UNDECIDED:
        _tell_next(work, after)
    return after


def ask(work: Work, number: int, by: str, question: str) -> ChangeRequest:
    """Somebody who has to approve asks whoever proposed it; both words stay on the record."""
    request, said = load(work, number), outside(question, machine.WORDS)
    if not said:
        raise Invalid("Write your question.")
    must_decide(work, number, by)
    after = machine.noted(request, f"{who(by)} asks: {said}", by, work.now)
    _keep(work, after)
    _tell(work, after, request.by, partial(ChangeQuestion, asker=by, question=said))
    return after


def answer(
    work: Work,
    number: int,
    *,
    by: str,
    asker: str,
    words: str,
) -> ChangeRequest:
    """Whoever works on the connection answers; whoever asked hears of it."""
    request, said = load(work, number), outside(words, machine.WORDS)
    if not said:
        raise Invalid("Write your answer.")
    must_work_on(work, number, by)
    after = machine.noted(request, f"{who(by)} answers: {said}", by, work.now)
    _keep(work, after)
    _tell(work, after, asker, partial(ChangeAnswer, by=by, answer=said))
    return after


def withdraw(work: Work, number: int, by: str) -> ChangeRequest:
    after = machine.withdraw(load(work, number), by=by, now=work.now)
    return _keep(work, after)


def implement(work: Work, number: int, by: str) -> ChangeRequest:
    """It is done: what is left is to write it down."""
    after = _step(work, number, by, lambda one: machine.implement(one, by=by, now=work.now))
    _keep(work, after)
    _tell_next(work, after)
    _tell_others(work, after)
    return after


def document(work: Work, number: int, by: str, where: str) -> ChangeRequest:
    def step(one: ChangeRequest) -> ChangeRequest:
        return machine.document(one, by=by, where=where, now=work.now)

    after = _keep(work, _step(work, number, by, step))
    _tell_next(work, after)
    return after


def close(
    work: Work,
    number: int,
    *,
    by: str,
    result: ChangeResult,
    note: str,
) -> ChangeRequest:
    def step(one: ChangeRequest) -> ChangeRequest:
        return machine.close(one, by=by, result=result, note=note, now=work.now)

    return _keep(work, _step(work, number, by, step))


def _step(
    work: Work, number: int, by: str, step: Callable[[ChangeRequest], ChangeRequest]
) -> ChangeRequest:
    """Take a step, if `by` works on the connection: whoever proposed it, its owners, and who
    keeps its documents, or somebody who covers for one of them."""
    after = step(load(work, number))
    # After the step, so that a step the state does not allow is refused in the same words for
    # everybody.
    must_work_on(work.at(after.history[-1].at), number, by)
    return after


def must_work_on(work: Work, number: int, by: str) -> None:
    """Raises NotAllowed, naming who may, for anybody but whoever works on the connection."""
    request = load(work, number)
    connection = work.catalogue.connections.get(request.connection)
    may = _workers(request, connection)
    if may.isdisjoint(presence_now(work).people_spoken_for(by)):
        raise NotAllowed(
            f"Only {who(request.by)} and the owners of the connection can say this of"
            f" {request.key}. Nothing was changed."
        )


def must_decide(work: Work, number: int, by: str) -> None:
    """Raises NotAllowed, naming who may, for anybody whose approval is not missing."""
    machine.must_decide(load(work, number), by, tuple(presence_now(work).people_spoken_for(by)))


def _workers(request: ChangeRequest, connection: Connection | None) -> set[str | None]:
    if connection is None:
        return {request.by}
    owners, roles = connection.owners, connection.about.roles
    named = (owners.technical, owners.functional, owners.architecture, roles.updates_docs)
    return {request.by, *(one for one in named if one)}


def remind(work: Work, request: ChangeRequest) -> None:
    """Its time has come: whoever has the next step hears of it again."""
    after = replace(request, remind_at=machine.remind_next(request, work.now))
    work.tx.save_change(after)
    if after.state in UNDECIDED:
        _ask(work, after, again=True)
    else:
        _tell_next(work, after, again=True)


def undelivered(work: Work, told: ChangeApprovalWanted, error: str) -> None:
    """An approver could not be asked: it stands on the record, and the proposer hears of it."""
    request = work.tx.change_request(told.change)
    # The letter bounced after the decision, so nobody is missing any more.
    if request is None or request.state not in UNDECIDED:
        return
    said = f"{who(told.reader)} could not be asked: {outside(error, 200)}."
    after = _keep(work, machine.noted(request, said, None, work.now))
    _tell(work, after, request.by, partial(ChangeStep, state=after.state, again=True))


def _keep(work: Work, after: ChangeRequest) -> ChangeRequest:
    work.tx.save_change(after)
    work.queue(Show(subject=str(OfChange(after.id))))
    return after


def _ask(work: Work, request: ChangeRequest, *, again: bool) -> None:
    """Everybody whose word is missing, or who covers for them, once."""
    there = presence_now(work)
    asked: dict[str, list[str]] = {}
    for one in request.missing:
        # One message for whoever stands in for several approvers.
        asked.setdefault(there.acting(one.person) or one.person, []).append(one.person)
    for reader, speaks_for in asked.items():
        wanted = partial(ChangeApprovalWanted, speaks_for=tuple(speaks_for), again=again)
        _tell(work, request, reader, wanted)


def ask_instead(work: Work, speaks_for: Collection[str], acting: str) -> None:
    """`acting` stands in for these people from now on: what waits for their word."""
    for request in work.tx.change_requests():
        mine = tuple(one.person for one in request.missing if one.person in speaks_for)
        if request.state in UNDECIDED and mine:
            _tell(work, request, acting, partial(ChangeApprovalWanted, speaks_for=mine))


def _tell_next(work: Work, request: ChangeRequest, *, again: bool = False) -> None:
    """Whoever has the next step: the proposer, or who keeps the documents once it is done."""
    connection = work.catalogue.connections.get(request.connection)
    editor = connection.about.roles.updates_docs if connection else None
    reader = request.by
    if request.state is ChangeState.IMPLEMENTED and editor:
        reader = editor
    acting = presence_now(work).acting(reader) or reader
    _tell(work, request, acting, partial(ChangeStep, state=request.state, again=again))


def _tell_others(work: Work, request: ChangeRequest) -> None:
    # Once it is done everybody on the list hears so; before that, only whoever knows nothing yet.
    heard = {request.by, *(one.person for one in request.approvals)}
    for person in request.notify:
        # Whoever proposed or approves it knows of the proposal, but not that it was done.
        if request.implemented_at is not None or person not in heard:
            _tell(work, request, person, partial(ChangeNews, state=request.state))


def _tell(
    work: Work, request: ChangeRequest, reader: str, made: Callable[..., ChangeNotice]
) -> None:
    told = made(connection=request.connection, change=request.id, reader=reader)
    work.tell(ToPerson(reader), told, about=str(OfChange(request.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """Changes that are not over, the next moment first, and those that ended lately."""

    connection: Connection | None
    open: tuple[ChangeRequest, ...]
    recent: tuple[ChangeRequest, ...]
    filed: tuple[history.Change, ...]  # of the estate file, the newest first


RECENT = 8


def listed(work: Work, connection: Connection | None) -> ChangesView:
    """Of one connection, or of all."""

    def fits(id: str) -> bool:
        return connection is None or id == connection.id

    requests = [one for one in work.tx.change_requests() if fits(one.connection)]
    waiting = sorted((one for one in requests if one.open), key=lambda one: (one.at, one.id))
    filed = sorted(
        (one for one in work.catalogue.changes if fits(one.connection)),
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
