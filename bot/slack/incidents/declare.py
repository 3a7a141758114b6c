"""Saying by hand that something is broken, or writing down afterwards that it was."""

import re
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import incident_subject
from bot.flows.incidents import open_incident
from bot.flows.incidents.open_incident import Report
from bot.flows.work import Work, open_for
from bot.language.errors import NotFound, Refused
from bot.language.marks import blank, outside, who
from bot.language.typed_times import read_past
from bot.slack import find_connection
from bot.slack.forms import may_open
from bot.slack.forms.form import given, moment_given, ticked
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import Action, Modal, value
from bot.slack.incidents import declare_form as forms
from bot.slack.kit import SlackMessage, actions, button, message, section
from bot.slack.request import Request, done
from bot.slack.text import escape

_WORDS = re.compile(r"(?P<name>.*?)(?::(?!\d\d\b)\s*(?P<why>.*))?", re.DOTALL)
_REPORT = re.compile(
    r"(?P<name>.+?)\s+report[ -]only"
    r"\s+(?:since|from)\s+(?P<since>.+?)\s+(?:until|to)\s+(?P<until>.+)",
    re.IGNORECASE,
)
_BEGAN = re.compile(
    r"(?P<name>.*?)(?:\s+since\s+(?P<since>.+?))?(?:\s+until\s+(?P<until>.+))?",
    re.DOTALL | re.IGNORECASE,
)
_HOW = (
    "What is over is only written down. Write when it was, for example:"
    " /conn declare web shop orders report only since 09:30 until 10:15: the queue was stuck"
)

_STILL_FAILS = (
    "An end is only for what is over: tick “Report only” to write it down, or take the end out if"
    " it still fails."
)


async def declare(handler: Handler, request: Request) -> SlackMessage:
    """The slash command. A connection that has an open incident is pointed to that."""
    form = _WORDS.fullmatch(request.words)
    name, why = (form["name"], form["why"] or "") if form else (request.words, "")
    if re.search(r"\breport[ -]only\b", name, re.IGNORECASE):
        return await _report(handler, request, name, why)
    name, since = _began(handler, name)
    connection = find_connection.find(handler, name, "declare")
    already = await _open_already(handler, connection)
    if already is not None:
        return done(already)
    if blank(why):
        return await _form(handler, request, connection, since)
    incident = await _declare(handler, connection, request.by, why, since=since)
    seen = "" if incident.seen_failing else " (the checks see nothing wrong)"
    pinged = (await handler.writer()).people(incident.ladder[0].people) if incident.ladder else ""
    return done(
        f"🔴 {incident.key} is declared for {escape(connection.name)}{seen};"
        f" {pinged or 'the next person named'} is pinged, and its channel opens."
    )


def _began(handler: Handler, words: str) -> tuple[str, datetime | None]:
    """The connection's name and since when it fails, where that was typed. Raises Refused for an
    end: then it is over."""
    form = _BEGAN.fullmatch(words.strip())
    if form is None or not (form["since"] or form["until"]):
        return words, None
    if form["until"]:
        raise Refused(_HOW)
    now, zone = handler.runtime.clock(), handler.runtime.knowledge().catalogue.timezone
    return form["name"], read_past(form["since"], now, zone)


async def _form(
    handler: Handler, request: Request, connection: Connection, since: datetime | None
) -> SlackMessage:
    """Nothing was said of what is seen: the form asks. What was typed in a message has no way to
    open one, and gets a button."""
    name = escape(connection.name)
    if request.trigger:
        every = tuple(handler.runtime.knowledge().catalogue.connections.values())
        form = forms.declare(every, connection.id, since)
        await may_open.open_form(handler, {"trigger_id": request.trigger}, form, request.by)
    text = (
        f"Nothing is declared yet. Fill in the form for *{name}*, or write what you see:"
        f" `/conn declare {connection.id}: orders are missing`"
    )
    again = button("Open the form", Action.DECLARE, connection.id)
    return message(f"Declare {connection.name}?", [section(text), actions([again], "new")])


async def _report(handler: Handler, request: Request, words: str, why: str) -> SlackMessage:
    form = _REPORT.fullmatch(words.strip())
    if form is None:
        raise Refused(_HOW)
    connection = find_connection.find(handler, form["name"], "declare")
    now, zone = handler.runtime.clock(), handler.runtime.knowledge().catalogue.timezone
    lasted = read_past(form["since"], now, zone), read_past(form["until"], now, zone)
    incident = await _write_down(handler, connection, request.by, why, lasted)
    return written_down(incident)


def written_down(incident: Incident) -> SlackMessage:
    text = f"📋 {incident.key} is written down; nobody was pinged. It waits for its review."
    row = [button("Review…", Action.REVIEW, value(incident.id), style="primary")]
    return message(text, [section(text), actions(row, "report")])


async def ask(handler: Handler, body: Body) -> None:
    """From App Home or the global shortcut."""
    connections = tuple(handler.runtime.knowledge().catalogue.connections.values())
    if not connections:
        raise NotFound("The catalogue has no connection yet.")
    await may_open.open_form(handler, body, forms.declare(connections, clicked(body) or None))


async def submitted(handler: Handler, body: Body, by: str) -> None:
    connection = handler.runtime.knowledge().catalogue.connections.get(given(body, "connection"))
    if connection is None:
        raise NotFound("This connection is no longer in the catalogue.")
    since = moment_given(body, "since")
    why = outside(given(body, "why"), 500)
    if not why:
        raise Refused("Say what you see; whoever is pinged begins with it.", field="why")
    until, word = moment_given(body, "until"), given(body, "severity")
    severity = Severity(word) if word in set(Severity) else None
    if "report" in ticked(body, "report"):
        if since is None or until is None:
            missing = "since" if since is None else "until"
            both = "A report needs both times: since when it failed, and until when."
            raise Refused(both, field=missing)
        written = await _write_down(handler, connection, by, why, (since, until), severity)
        dm = await handler.people.dm(by)
        told = written_down(written)
        await handler.gateway.call(
            "chat.postMessage", channel=dm, text=told.text, blocks=list(told.blocks)
        )
        return
    if until is not None:
        raise Refused(_STILL_FAILS, field="until")
    already = await _open_already(handler, connection)
    if already is not None:
        raise Refused(already)
    await _declare(handler, connection, by, why, since=since, severity=severity)


async def _declare(
    handler: Handler,
    connection: Connection,
    by: str,
    why: str,
    *,
    since: datetime | None = None,
    severity: Severity | None = None,
) -> Incident:
    report = Report(by=by, why=outside(why), severity=severity)
    return await handler.runtime.do(open_incident.declare, connection, report, since=since)


async def _write_down(
    handler: Handler,
    connection: Connection,
    by: str,
    why: str,
    lasted: tuple[datetime, datetime],
    severity: Severity | None = None,
) -> Incident:
    report, (since, until) = Report(by=by, why=why, severity=severity), lasted
    return await handler.runtime.do(
        open_incident.write_down, connection, report, since=since, until=until
    )


async def _open_already(handler: Handler, connection: Connection) -> str | None:
    """Where to go instead, in words."""

    def look(work: Work) -> tuple[Incident, str | None] | None:
        live = open_for(work, connection.id)
        return (live, work.tx.channel_name_of(incident_subject(live.id))) if live else None

    found = await handler.runtime.do(look)
    if found is None:
        return None
    live, channel = found
    writer = await handler.writer()
    where = f" in #{channel}" if channel else ""
    holder = f" {who(live.holder)} has it." if live.holder else " Nobody has it yet."
    said = f"{live.key} is open for {outside(connection.name)} already{where}.{holder}"
    return writer.plain(f"{said} Go on there: add what you see with /conn note.")


SUBMISSIONS = {Modal.DECLARE: (submitted, "connection")}
