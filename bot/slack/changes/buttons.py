"""Buttons and modals about changes, releases, and changes that nobody announced."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from bot.core.changes.change_request import IN_A_LINE, PLAN, ChangeKind, ChangeRequest, ChangeResult
from bot.core.changes.unannounced import UnannouncedChange
from bot.core.estate.catalogue import Connection
from bot.core.estate.history import ReleaseTrial
from bot.flows.changes import change_requests, releases, unannounced
from bot.flows.estate.as_recorded import release_of
from bot.language.errors import Invalid, NotFound
from bot.language.marks import outside, who
from bot.slack import ids
from bot.slack.changes import forms
from bot.slack.changes.words import ChangeDraft
from bot.slack.forms import may_open
from bot.slack.forms.form import given, given_many, moment_given, number_of
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal
from bot.slack.kit import Block, message, section

STALE = "This button is from an older message; use the newest one."


async def form(
    handler: Handler, connection: Connection, known: UnannouncedChange | None = None
) -> Block:
    """The form of a new change, filled in with what the catalogue knows of its impact."""
    catalogue, now = handler.runtime.knowledge().catalogue, handler.runtime.clock()
    users = (await handler.writer()).users
    touched = change_requests.dependents(catalogue, connection)
    others = (one for one in catalogue.connections.values() if one.id != connection.id)
    told = change_requests.to_be_told(catalogue, connection)
    what = (await handler.writer()).plain(known.what) if known else ""
    draft = ChangeDraft(
        connection=connection.id,
        name=connection.name,
        at=known.at if known else now,
        impact=change_requests.impact_of(catalogue, connection),
        touches=tuple((one.id, one.name) for one in others),
        touched=tuple(one.id for one in touched),
        notify=tuple(users[person] for person in told if person in users),
        what=what,
        emergency=known is not None,
        suspicion=known.id if known else None,
    )
    return forms.propose(draft)


async def new(handler: Handler, body: Body) -> None:
    connection = handler.runtime.knowledge().catalogue.connections.get(clicked(body))
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    await may_open.open_form(handler, body, await form(handler, connection))


async def propose(handler: Handler, body: Body, by: str) -> None:
    runtime, now = handler.runtime, handler.runtime.clock()
    connection, _, suspicion = ids.carried(body).partition("|")
    told = await _told(handler, given_many(body, "notify"))
    request = ChangeRequest(
        connection=connection,
        kind=ChangeKind(given(body, "kind")),
        what=outside(given(body, "what"), IN_A_LINE),
        why=outside(given(body, "why"), PLAN),
        by=by,
        proposed_at=now,
        at=_moment(body, now),
        impact=outside(given(body, "impact"), PLAN),
        touches=given_many(body, "touches"),
        sandbox=outside(given(body, "sandbox"), PLAN),
        rollback=outside(given(body, "rollback"), PLAN),
        notify=told,
    )
    number = int(suspicion) if suspicion.isdecimal() else None
    await runtime.do(change_requests.propose, request, number)


async def _told(handler: Handler, users: Iterable[str]) -> tuple[str, ...]:
    """Who hears of it. Raises Invalid for whoever the estate file does not list."""
    chosen = dict.fromkeys([await handler.people.person(user) for user in users])
    known = handler.runtime.knowledge().catalogue.people
    if strangers := [who(person) for person in chosen if person not in known]:
        names = ", ".join(strangers)
        said = f"The estate file does not list {names}, and nobody else is told. Take them out."
        raise Invalid(said, field="notify")
    return tuple(chosen)


def _moment(body: Body, now: datetime) -> datetime:
    chosen = moment_given(body, "at")
    if chosen is None:
        raise Invalid("Choose when it is done.")
    # The picker counts whole minutes: the minute of now is now.
    return min(chosen, now) if 0 <= (chosen - now).total_seconds() < 60 else chosen


async def approve(handler: Handler, body: Body) -> None:
    number, by, runtime = (
        ids.incident_number(clicked(body)),
        await handler.actor(body),
        handler.runtime,
    )
    after = await runtime.do(change_requests.approve, number, by)
    rest = len({one.person for one in after.missing})
    more = f" {rest} more to go." if rest else ""
    await _say(handler, body, f"You approved {after.key}.{more}")


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section(text)]))


async def _opened(handler: Handler, body: Body) -> ChangeRequest:
    return await handler.runtime.do(change_requests.load, ids.first_number(clicked(body)))


async def ask_why_not(handler: Handler, body: Body) -> None:
    await may_open.open_form(handler, body, forms.reject(await _opened(handler, body)))


async def ask_question(handler: Handler, body: Body) -> None:
    await may_open.open_form(handler, body, forms.ask(await _opened(handler, body)))


async def ask_answer(handler: Handler, body: Body) -> None:
    asker = clicked(body).partition("|")[2]
    await may_open.open_form(handler, body, forms.answer(await _opened(handler, body), asker))


async def ask_document(handler: Handler, body: Body) -> None:
    await may_open.open_form(handler, body, forms.document(await _opened(handler, body)))


async def ask_result(handler: Handler, body: Body) -> None:
    await may_open.open_form(handler, body, forms.close(await _opened(handler, body)))


async def withdraw(handler: Handler, body: Body) -> None:
    number, by, runtime = (
        ids.incident_number(clicked(body)),
        await handler.actor(body),
        handler.runtime,
    )
    await runtime.do(change_requests.withdraw, number, by)


async def done(handler: Handler, body: Body) -> None:
    number, by, runtime = (
        ids.incident_number(clicked(body)),
        await handler.actor(body),
        handler.runtime,
    )
    await runtime.do(change_requests.implement, number, by)


async def reject(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(change_requests.reject, number_of(body), by, given(body, "why"))


async def question(handler: Handler, body: Body, by: str) -> None:
    await handler.runtime.do(change_requests.ask, number_of(body), by, given(body, "question"))


async def answer(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    work = partial(
        change_requests.answer,
        by=by,
        asker=ids.carried(body).partition("|")[2],
        words=given(body, "answer"),
    )
    await runtime.do(work, number_of(body))


async def document(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    await runtime.do(change_requests.document, number_of(body), by, given(body, "where"))


async def close(handler: Handler, body: Body, by: str) -> None:
    runtime = handler.runtime
    work = partial(
        change_requests.close,
        by=by,
        result=ChangeResult(given(body, "result")),
        note=given(body, "note"),
    )
    await runtime.do(work, number_of(body))


async def ours(handler: Handler, body: Body) -> None:
    """It was us: the form of an emergency that is recorded after the fact."""
    known = await handler.runtime.do(unannounced.load, ids.incident_number(clicked(body)))
    connection = handler.runtime.knowledge().catalogue.connections.get(known.connection)
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    await may_open.open_form(handler, body, await form(handler, connection, known))


async def not_ours(handler: Handler, body: Body) -> None:
    number, by, runtime = (
        ids.incident_number(clicked(body)),
        await handler.actor(body),
        handler.runtime,
    )
    await runtime.do(unannounced.not_ours, number, by)
    text = "Noted: it was not you. It stays a finding until a change on record explains it."
    await _say(handler, body, text)


def _trial(carried: str) -> tuple[ReleaseTrial, str, str]:
    """Verdict, connection and release of a value `verdict|connection|release`."""
    parts = carried.split("|", 2)
    if len(parts) != 3 or parts[0] not in set(ReleaseTrial):
        raise Invalid(STALE)
    return ReleaseTrial(parts[0]), parts[1], parts[2]


async def trial(handler: Handler, body: Body) -> None:
    """Fine is kept at once; for anything else the reason is asked."""
    carried = clicked(body)
    verdict, connection, release = _trial(carried)
    if verdict is ReleaseTrial.FINE:
        await _keep_trial(handler, carried, "", await handler.actor(body))
        return
    catalogue = handler.runtime.knowledge().catalogue
    known = await handler.runtime.store.run(release_of, catalogue, release)
    item = catalogue.connections.get(connection)
    if known is None or item is None:
        raise NotFound("This release or connection is no longer on record.")
    view = forms.trial(known, item.name, verdict, carried)
    await may_open.open_form(handler, body, view)


async def trial_note(handler: Handler, body: Body, by: str) -> None:
    carried = ids.carried(body)
    await _keep_trial(handler, carried, given(body, "note"), by)


async def _keep_trial(handler: Handler, carried: str, note: str, by: str) -> None:
    verdict, connection, release = _trial(carried)
    runtime = handler.runtime
    work = partial(releases.record_trial, verdict=verdict, note=note, by=by)
    await runtime.do(work, release, connection)


ACTIONS = {
    Action.CHANGE_NEW: new,
    Action.CHANGE_APPROVE: approve,
    Action.CHANGE_REJECT: ask_why_not,
    Action.CHANGE_ASK: ask_question,
    Action.CHANGE_ANSWER: ask_answer,
    Action.CHANGE_WITHDRAW: withdraw,
    Action.CHANGE_DONE: done,
    Action.CHANGE_DOCUMENT: ask_document,
    Action.CHANGE_CLOSE: ask_result,
    Action.SUSPICION_OURS: ours,
    Action.SUSPICION_NOT: not_ours,
    Action.TRIAL: trial,
}
SUBMISSIONS = {
    Modal.CHANGE: (propose, "what"),
    Modal.CHANGE_REJECT: (reject, "why"),
    Modal.CHANGE_ASK: (question, "question"),
    Modal.CHANGE_ANSWER: (answer, "answer"),
    Modal.CHANGE_DOCUMENT: (document, "where"),
    Modal.CHANGE_CLOSE: (close, "note"),
    Modal.TRIAL: (trial_note, "note"),
}
