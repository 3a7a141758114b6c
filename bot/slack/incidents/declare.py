"""Saying by hand that something is broken, or writing down afterwards that it was."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.incidents.severity import Severity
from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import Deed
from bot.flows.incidents import open_incident
from bot.flows.incidents.open_incident import Report
from bot.flows.people import permitted
from bot.flows.work import Work, open_for
from bot.language.errors import NotAllowed, NotFound, Refused
from bot.language.marks import KEPT, blank, outside, who
from bot.language.typed_times import read_past
from bot.slack import find_connection
from bot.slack.forms.fields import Choice, Moment, Text, Tick, offer
from bot.slack.forms.form import Form, Reader, form
from bot.slack.forms.sending import open_form
from bot.slack.handler import Handler
from bot.slack.ids import Action, value
from bot.slack.kit import Block, SlackMessage, actions, button, message, section
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
    # Only before the colon: behind it are the words of a person.
    if re.search(r"\breport[ -]only\b", name, re.IGNORECASE):
        return await _report(handler, request, name, why)
    name, since = _began(handler, name)
    connection = find_connection.find(handler, name, "declare")
    # Before the form: nobody should fill it in to read that it is open.
    already = await handler.runtime.do(_open_already, connection)
    if already is not None:
        return done((await handler.writer()).plain(already))
    if blank(why):
        return await _form(handler, request, connection, since)
    incident = await handler.runtime.do(
        open_incident.declare, connection, Report(by=request.by, why=outside(why)), since=since
    )
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
        pressed, draw = {"trigger_id": request.trigger}, partial(Declare.opened, since=since)
        await open_form(handler, pressed, draw, connection.id, request.by)
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
    incident = await handler.runtime.do(
        open_incident.write_down,
        connection,
        Report(by=request.by, why=why),
        since=read_past(form["since"], now, zone),
        until=read_past(form["until"], now, zone),
    )
    return written_down(incident)


def written_down(incident: Incident) -> SlackMessage:
    text = f"📋 {incident.key} is written down; nobody was pinged. It waits for its review."
    row = [button("Review…", Action.REVIEW, value(incident.id), style="primary")]
    return message(text, [section(text), actions(row, "report")])


_GRAVE = {
    Severity.SEV1: "sev1: the business stands still",
    Severity.SEV2: "sev2: grave, act now",
    Severity.SEV3: "sev3: to be mended today",
    Severity.SEV4: "sev4: can wait",
}


@form("modal:declare", "Declare an incident", "Declare", Deed.DECLARE, opened_by=Action.DECLARE)
class Declare(Form):
    complains_at = "connection"
    closing = "Without the tick the first responder is pinged and a channel is opened."
    connection = Choice("What is broken?", "Connection")
    why = Text("What do you see?", KEPT, multiline=True)
    since = Moment("Since when?", optional=True)
    severity = Choice("How grave is it?", "By its criticality", _GRAVE, optional=True)
    report = Tick("Report only", "It is over: only write it down, ping nobody", optional=True)
    until = Moment("Until when? (report only)", optional=True)

    @classmethod
    def opened(cls, work: Work, about: str, reader: Reader, since: datetime | None = None) -> Block:
        connections = tuple(work.catalogue.connections.values())
        if not connections:
            raise NotFound("The catalogue has no connection yet.")
        return cls.shown(connections, about, since)

    @classmethod
    def shown(
        cls, connections: Sequence[Connection], chosen: str = "", since: datetime | None = None
    ) -> Block:
        # A menu has room for a hundred; the one that is meant is among them.
        meant_first = sorted(connections, key=lambda item: item.id != chosen)
        options = offer({item.id: item.name for item in meant_first})
        first = {"connection": chosen, "since": since}
        return cls.view("", first=first, options={"connection": options})

    @classmethod
    def may_open(cls, work: Work, carried: str, by: str) -> None:
        """Which connection is chosen in the form."""
        refused: NotAllowed | None = None
        for connection in work.catalogue.connections.values():
            try:
                permitted.must_for(work, Deed.DECLARE, connection, by)
            except NotAllowed as error:
                refused = error
            else:
                return
        if refused is not None:
            raise refused

    async def send(self, handler: Handler, by: str) -> None:
        written = await handler.runtime.do(self.submitted, by)
        if written:
            # In person, since what was only written down has no channel.
            dm, told = await handler.people.dm(by), written_down(written)
            await handler.gateway.call(
                "chat.postMessage", channel=dm, text=told.text, blocks=list(told.blocks)
            )

    def submitted(self, work: Work, by: str) -> Incident | None:
        """The incident, where it was only written down."""
        connection = work.catalogue.connections.get(self.connection)
        if connection is None:
            raise NotFound("This connection is no longer in the catalogue.")
        why = outside(self.why, 500)
        if not why:
            raise Refused("Say what you see; whoever is pinged begins with it.", field="why")
        # Nothing chosen means that its criticality and its effect decide.
        severity = Severity(self.severity) if self.severity in set(Severity) else None
        report = Report(by=by, why=why, severity=severity)
        if self.report:
            since, until = self._lasted()
            return open_incident.write_down(work, connection, report, since=since, until=until)
        if self.until is not None:
            raise Refused(_STILL_FAILS, field="until")
        already = _open_already(work, connection)
        if already is not None:
            raise Refused(already)
        said = replace(report, why=outside(why))
        open_incident.declare(work, connection, said, since=self.since)
        return None

    def _lasted(self) -> tuple[datetime, datetime]:
        since, until = self.since, self.until
        if since is None or until is None:
            missing = "since" if since is None else "until"
            both = "A report needs both times: since when it failed, and until when."
            raise Refused(both, field=missing)
        return since, until


def _open_already(work: Work, connection: Connection) -> str | None:
    """Where to go instead, in words."""
    live = open_for(work, connection.id)
    if live is None:
        return None
    channel = work.tx.channel_name_of(incident_subject(live.id))
    where = f" in #{channel}" if channel else ""
    holder = f" {who(live.holder)} has it." if live.holder else " Nobody has it yet."
    said = f"{live.key} is open for {outside(connection.name)} already{where}.{holder}"
    return f"{said} Go on there: add what you see with /conn note."
