"""`firstlane ask`: who owns what, in plain words."""

import argparse
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.app.loading import as_said, from_database, library_of
from bot.clock import utc_now
from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.ask import ask
from bot.core.ask.question_shapes import Intent
from bot.core.estate.catalogue import Catalogue
from bot.core.people.presence import ALL_PRESENT, Presence
from bot.language.typed_times import span_in
from bot.terminal.lines import Line, lines, quoted
from bot.terminal.printing import plain, print_json

if TYPE_CHECKING:
    from bot.ports import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What questions are answered from, read once however many there are."""

    catalogue: Catalogue
    there: Presence
    now: datetime

    def answer(self, question: str) -> tuple[SpokenAnswer, str]:
        found = ask(
            self.catalogue, question, self.now, cover=self.there.cover, until=self.there.until
        )
        said = found.text or _from_ledger(found, question, self)
        return found, plain(
            said or "Only the running bot knows that: ask it in Slack.", self.catalogue
        )


def run(arguments: argparse.Namespace) -> int:
    """0 for a confident answer, 1 when it is unclear or unknown."""
    known = _read(arguments)
    if arguments.question == "-":
        return max((_next(line, known, arguments.json) for line in lines()), default=0)
    found, text = known.answer(arguments.question)
    if arguments.json:
        print_json(_as_data(found, text))
    else:
        print(text)
    return 0 if found.confident else 1


def _read(arguments: argparse.Namespace) -> _Known:
    catalogue, now = as_said(library_of(arguments).knowledge().catalogue), utc_now()

    def presence(tx: "Tx") -> Presence:
        from bot.flows.people.presence import presence_now

        return presence_now(tx, now)

    return _Known(catalogue=catalogue, there=from_database(presence) or ALL_PRESENT, now=now)


def _next(line: Line, known: _Known, as_json: bool) -> int:
    found, text = known.answer(line.text)
    if as_json:
        said = {"line": line.number, **_as_data(found, text)}
        print(json.dumps(said, ensure_ascii=False, default=str), flush=True)
    else:
        print(f"{quoted(line)}\n{text}\n", flush=True)
    return 0 if found.confident else 1


def _as_data(found: SpokenAnswer, text: str) -> dict[str, Any]:
    """The stable JSON form."""
    return {
        "intent": found.intent,
        "subject": found.id or found.subject,
        "matches": [
            {"id": m.id, "kind": m.kind, "score": round(m.score, 3), "why": m.why}
            for m in found.matches
        ],
        "answer": text,
        "confident": found.confident,
    }


def _from_ledger(found: SpokenAnswer, question: str, known: _Known) -> str | None:
    """Who owned something on an earlier day, where the bot's database is on this machine."""
    catalogue = known.catalogue
    span = span_in(question, known.now, catalogue.timezone)
    if found.intent is not Intent.OWNER_THEN or not found.connection or span is None:
        return None
    connection = catalogue.connections[found.connection]

    def then(tx: "Tx") -> str:
        from bot.flows.estate import ledger

        return ledger.as_of_text(tx, connection, *span)

    return from_database(then)
