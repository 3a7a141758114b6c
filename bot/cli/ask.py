"""`firstlane ask`: who owns what, in plain words."""

import argparse
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.app.loading import from_work, knowledge_as_told
from bot.clock import utc_now
from bot.core.ask.answer import SpokenAnswer
from bot.core.ask.conversation import ask
from bot.core.ask.question_shapes import Intent
from bot.core.knowledge import Knowledge
from bot.core.people.presence import ALL_PRESENT, Presence
from bot.language.typed_times import span_in
from bot.terminal.lines import Answer, say
from bot.terminal.printing import plain

if TYPE_CHECKING:
    from bot.flows.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What questions are answered from, read once however many there are."""

    knowledge: Knowledge
    there: Presence
    now: datetime

    def answer(self, question: str) -> Answer:
        catalogue, there = self.knowledge.catalogue, self.there
        found = ask(catalogue, question, self.now, cover=there.cover, until=there.until)
        said = found.text or _from_ledger(found, question, self)
        text = plain(said or "Only the running bot knows that: ask it in Slack.", catalogue)
        return Answer(_as_data(found, text), text, sure=found.confident)


def run(arguments: argparse.Namespace) -> int:
    """0 for a confident answer, 1 when it is unclear or unknown."""
    knowledge = knowledge_as_told(arguments)

    def presence(work: "Work") -> Presence:
        from bot.flows.people.presence import presence_now

        return presence_now(work)

    there = from_work(knowledge, presence) or ALL_PRESENT
    known = _Known(knowledge=knowledge, there=there, now=utc_now())
    return say(arguments.question, known.answer, as_json=arguments.json)


def _as_data(found: SpokenAnswer, text: str) -> dict[str, Any]:
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
    catalogue = known.knowledge.catalogue
    span = span_in(question, known.now, catalogue.timezone)
    if found.intent is not Intent.OWNER_THEN or not found.connection or span is None:
        return None
    connection = catalogue.connections[found.connection]

    def then(work: "Work") -> str:
        from bot.flows.estate import ledger

        return ledger.as_of_text(work, connection, *span)

    return from_work(known.knowledge, then)
