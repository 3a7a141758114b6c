"""What owners of a broken connection read, whether or not they were pinged."""

from collections.abc import Sequence

from bot.core.incidents.incident import State
from bot.core.incidents.notices import OwnerAlert
from bot.core.incidents.notices_of_endings import Reopened
from bot.flows.incidents.grouping.children import ChildView, only_reported
from bot.flows.outbox.pinged_before import was_pinged
from bot.flows.views import IncidentView
from bot.language.units import say_names
from bot.slack.incidents import current
from bot.slack.incidents.data_question import open_question
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.ping_words import yours
from bot.slack.incidents.words import room
from bot.slack.kit import SYMBOL, WORD, SlackMessage, lines, message, section
from bot.slack.notice_words import about_incident
from bot.slack.text import Writer, escape


@about_incident
def owner_alert(
    told: OwnerAlert, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident, ids = view.incident, told.parts
    if not incident.live or incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    if left := current.gone(view, ids, writer):
        return message(left, [section(left)])
    if runs := current.own_run(view, ids):
        return _owned_runs(told, runs, view, channel, writer)
    matter, told_of = current.matter(view, ids), not view.children and incident.symptoms
    waits = current.waiting(view, ids)
    who = writer.people(told.responders) if told.responders else "Nobody"
    were = "were" if len(told.responders) > 1 else "was" if told.responders else "could be"
    state = "" if incident.state is State.OPEN else f" It is {WORD[incident.state]} now."
    blocks = [
        section(
            f"{SYMBOL[incident.state]} *{escape(matter)}.* {incident.key}{room(channel)}."
            f" {_owns(told, writer)} it; {who} {were} pinged to fix it.{state}"
        ),
        lines(
            f"*Since:* {current.since(view, ids)}",
            current.first_seen(view, writer) if told_of or incident.reopened_by else "",
            f"*Waiting:* {writer.say(waits)}" if waits else "",
            current.wrong_data(view, writer, ids),
            current.error(view, writer, ids, told.reader),
            _owners_part(told.reader, view, writer),
        ),
    ]
    return message(f"{matter} ({incident.key}); {writer.plain(_owns(told, writer))} it", blocks)


def _owned_runs(
    told: OwnerAlert,
    runs: Sequence[ChildView],
    view: IncidentView,
    channel: str | None,
    writer: Writer,
) -> SlackMessage:
    """To the owner of what runs while other connections of the incident fail."""
    names = say_names([child.name for child in runs])
    verb = "runs" if len(runs) == 1 else "run"
    mine = any(open_question(child) and child.judge == told.reader for child in runs)
    later = " You are asked to confirm the data." if mine else ""
    matter, them = f"{names} {verb} again", "it" if len(runs) == 1 else "them"
    text = (
        f"🟢 *{escape(matter)}.* {_owns(told, writer)} {them}."
        f" {view.incident.key}{room(channel)} goes on for others:"
        f" {escape(current.matter(view))}. {_nothing_or_ping(told.reader, view)}{later}"
    )
    return message(
        f"{matter} ({view.incident.key})", [lines(text, current.opened_again(view, writer))]
    )


def _owns(told: OwnerAlert, writer: Writer) -> str:
    return f"{writer.person(told.covers)} owns" if told.covers else "You own"


def _nothing_or_ping(reader: str | None, view: IncidentView) -> str:
    """What an owner does now whom nothing is asked of here: whoever was pinged besides finds in
    the ping what is theirs."""
    if reader and was_pinged(view, reader):
        return (
            f"*You:* you were pinged for {view.incident.key} too; that message says how it stands."
        )
    return "*You:* nothing to do now."


def _owners_part(reader: str | None, view: IncidentView, writer: Writer) -> str:
    """What the owner who reads this does now, and whose word on the data is asked for later."""
    mine, now = yours(view, reader), _nothing_or_ping(reader, view)
    if only_reported(view.incident, view.connections) and reader in view.judges:
        now = "*You:* look whether your data shows it; the checks see nothing wrong."
    others = "" if mine else current.others_asked(view, writer)
    now = f"{mine or now}{others}"
    wrong = sorted({child.denied.by for child in view.connections if child.denied})
    if wrong and not current.fails(view):
        them = f"{writer.people(wrong)} {'presses' if len(wrong) == 1 else 'press'}"
        said = "Press" if reader in wrong else them
        return f"{now} {said} *It is right now* once the data is right."
    if not view.judges:
        return now
    verb = "is" if len(view.judges) == 1 else "are"
    who = "You are" if reader in view.judges else f"{writer.people(view.judges)} {verb}"
    return f"{now} {who} asked to confirm the data once it runs again."


@about_incident
def reopened_in_person(
    told: Reopened, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever judges data of it and is not pinged: a person says that it was not over."""
    if not view.incident.live or view.incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    key, matter = view.incident.key, escape(current.matter(view))
    mine = [child.name for child in view.connections if child.judge == told.reader]
    whose = f" You own the data of {escape(say_names(mine))}." if mine else ""
    head = f"🔴 *{key} was not over.* {matter}{room(channel)}.{whose}"
    child = _owners_part(told.reader, view, writer)
    return message(
        f"{key} was opened again", [lines(head, current.opened_again(view, writer), child)]
    )
