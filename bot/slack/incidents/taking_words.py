"""What is said when somebody takes or ends an incident against what is known of it: the question
before, and the words to those whom it concerns."""

from collections.abc import Mapping
from typing import Any

from bot.core.incidents.notices_of_endings import DataAfterEnd, ReopenWanted
from bot.flows.views import IncidentView
from bot.slack.ids import Action, value
from bot.slack.incidents import current, data_question
from bot.slack.incidents.overtaken import overtaken
from bot.slack.kit import SlackMessage, actions, button, lines, message, section
from bot.slack.notice_words import about_incident, repeatable
from bot.slack.text import Writer, escape

Facts = Mapping[str, Any]


@repeatable
def data_after_end(
    told: DataAfterEnd, view: IncidentView, channel: str | None, writer: Writer, newer: bool
) -> SlackMessage:
    """The question for as long as the reader's word is missing, then what was said."""
    incident = view.incident
    if newer:
        return data_question.asked_again(view)
    if incident.live:
        return data_question.question(told.person, view, channel, writer)
    if incident.resolved_at is None:
        return overtaken(view, channel, writer)
    how = f": {escape(incident.resolution)}" if incident.resolution else ""
    head = f"*{writer.person(incident.resolved_by)} resolved {incident.key}*{how}.{_room(channel)}"
    failing = [f"⚠️ {writer.say(one)}" for one in incident.left_failing]
    if told.person not in view.judges or not incident.awaiting:
        said = current.data_after_end(view, writer)
        text = lines(f"🟢 {head} {said}".rstrip(), *failing)
        return message(f"{incident.key} was resolved", [text])
    asked, rows = data_question.after_end(view, told.person, writer)
    said = f"{incident.key} was resolved. Is the data right?"
    return message(said, [lines(f"🔵 {head} {asked}", *failing), *rows])


@about_incident
def reopen_wanted(
    told: ReopenWanted, view: IncidentView, channel: str | None, writer: Writer
) -> SlackMessage:
    incident = view.incident
    text = (
        f"❓ *{writer.person(told.by)} says that {incident.key} is not over*"
        f" ({escape(incident.headline)}): {escape(told.why)}{_room(channel)}"
    )
    blocks = [section(text)]
    if not incident.live:
        row = [button("Open again…", Action.REOPEN, value(incident.id), style="primary")]
        blocks.append(actions(row, "reopen"))
    return message(f"Is {incident.key} not over?", blocks)


def _room(channel: str | None) -> str:
    return f" · <#{channel}>" if channel else ""
