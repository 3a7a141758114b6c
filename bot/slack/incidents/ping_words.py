"""What somebody reads who is pinged (what is the matter, why it comes to them, and what follows),
whose turn it is as the ladder goes on, and what owners of a broken connection read, pinged or not.
"""

from collections.abc import Sequence

from bot.core.incidents.incident import WITH_SOMEBODY, State
from bot.core.incidents.notices import (
    Away,
    Escalated,
    LadderStep,
    Nobody,
    OwnerAlert,
    PingSent,
    QuietHours,
    Undelivered,
)
from bot.core.incidents.notices_of_endings import Reopened
from bot.flows.incidents.grouping.children import ChildView, only_reported
from bot.flows.outbox.pinged_before import pinged_then, was_pinged
from bot.flows.views import IncidentView
from bot.language.units import are, incident_key, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.data_question import open_question
from bot.slack.incidents.many import named
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.words import in_channel, severity_line
from bot.slack.kit import (
    SYMBOL,
    WORD,
    Block,
    SlackMessage,
    actions,
    button,
    lines,
    message,
    section,
)
from bot.slack.notice_words import about_incident, line, repeatable
from bot.slack.text import Writer, escape, time


@line
def escalated(told: Escalated, view: IncidentView, writer: Writer) -> str:
    people, upcoming = told.people, told.next_people or ()
    pinged = f"{writer.people(people)} {are(people)} pinged now"
    if told.let_go in people:
        others = [one for one in people if one != told.let_go]
        pinged = f"they{f' and {writer.people(others)}' if others else ''} are pinged now"
    head = f"🔴 {why_pinged(told, view.incident.key, writer)}; {pinged}"
    if not told.next_at or not upcoming:
        return f"{head}."
    if set(upcoming) == set(people):
        return f"{head}, and again {time(told.next_at)} unless somebody takes it."
    then = f"{writer.people(upcoming)} {are(upcoming)} {pinged_then(view, upcoming)}"
    return f"{head}. Without an acknowledgement, {then} {time(told.next_at)}."


def why_pinged(told: LadderStep, key: str, writer: Writer, reader: str | None = None) -> str:
    """Why the ladder went on to somebody, as a sentence without its full stop."""
    if told.let_go:
        had = "You" if reader == told.let_go else writer.person(told.let_go)
        return f"{had} had {key} and did not go on"
    if told.unnamed:
        names = "" if isinstance(told.unnamed, bool) else named(told.unnamed, writer)
        return f"No first responder is named for {names or key}"
    if told.away:
        return f"{writer.people(told.away)} {are(told.away)} away without cover"
    return f"Nobody took {key}"


@line
def quiet_hours(told: QuietHours, view: IncidentView, writer: Writer) -> str:
    people = told.next_people
    whom = f"{writer.people(people)} {are(people)} {pinged_then(view, people)}" if people else ""
    then = f" {whom} {time(told.next_at)}." if whom and told.next_at else ""
    return (
        "🌙 Everybody left is outside their working hours, and this can wait:"
        f" nobody further up is woken.{then} Anybody may take it now."
    )


@line
def nobody(told: Nobody, view: IncidentView, writer: Writer) -> str:
    incident = view.incident
    name = view.connection.name if view.connection else incident.connection
    name = named(told.of, writer) or escape(name)
    if told.rungs and 0 not in told.rungs:
        which = " and ".join(str(rung) for rung in told.rungs)
        return (
            f"⚠️ *Rung {which} of the ladder of {name} names nobody* ({incident.key}), so the"
            " next one is pinged. Name somebody in the catalogue."
        )
    then = "Name one in the catalogue."
    if incident.state is State.OPEN:
        then = "Somebody must take it: press Acknowledge. Then name one in the catalogue."
    elif incident.live and incident.holder:
        then = f"{writer.person(incident.holder)} has it. {then}"
    return f"⚠️ *Nobody is named as first responder of {name}* ({incident.key}). {then}"


@about_incident
def nobody_to_person(
    told: Nobody, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = nobody(told, view, writer) + in_channel(channel)
    return message(f"{view.incident.key}: nobody is named", [section(text)])


@line
def undelivered(told: Undelivered, view: IncidentView, writer: Writer) -> str:
    person, key, why = writer.name(told.person), view.incident.key, escape(told.why)
    then = " The next person is pinged now." if told.escalates else ""
    if told.perhaps:
        return (
            f"⚠️ *{person} was perhaps pinged* for {key}: Slack's answer was lost, and"
            f" the next try ended with: {why}.{then}"
        )
    return f"⚠️ *{person} could not be pinged* for {key}: {why}.{then}"


@about_incident
def undelivered_to_person(
    told: Undelivered, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = undelivered(told, view, writer) + in_channel(channel)
    return message(f"{view.incident.key}: a ping was not delivered", [section(text)])


@line
def away(told: Away, view: IncidentView, writer: Writer) -> str:
    stays = view.incident.holder == told.person
    goes_on = "stays with them until somebody takes it" if stays else "goes on to the next person"
    return (
        f"⚠️ *{writer.name(told.person)} is away and nobody covers*"
        f" ({escape(told.why)}); {view.incident.key} {goes_on}."
        " Enter a cover with `/conn cover @them by @you until Friday`."
    )


@about_incident
def away_to_person(
    told: Away, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    text = away(told, view, writer) + (f" <#{channel}>." if channel else "")
    return message(f"{view.incident.key}: away without cover", [section(text)])


@repeatable
def ping(
    told: PingSent, view: IncidentView, channel: str | None, writer: Writer, again: bool
) -> SlackMessage:
    incident, ids, reader = view.incident, told.parts, told.reader
    joined = told.joined and current.fails(view, ids)
    # Whoever has it cannot mend what only the owner of the data can.
    holds = _has_it_still(told, view)
    needed = holds or joined or (told.anew and current.asked(view, reader))
    held = incident.state in WITH_SOMEBODY
    if incident.state is not State.OPEN and not (held and needed):
        return overtaken(view, channel, writer)
    if again and not (held and (joined or holds)):
        text = f"{incident.key}: you were pinged again; the newest ping has the buttons."
        return message(text, [section(text)])
    if left := current.gone(view, ids, writer):
        return message(left, [section(left)])
    role, matter = _role(told, view, writer), current.matter(view, ids)
    waits, where = current.waiting(view, ids), f"{in_channel(channel)}{_with(told, view, writer)}"
    blocks = [
        section(f"🔴 *{escape(matter)}.* {role}: {incident.key}{where}"),
        lines(
            f"*Since:* {current.since(view, ids)}{current.last_success(view, writer)}",
            current.turns(view, ids),
            current.first_seen(view, writer) if incident.reopened_by or not view.children else "",
            f"*Waiting:* {writer.say(waits)}" if waits else "",
            severity_line(incident, writer, len(view.connections)),
            current.wrong_data(view, writer, ids),
            current.error(view, writer, ids, reader),
            current.first_check(view, ids, reader),
            current.lane(view, writer, 1, ids),
            yours(view, reader),
            current.deadline(view, writer, told),
        ),
        actions(_row(told, view), "ping"),
    ]
    waiting = f"; waiting: {writer.plain(waits)}" if waits else ""
    return message(f"{matter}{waiting}. {role}: {incident.key}", blocks)


def _has_it_still(told: PingSent, view: IncidentView) -> bool:
    """Of a ping because its holder is away: whether it is theirs still."""
    return bool(told.holds) and told.holds == view.incident.holder


def _row(told: PingSent, view: IncidentView) -> list[Block]:
    return [*_take(told, view), button("Who owns it", Action.WHO, _meant(told, view))]


def _meant(told: PingSent, view: IncidentView) -> str:
    """The connection for whose sake this person is pinged, where it is one of several."""
    ids = (*told.parts, *told.of)
    return ids[0] if ids and view.children else view.incident.connection


def _with(told: PingSent, view: IncidentView, writer: Writer) -> str:
    holder = view.incident.holder
    if holder and told.reader == holder:
        return " You have it."
    until = view.incident.lease_until if told.holds else None
    ends = f" until {time(until)}" if until else ""
    return f" {writer.person(holder)} has it{ends}." if holder else ""


def _take(told: PingSent, view: IncidentView) -> list[Block]:
    number = value(view.incident.id)
    if _has_it_still(told, view):
        return [button("Take it over", Action.ACKNOWLEDGE, number)]
    if view.incident.state is not State.OPEN:
        return []
    return [button("Acknowledge", Action.ACKNOWLEDGE, number, style="primary")]


def _role(told: PingSent, view: IncidentView, writer: Writer) -> str:
    """Why this person is pinged, or who is in their place by now."""
    if instead := current.stood_in_for(view, told.reader):
        until = view.presence.until.get(str(told.reader))
        ends = f" until {time(until)}" if until else ""
        return f"{writer.person(instead)} covers for you{ends}"
    if told.covers:
        ends = f" until {time(told.until)}" if told.until else ""
        return f"You cover for {writer.person(told.covers)}{ends}"
    if told.had:
        return f"You had {incident_key(told.had)}, which is a part of this now"
    if told.owns_data and current.asked(view, told.reader):
        return "You own the data, and the fault is in it"
    if told.accountable:
        return "You are the named contact of the accountable lane"
    if told.is_first:
        return f"You are the first responder{_whose(told, view)}"
    if told.anew or (told.rung == 0 and not told.unnamed):
        return f"You own the data{_whose(told, view)}"
    if told.let_go or told.unnamed or told.away:
        return f"{why_pinged(told, 'it', writer, told.reader)}, so it comes to you"
    return "Nobody has taken it so far"


def _whose(told: PingSent, view: IncidentView) -> str:
    """Of which of several connections; nothing where all of it is meant."""
    names = [child.name for child in view.children if child.connection in told.of]
    return f" of {escape(say_names(names))}" if names else ""


def yours(view: IncidentView, reader: str | None) -> str:
    """What only this reader can do, as owner of data that is at fault."""
    asked = current.asked(view, reader)
    return f"*You:* {asked}." if asked else ""


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
            f"{SYMBOL[incident.state]} *{escape(matter)}.* {incident.key}{in_channel(channel)}."
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
    mine = any(open_question(child) and child.approver == told.reader for child in runs)
    later = " You are asked to confirm the data." if mine else ""
    matter, them = f"{names} {verb} again", "it" if len(runs) == 1 else "them"
    text = (
        f"🟢 *{escape(matter)}.* {_owns(told, writer)} {them}."
        f" {view.incident.key}{in_channel(channel)} goes on for others:"
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
    if only_reported(view.incident, view.connections) and reader in view.data_approvers:
        now = "*You:* look whether your data shows it; the checks see nothing wrong."
    others = "" if mine else current.others_asked(view, writer)
    now = f"{mine or now}{others}"
    wrong = sorted({child.denied.by for child in view.connections if child.denied})
    if wrong and not current.fails(view):
        them = f"{writer.people(wrong)} {'presses' if len(wrong) == 1 else 'press'}"
        said = "Press" if reader in wrong else them
        return f"{now} {said} *It is right now* once the data is right."
    if not view.data_approvers:
        return now
    verb = "is" if len(view.data_approvers) == 1 else "are"
    who = (
        "You are"
        if reader in view.data_approvers
        else f"{writer.people(view.data_approvers)} {verb}"
    )
    return f"{now} {who} asked to confirm the data once it runs again."


@about_incident
def reopened_in_person(
    told: Reopened, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    """To whoever judges data of it and is not pinged: a person says that it was not over."""
    if not view.incident.live or view.incident.state is State.VERIFYING:
        return overtaken(view, channel, writer)
    key, matter = view.incident.key, escape(current.matter(view))
    mine = [child.name for child in view.connections if child.approver == told.reader]
    whose = f" You own the data of {escape(say_names(mine))}." if mine else ""
    head = f"🔴 *{key} was not over.* {matter}{in_channel(channel)}.{whose}"
    child = _owners_part(told.reader, view, writer)
    return message(
        f"{key} was opened again", [lines(head, current.opened_again(view, writer), child)]
    )
