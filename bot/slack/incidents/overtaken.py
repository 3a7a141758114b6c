"""What a letter says once it is over: the state, and no button any more."""

from bot.core.incidents.incident import State
from bot.flows.views import IncidentView
from bot.slack.incidents.many import heading
from bot.slack.kit import SYMBOL, WORD, SlackMessage, message, section
from bot.slack.text import Writer, escape


def overtaken(view: IncidentView, channel: str | None, writer: Writer) -> SlackMessage:
    """Who has it by now, or how it ended."""
    incident = view.incident
    if incident.state is State.MERGED and view.merged_into is not None:
        return _merged(view, view.merged_into, writer)
    where = f" · <#{channel}>" if channel else ""
    text = (
        f"{SYMBOL[incident.state]} *{escape(heading(view)[0])}* · {incident.key}:"
        f" {_by_whom(view, writer)}{where}"
    )
    return message(f"{incident.key}: {WORD[incident.state]}", [section(text)])


def _merged(view: IncidentView, parent: tuple[str, str | None], writer: Writer) -> SlackMessage:
    """Into which one, and what whoever reads it does now."""
    (into, channel), incident = parent, view.incident
    where = f" in <#{channel}>" if channel else ""
    text = (
        f"{SYMBOL[incident.state]} *{escape(heading(view)[0])}* · {incident.key}:"
        f" {WORD[incident.state]}{_by(_last(view, 'merged'), writer)} into {into}."
        f" It goes on there{where}; whoever is needed is pinged for {into}, and nothing is to be"
        f" done for {incident.key} itself."
    )
    return message(f"{incident.key}: {WORD[incident.state]} into {into}", [section(text)])


def _by_whom(view: IncidentView, writer: Writer) -> str:
    """The state with who brought it about, where a person did: whoever has it did not hand it over
    for that, and who resolved it did not review it."""
    incident = view.incident
    word = WORD[incident.state]
    if incident.state is State.VERIFYING:
        return f"{word} by {writer.people(view.data_approvers)}" if view.data_approvers else word
    if incident.state is State.HANDED_OVER:
        by = _last(view, "handed over")
        has = f"; {writer.person(incident.holder)} has it" if incident.holder != by else ""
        return f"{word}{_by(by, writer)}{has}"
    if incident.state is State.REVIEWED and incident.reviewed_by != incident.resolved_by:
        ended = f"resolved{_by(incident.resolved_by, writer)}"
        return f"{ended} and reviewed{_by(incident.reviewed_by, writer)}"
    return f"{word}{_by(incident.holder if incident.live else incident.resolved_by, writer)}"


def _last(view: IncidentView, kind: str) -> str | None:
    """Who did the last thing of this kind on the timeline."""
    return next((one.by for one in reversed(view.timeline) if one.kind == kind), None)


def _by(person: str | None, writer: Writer) -> str:
    return f" by {writer.person(person)}" if person else ""
