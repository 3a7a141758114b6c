"""“Which one do you mean?” under a command: the button goes on with the command, the connection
that was meant in place of its name, and every other word as it was."""

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.language.errors import Invalid, NotFound
from bot.language.marks import outside
from bot.slack.estate import words as estate
from bot.slack.estate.words import NamedChoice
from bot.slack.find_connection import Unclear
from bot.slack.handler import Body, Handler, channel_of, clicked
from bot.slack.ids import Action, value
from bot.slack.kit import SlackMessage, actions, button, message, section
from bot.slack.request import Request
from bot.slack.text import escape

LONGEST = 2000  # characters that a button of Slack's carries


def question(unclear: Unclear, command: str, request: Request) -> SlackMessage:
    """Ask which of the connections is meant. What no button can carry has to be typed again."""
    options = [
        NamedChoice(
            connection=connection,
            action=Action.WHICH,
            value=value(connection.id, _command(unclear, command, request.words, connection)),
        )
        for connection in unclear.likely
    ]
    # Cutting would send a shorter reason than the person wrote.
    if any(len(option.value) > LONGEST for option in options):
        names = ", ".join(connection.id for connection in unclear.likely[:10])
        raise Invalid(
            f"Several connections may be meant: {names}. Your words are too long to keep, so write"
            f" /conn {command} again with one of these names."
        )
    return estate.choices(unclear.name, options)


def _command(unclear: Unclear, command: str, words: str, meant: Connection) -> str:
    before, _, after = words.partition(unclear.name)
    return f"{command} {before}{meant.id}{after}".strip()


def only_one(incident: Incident, command: str, words: str) -> SlackMessage:
    """Ask whether the only open incident is meant; the button goes on with the command."""
    asked = f"Do you mean {incident.key}, “{outside(incident.headline)}”?"
    carried = value("", f"{command} {incident.key} {words}".strip())
    if len(carried) > LONGEST:
        raise Invalid(f"{asked} Write it again with {incident.key} behind the word, and shorter.")
    row = [button(f"Yes, {incident.key}", Action.WHICH, carried)]
    return message(asked, [section(escape(asked)), actions(row, "only")])


def chosen(handler: Handler, body: Body, by: str) -> Request:
    """The command to go on with. Raises NotFound when the connection is gone meanwhile: its name
    might be read as another one's."""
    connection, _, words = clicked(body).partition("|")
    if connection and connection not in handler.runtime.knowledge().catalogue.connections:
        raise NotFound("This connection is no longer in the catalogue.")
    channel = channel_of(body)
    return Request(by=by, channel=channel, words=words, trigger=str(body.get("trigger_id") or ""))
