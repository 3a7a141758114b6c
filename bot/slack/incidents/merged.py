"""The card of an incident that was merged into another one."""

from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.incidents import current
from bot.slack.incidents.many import heading, sent_line
from bot.slack.kit import SlackMessage, actions, button, context, header, lines, message
from bot.slack.text import Writer, time


def card(view: IncidentView, symbol: str, writer: Writer) -> SlackMessage:
    """Of one that was merged, whose channel is quiet: nothing that time alone could make untrue.
    How it stands is told by the parent."""
    incident = view.incident
    key, channel = view.merged_into or ("another incident", None)
    at = next((one.at for one in reversed(view.timeline) if one.kind == "merged"), None)
    head = f"{symbol} {incident.key} · {heading(view)[0]}, a part of {key}"
    where = f" in <#{channel}>" if channel else ""
    when = f"Merged {time(at)}, a part" if at else "A part"
    had = (
        f"*Had it until it was merged:* {writer.person(incident.holder)}" if incident.holder else ""
    )
    what, seen = current.ends(view, writer), current.first_seen(view, writer)
    began = f"*Began:* {time(incident.began)}"
    blocks = [
        header(head),
        lines(what, seen, began, had, sent_line(view)),
        context(f"{when} of {key}: how it stands is told there{where}."),
        actions([button("Timeline", Action.TIMELINE, value(incident.id))], "closed"),
    ]
    return message(head, blocks)
