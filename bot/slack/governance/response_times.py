"""`/conn sla`: what was agreed with each party and how often it was not kept.

Response times agreed with parties and how they were kept, for the next contract talk.
"""

from collections.abc import Sequence

from bot.core.estate.catalogue import Connection
from bot.flows.governance import response_times
from bot.flows.governance.response_times import LOOK_BACK, SlaRow
from bot.language.units import incident_key, say_count, say_duration
from bot.slack import find_connection
from bot.slack.handler import Handler
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.request import Request
from bot.slack.text import Writer, escape, time

_SHOWN = 3


def table(rows: Sequence[SlaRow], connection: Connection | None, writer: Writer) -> SlackMessage:
    of = f" of {escape(connection.name)}" if connection else ""
    if not rows:
        text = f"No lane{of} names a party. Add `lanes:` to the catalogue."
        return message(text, [section(text)])
    days = LOOK_BACK.days
    head = f"*Response times{of}, last {days} days*"
    note = "A breach is counted once for each hand-over whose agreed time ended without an answer."
    return message(f"Response times{of}", [lines(head, *map(_row, rows)), context(note)])


def _row(row: SlaRow) -> str:
    party = row.party
    agreed = ", ".join(
        f"{criticality} {say_duration(span)}" for criticality, span in party.respond_within.items()
    )
    contract = f" ({escape(party.contract)})" if party.contract else ""
    latest = ", ".join(
        f"{incident_key(one.incident)} due {time(one.due_at)}" for one in row.breaches[-_SHOWN:]
    )
    sign = "🔴" if row.breaches else "🟢" if row.handed_over else "⚪"
    return (
        f"{sign} *{escape(party.name)}*{contract}: {agreed or 'no response time agreed'}."
        f" {_kept(row)}." + (f" Latest: {latest}." if latest else "")
    )


def _kept(row: SlaRow) -> str:
    time = f"the time of {say_count(row.running, 'hand-over')} is not over"
    if row.handed_over:
        late = f"{len(row.breaches)} of {say_count(row.handed_over, 'hand-over')} late"
        return f"{late}; {time}" if row.running else late
    if row.running:
        return f"Nothing to judge yet: {time}"
    without = f"{say_count(row.unpromised, 'hand-over')} without a promised time"
    return without if row.unpromised else "Nothing was handed over"


async def sla(handler: Handler, request: Request) -> SlackMessage:
    """What was agreed with each party and how often it was not kept."""
    runtime = handler.runtime
    connection = (
        find_connection.find(handler, request.words, "sla") if request.words.strip() else None
    )
    rows = await runtime.do(response_times.sla, connection)
    return table(rows, connection, await handler.writer())
