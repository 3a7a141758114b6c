"""What is said to a sentence that is no command."""

from collections.abc import Sequence

from bot.core.ask.conversation import Wish
from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.slack.kit import WORD, SlackMessage, lines, message, section
from bot.slack.text import Writer, escape, time

_FRIENDLY = {
    Wish.GREET: "Hello! 👋",
    Wish.THANK: "You are welcome! 🙂",
    Wish.PART: "See you! 👋",
    Wish.CHAT: "🙂 I look after the connections here.",
}


def friendly(wish: Wish, examples: Sequence[str]) -> SlackMessage:
    return message(_FRIENDLY[wish], [lines(f"{_FRIENDLY[wish]} You can ask me:", *_rows(examples))])


def not_understood(examples: Sequence[str]) -> SlackMessage:
    head = "I did not understand that. You can ask me, for example:"
    tail = "`/conn help` lists every command; an error text can be pasted as it is."
    return message("I did not understand that", [lines(head, *_rows(examples), tail)])


def _rows(examples: Sequence[str]) -> list[str]:
    return [f"• _{escape(example)}_" for example in examples]


def estate_file(owners: Sequence[str], writer: Writer) -> SlackMessage:
    whom = writer.people(owners) if owners else "whoever runs this bot"
    text = (
        "Connections, their owners and their checks are written in the estate file, and I follow"
        f" it at once when it changes. Ask {whom}: they guard it and make the change."
    )
    return message("Connections are written in the estate file", [section(text)])


def unknown_error(owners: Sequence[str], writer: Writer) -> SlackMessage:
    whom = f" Ask {writer.people(owners)}" if owners else " Ask whoever owns the connection"
    text = (
        f"I do not know this error.{whom}, and teach it to the playbook from the card of its"
        " incident once the cause is known."
    )
    return message("I do not know this error", [section(text)])


def lately(connection: Connection, incidents: Sequence[Incident], writer: Writer) -> SlackMessage:
    """The last incidents of one connection, the newest first."""
    name = escape(connection.name)
    if not incidents:
        text = f"No incident of *{name}* is on record."
        return message(writer.plain(text), [section(text)])
    rows = [_row(incident, writer) for incident in incidents]
    head = f"*The last incidents of {name}*"
    return message(f"The last incidents of {connection.name}", [lines(head, *rows)])


def _row(incident: Incident, writer: Writer) -> str:
    why = writer.say(" ".join(incident.reasons[:1]))
    how = f" {escape(incident.resolution)}." if incident.resolution else ""
    return f"• {incident.key} {time(incident.opened_at)}: {why} {WORD[incident.state]}.{how}"
