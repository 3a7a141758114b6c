"""The audit and the handbook: from the files, and from the database if one is there."""

import argparse
import sys
from dataclasses import asdict
from typing import Any

from bot.app.loading import from_database, from_work, knowledge_as_told
from bot.cli.naming import connection_named
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId
from bot.core.estate.landscape import landscape
from bot.core.governance.audit.audit import Audit, ConnectionAudit, audit
from bot.core.governance.audit.finding import AuditFinding
from bot.core.governance.audit.risk_questions import AuditAnswer, Reply
from bot.core.governance.audit.situation import NOTHING_LIVE
from bot.core.governance.handbook import book, inventory, render_book, render_table
from bot.core.knowledge import Knowledge
from bot.files.governance import FORMATS
from bot.files.governance.handbook_page import written_here
from bot.files.library import may_write, write_file
from bot.flows.governance import audit as governance
from bot.language.units import say_count
from bot.terminal.printing import plain, print_json
from bot.terminal.progress import working

TREND_DAYS = 90
_SIGN = {Reply.YES: "+", Reply.NO: "-", Reply.UNKNOWN: "?"}
_ALARM = {Reply.YES: "!", Reply.NO: " ", Reply.UNKNOWN: "?"}


def _audited(knowledge: Knowledge) -> Audit:
    live = from_work(knowledge, governance.live) or NOTHING_LIVE
    return audit(knowledge.catalogue, utc_now(), live)


def run_audit(arguments: argparse.Namespace) -> int:
    """0 when nothing is open, 1 with findings."""
    knowledge = knowledge_as_told(arguments)
    catalogue = knowledge.catalogue
    given = arguments.connection
    only = None if given is None else connection_named(knowledge, given)
    found = _audited(knowledge)
    if arguments.json:
        print_json(_of_connection(found, only) if only else _as_data(found, catalogue), catalogue)
    else:
        for line in _lines(found, catalogue, only):
            print(plain(line, catalogue))
    return 1 if (found.of(only) if only else found.findings.open) else 0


def _lines(found: Audit, catalogue: Catalogue, only: str | None) -> list[str]:
    one = found.connections.get(only) if only else None
    answers = one.answers if one else () if only else found.answers
    lines = [f"{_SIGN[item.reply]} {item.asks} {item.reply}. {item.evidence}" for item in answers]
    if not only:
        head = f"{found.score} of 5: {found.status}. {found.judged.urgency}: {found.judged.why}"
        lines = [head, *lines]
        lines += [f"{_ALARM[one.reply]} {one.asks}: {one.evidence}" for one in found.signals]
    open_now = found.of(only) if only else found.findings.open
    for item in open_now:
        name = governance.subject_name(catalogue, item.subject)
        goes = f" Goes to ‹p:{item.who}›." if item.who else ""
        lines.append(f"\n{item.weight}: {name}: {item.what}\n  {item.why}\n  {item.do}{goes}")
        lines.append(f"  {item.key}")
    lines.append(f"\n{len(open_now)} open, {len(found.findings.accepted)} accepted.")
    return lines


def _of_connection(found: Audit, only: ConnectionId) -> dict[str, Any]:
    one = found.connections.get(only)
    findings = [_finding(item) for item in found.findings.open if item.subject == only]
    return {"connection": one and _connection(one), "findings": findings}


def _as_data(found: Audit, catalogue: Catalogue) -> dict[str, Any]:
    """The stable JSON of an audit."""
    return {
        "at": found.at.isoformat(),
        "score": found.score,
        "verdict": found.status,
        "urgency": found.judged.urgency,
        "why": found.judged.why,
        "questions": _answers(found.answers),
        "signals": [
            {"id": one.id, "says": one.asks, "on": one.reply, "evidence": one.evidence}
            for one in found.signals
        ],
        "readiness": [
            {"id": one.id, "asks": one.asks, "ready": one.reply, "evidence": one.evidence}
            for one in found.readiness
        ],
        "operating_model": asdict(found.advice),
        "connections": {key: _connection(one) for key, one in found.connections.items()},
        "findings": [_finding(one) for one in found.findings.open],
        "accepted": [
            {"key": one.key, "owner": item.owner, "until": item.until, "why": item.why}
            for one, item in found.findings.accepted
        ],
        "risks": _risks(catalogue),
        "trend": [asdict(one) for one in from_database(lambda tx: tx.scores(TREND_DAYS)) or ()],
    }


def _connection(one: ConnectionAudit) -> dict[str, Any]:
    return {
        "score": one.score,
        "verdict": one.status,
        "questions": _answers(one.answers),
        "gate": list(one.lacking),
    }


def _risks(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The risk register, the first to be looked at again first."""
    rows = [
        {"connection": one.id, **asdict(risk)}
        for one in catalogue.connections.values()
        for risk in one.about.risks
    ]
    # Dates without one come last.
    return sorted(rows, key=lambda row: str(row["review"] or "9999"))


def _answers(items: tuple[AuditAnswer, ...]) -> list[dict[str, str]]:
    return [{"question": one.id, "reply": one.reply, "evidence": one.evidence} for one in items]


def _finding(one: AuditFinding) -> dict[str, Any]:
    fields = ("key", "id", "subject", "weight", "what", "why", "who", "do", "since")
    return {name: getattr(one, name) for name in fields}


def run_handbook(arguments: argparse.Namespace) -> int:
    # Asked before the work, which takes seconds on a large estate.
    may_write(arguments.out, force=arguments.force, ours=written_here)
    knowledge = knowledge_as_told(arguments)
    catalogue = knowledge.catalogue
    found = _audited(knowledge)

    def say(text: str) -> str:
        return plain(text, catalogue)

    spoken = render_table(inventory(catalogue, found), say)
    write, told = FORMATS[arguments.format], render_book(book(catalogue, found), say)
    with working("Writing the handbook"):
        written = write(told, spoken, landscape(catalogue))
    # Bytes, since a PDF is no text.
    if arguments.out is None:
        sys.stdout.buffer.write(written)
        return 0
    write_file(arguments.out, written, force=arguments.force, ours=written_here)
    count = say_count(len(catalogue.connections), "connection")
    print(f"{arguments.out}: {len(written):,} bytes, {count}.")
    return 0
