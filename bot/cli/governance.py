"""The audit and the handbook: from the files, and from the database if one is there."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from bot.app.loading import as_said, from_database, library_of
from bot.cli.naming import connection_named
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.landscape import landscape
from bot.core.governance.audit.answers import AuditAnswer, Reply
from bot.core.governance.audit.audit import Audit, audit
from bot.core.governance.audit.finding import AuditFinding
from bot.core.governance.audit.situation import NOTHING_LIVE, Live
from bot.core.governance.handbook import book, inventory, render_book, render_table
from bot.files.governance import FORMATS
from bot.files.governance.handbook_mark import written_here
from bot.files.write_files import may_write, write_file
from bot.flows.governance import audit as governance
from bot.language.units import say_count
from bot.ports import Knowledge, Tx
from bot.terminal.printing import plain
from bot.terminal.progress import working

TREND_DAYS = 90


def _audited(knowledge: Knowledge) -> Audit:
    now = utc_now()

    def look(tx: Tx) -> Live:
        return governance.live(tx, knowledge, now)

    return audit(knowledge.catalogue, now, from_database(look) or NOTHING_LIVE)


def _as_said(knowledge: Knowledge) -> Knowledge:
    return replace(knowledge, catalogue=as_said(knowledge.catalogue))


def run_audit(arguments: argparse.Namespace) -> int:
    """0 when nothing is open, 1 with findings."""
    knowledge = _as_said(library_of(arguments).knowledge())
    catalogue = knowledge.catalogue
    given = arguments.connection
    only = None if given is None else connection_named(knowledge, given)
    found = _audited(knowledge)
    open_now = found.of(only) if only else found.findings.open
    if arguments.json:
        data = {**as_data(found, catalogue), "risks": _risks(catalogue), "trend": _trend()}
        if only:
            data = {
                "connection": data["connections"].get(only),
                "findings": [one for one in data["findings"] if one["subject"] == only],
            }
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        for line in _lines(found, catalogue, only):
            print(plain(line, catalogue))
    return 1 if open_now else 0


def _lines(found: Audit, catalogue: Catalogue, only: str | None) -> list[str]:
    one = found.connections.get(only) if only else None
    answers = one.answers if one else () if only else found.answers
    lines = [f"{_sign(item.reply)} {item.asks} {item.reply}. {item.evidence}" for item in answers]
    if not only:
        head = f"{found.score} of 5: {found.status}. {found.judged.urgency}: {found.judged.why}"
        lines = [head, *lines]
        lines += [f"{_alarm(one.reply)} {one.asks}: {one.evidence}" for one in found.signals]
    open_now = found.of(only) if only else found.findings.open
    for item in open_now:
        name = governance.subject_name(catalogue, item.subject)
        goes = f" Goes to ‹p:{item.who}›." if item.who else ""
        lines.append(f"\n{item.weight}: {name}: {item.what}\n  {item.why}\n  {item.do}{goes}")
        lines.append(f"  {item.key}")
    lines.append(f"\n{len(open_now)} open, {len(found.findings.accepted)} accepted.")
    return lines


def _sign(reply: Reply) -> str:
    return {Reply.YES: "+", Reply.NO: "-", Reply.UNKNOWN: "?"}[reply]


def _alarm(on: Reply) -> str:
    return {Reply.YES: "!", Reply.NO: " ", Reply.UNKNOWN: "?"}[on]


def as_data(found: Audit, catalogue: Catalogue) -> dict[str, Any]:
    """The stable JSON of an audit."""
    say = partial(plain, catalogue=catalogue)
    return {
        "at": found.at.isoformat(),
        "score": found.score,
        "verdict": found.status,
        "urgency": found.judged.urgency,
        "why": say(found.judged.why),
        "questions": _answers(found.answers, say),
        "signals": [
            {"id": one.id, "says": one.asks, "on": one.reply, "evidence": say(one.evidence)}
            for one in found.signals
        ],
        "readiness": [
            {"id": one.id, "asks": one.asks, "ready": one.reply, "evidence": say(one.evidence)}
            for one in found.readiness
        ],
        "operating_model": asdict(found.advice),
        "connections": {
            key: {
                "score": item.score,
                "verdict": item.status,
                "questions": _answers(item.answers, say),
                "gate": [say(one) for one in item.lacking],
            }
            for key, item in found.connections.items()
        },
        "findings": [_finding(one, say) for one in found.findings.open],
        "accepted": [
            {"key": one.key, "owner": item.owner, "until": item.until.isoformat(), "why": item.why}
            for one, item in found.findings.accepted
        ],
    }


def _risks(catalogue: Catalogue) -> list[dict[str, str | None]]:
    """The risk register, the first to be looked at again first."""
    rows = [
        {
            "connection": one.id,
            "what": risk.what,
            "impact": risk.impact,
            "mitigation": risk.mitigation,
            "owner": risk.owner,
            "review": risk.review.isoformat() if risk.review else None,
        }
        for one in catalogue.connections.values()
        for risk in one.about.risks
    ]
    return sorted(rows, key=lambda row: str(row["review"] or "9999"))


def _trend() -> list[dict[str, Any]]:
    """One entry for each day that the bot on this machine audited, oldest first."""
    scores = from_database(lambda tx: tx.scores(TREND_DAYS)) or ()
    return [{**asdict(one), "day": one.day.isoformat()} for one in scores]


def _answers(items: tuple[AuditAnswer, ...], say: Callable[[str], str]) -> list[dict[str, str]]:
    return [
        {"question": one.id, "reply": one.reply, "evidence": say(one.evidence)} for one in items
    ]


def _finding(one: AuditFinding, say: Callable[[str], str]) -> dict[str, Any]:
    return {
        "key": one.key,
        "id": one.id,
        "subject": one.subject,
        "weight": one.weight,
        "what": say(one.what),
        "why": say(one.why),
        "who": one.who,
        "do": say(one.do),
        "since": one.since.isoformat() if one.since else None,
    }


def run_handbook(arguments: argparse.Namespace) -> int:
    may_write(arguments.out, force=arguments.force, ours=written_here)
    knowledge = _as_said(library_of(arguments).knowledge())
    catalogue = knowledge.catalogue
    found = _audited(knowledge)

    def say(text: str) -> str:
        return plain(text, catalogue)

    spoken = render_table(inventory(catalogue, found), say)
    write, told = FORMATS[arguments.format], render_book(book(catalogue, found), say)
    with working("Writing the handbook"):
        written = write(told, spoken, landscape(catalogue))
    if arguments.out is None:
        sys.stdout.buffer.write(written)
        return 0
    write_file(arguments.out, written, force=arguments.force, ours=written_here)
    count = say_count(len(catalogue.connections), "connection")
    print(f"{arguments.out}: {len(written):,} bytes, {count}.")
    return 0
