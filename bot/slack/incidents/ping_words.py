"""What somebody reads who is pinged: what is the matter, why it comes to them, and what follows."""

from bot.core.incidents.incident import WITH_SOMEBODY, State
from bot.core.incidents.notices import PingSent
from bot.flows.views import IncidentView
from bot.language.units import incident_key, say_names
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.escalation_words import why_pinged
from bot.slack.incidents.overtaken import overtaken
from bot.slack.incidents.severity_line import severity_line
from bot.slack.incidents.words import room
from bot.slack.kit import Block, SlackMessage, actions, button, lines, message, section
from bot.slack.notice_words import repeatable
from bot.slack.text import Writer, escape, time


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
    waits, where = current.waiting(view, ids), f"{room(channel)}{_with(told, view, writer)}"
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
