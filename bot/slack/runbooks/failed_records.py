"""`/conn stuck` and the buttons of its groups.

Failed records in groups, with what can be done about each.
"""

from bot.core.estate.lane import Layer
from bot.core.runbooks.failed_records import Assignment, FailedGroup, worth
from bot.core.runbooks.notices import (
    OfFailedRecords,
    RecordsCleared,
    RecordsGiven,
    RecordsGone,
    RecordsReminder,
    RecordsYours,
)
from bot.flows import views
from bot.flows.runbooks import failed_records as flows
from bot.flows.runbooks.failed_records import StuckView
from bot.flows.views import IncidentView
from bot.language.errors import Invalid
from bot.language.units import say_count
from bot.slack import find_connection, ids
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, action_id, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    confirm,
    header,
    lines,
    message,
    option,
    section,
    select,
)
from bot.slack.notice_words import about_incident, line
from bot.slack.request import Request
from bot.slack.text import Writer, cut, escape, time

SHOWN = 10


def stuck_message(view: StuckView, writer: Writer) -> SlackMessage:
    """The largest groups first."""
    name = view.connection.name
    if not view.groups:
        text = f"No failed record of *{escape(name)}* is known."
        return message(f"Nothing is stuck on {name}", [section(text)])
    total = sum(group.count for group in view.groups)
    head = f"{say_count(total, 'failed record')}: {cut(name, 100)}"
    blocks = [header(head)]
    for place, group in enumerate(view.groups[:SHOWN]):
        given = view.given.get(group.key)
        blocks.append(lines(*_group(group, given, writer)))
        if view.incident is not None:
            blocks.append(_buttons(view.incident.id, group, place))
    if len(view.groups) > SHOWN:
        blocks.append(section(f"and {say_count(len(view.groups) - SHOWN, 'more group')}"))
    return message(head, blocks)


def of_which(view: IncidentView, writer: Writer) -> SlackMessage:
    """An incident of several connections: how much stands in error on each, the most first."""
    found = sorted((part for part in view.children if part.failed), key=lambda part: -part.failed)
    head = f"{view.incident.key}: {writer.plain(view.stuck) or 'no failed record is known'}"
    rows = [
        f"*{part.failed:,} ×* {escape(part.name)}: `/conn stuck {escape(part.connection)}`"
        for part in found[:SHOWN]
    ]
    left = len(found) - len(rows)
    more = [f"and {say_count(left, 'more connection')}"] if left else []
    return message(head, [header(cut(head, 150)), lines(*rows, *more)])


def _group(group: FailedGroup, given: Assignment | None, writer: Writer) -> list[str]:
    oldest = f" · oldest {time(group.oldest)}" if group.oldest else ""
    amount = f" · worth {escape(worth(group))}" if group.amounts else ""
    rows = [f"*{group.count:,} ×* {escape(group.label)}{oldest}{amount}"]
    if group.samples:
        rows.append("for example " + ", ".join(f"`{escape(one)}`" for one in group.samples))
    if given:
        rows.append(
            f"👤 {writer.person(given.person)} ({given.layer} owner) since {time(given.at)}"
        )
    if given and given.cleared_by and given.cleared_at:
        rows.append(f"🔁 cleared by {writer.person(given.cleared_by)}, {time(given.cleared_at)}")
    return rows


def _buttons(incident: int, group: FailedGroup, place: int) -> Block:
    layers = [
        option(f"{layer.capitalize()} owner", value(incident, group.ref, layer)) for layer in Layer
    ]
    ask = confirm(
        "Fixed, send again",
        "Is the cause removed? The retry gate is asked, and the functional owner where it must be.",
        "It is fixed",
    )
    return actions(
        [
            select(action_id(Action.STUCK_GIVE, str(place)), "Give to…", layers),
            button(
                "Fixed, send again…",
                Action.STUCK_CLEAR,
                value(incident, group.ref),
                word=str(place),
                confirm=ask,
            ),
        ],
        f"stuck:{place}",
    )


def _records(told: OfFailedRecords, view: IncidentView) -> str:
    return f"{say_count(told.count, 'record')}{_of(told, view)}: {escape(told.label)}"


def _of(told: OfFailedRecords, view: IncidentView) -> str:
    """Of which of several connections."""
    names = [one.name for one in view.children if one.connection == told.connection]
    return f" of {escape(names[0])}" if names else ""


@line
def given(told: RecordsGiven, view: IncidentView, writer: Writer) -> str:
    by, whom = writer.person(told.by), writer.person(told.person)
    return f"👤 {by} gave {whom} {_records(told, view)}"


@line
def cleared(told: RecordsCleared, view: IncidentView, writer: Writer) -> str:
    by, terms = writer.person(told.cleared_by), writer.say(told.terms)
    return f"🔁 {by}: fixed, {_records(told, view)}\n*Terms:* {terms}"


@line
def gone(told: RecordsGone, view: IncidentView, writer: Writer) -> str:
    most = say_count(told.most, "record")
    return f"✓ None left of {most}{_of(told, view)}: {escape(told.label)}"


@about_incident
def yours(
    told: RecordsYours, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    where = f" · <#{channel}>" if channel else ""
    samples = ", ".join(f"`{escape(one)}`" for one in told.samples)
    blocks = [
        lines(
            f"👤 *Yours to see to:* {_records(told, view)}",
            f"for example {samples}" if samples else "",
            f"{writer.person(told.by)} gave them to you as {told.layer} owner;"
            f" {view.incident.key}{where}",
        )
    ]
    if view.incident.live:
        number = value(view.incident.id, told.key)
        blocks.append(actions([button("Fixed, send again", Action.STUCK_CLEAR, number)], "yours"))
    return message(f"Failed records of {view.incident.key} are yours to see to", blocks)


@about_incident
def reminder(
    told: RecordsReminder, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    where = f" <#{channel}>" if channel else ""
    head = f"⏰ *Still yours since {time(told.since)}:*"
    text = f"{head} {_records(told, view)} {view.incident.key}{where}"
    return message(f"Failed records of {view.incident.key} still wait", [section(text)])


async def stuck(handler: Handler, request: Request) -> SlackMessage:
    """Of the connection named, or of the one whose incident this channel is."""
    runtime = handler.runtime
    here = await runtime.do(views.incident_here, request.channel)
    name = request.words or (here.connection if here else "")
    if not name:
        raise Invalid("Say of which connection, or use it in an incident's channel.")
    if here is not None and not request.words:
        shown = await runtime.do(views.incident_view, here.id)
        if shown is not None and shown.children:
            return of_which(shown, await handler.writer())
    connection = find_connection.find(handler, name, "stuck")
    view = await runtime.do(flows.view, connection)
    return stuck_message(view, await handler.writer())


async def give(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    click = ids.step_click(clicked(body))
    given = await runtime.do(
        flows.assign, click.incident, click.step, Layer(click.answer), await handler.actor(body)
    )
    await _say(handler, body, f"{(await handler.writer()).person(given.person)} is told.")


async def clear(handler: Handler, body: Body) -> None:
    runtime = handler.runtime
    number, _, key = clicked(body).partition("|")
    free, why = await runtime.do(
        flows.clear, ids.incident_number(number), key, await handler.actor(body)
    )
    head = "🔁 Noted. " if free else "✋ Not yet: "
    await _say(handler, body, head + (await handler.writer()).say(why))


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section(text)]))


ACTIONS = {Action.STUCK_GIVE: give, Action.STUCK_CLEAR: clear}
