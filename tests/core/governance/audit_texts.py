"""Audits of several estates as text, line by line. `python -m tests.core.governance.audit_texts`
writes them anew."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bot.checks import settings_models
from bot.core.estate.catalogue import Catalogue
from bot.core.governance.audit.audit import Audit, audit
from bot.core.governance.audit.finding import AuditFinding
from bot.core.governance.audit.risk_questions import AuditAnswer
from bot.core.governance.audit.situation import Live
from bot.files.library import Library
from tests.builders import DAY, NOW, a_person
from tests.core.governance.bad_estates import (
    bad_estate,
    bad_live,
    decided_estate,
    undecided_estate,
)
from tests.core.governance.test_governance import FINDINGS, a_sound_connection, a_sound_estate

KEPT = Path(__file__).with_name("audits.txt")
_EARLIER = Path(__file__).parents[2] / "earlier" / "2026-11" / "connections.yaml"


def written() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    earlier = read(_EARLIER)
    seen = Live(watching=True)
    yield from of("earlier", audit(earlier, NOW))
    yield from of("earlier, a year on, seen", audit(earlier, NOW + 365 * DAY, seen))
    yield from of("bad", audit(bad_estate(), NOW))
    yield from of("bad, seen", audit(bad_estate(), NOW, bad_live()))
    yield from of("undecided", audit(undecided_estate(), NOW, seen))
    yield from of("decided", audit(decided_estate(), NOW, seen))
    yield from of("sound", audit(a_sound_estate(), NOW, seen))
    for id, (changes, _) in FINDINGS.items():
        estate = a_sound_estate(a_sound_connection(**changes))
        gone = a_person("gone", manager="manager", left=NOW.date())
        people = {**estate.people, "gone": gone}
        yield f"== only {id}"
        yield from _findings(audit(replace(estate, people=people), NOW))


def read(estate: Path) -> Catalogue:
    library = Library(estate, environ={}, kinds=settings_models())
    library.reload(NOW)
    return library.knowledge().catalogue


def of(name: str, found: Audit) -> Iterator[str]:
    """Everything an audit says, with what it is addressed to."""
    yield f"== {name}: {found.score} {found.status}; {found.judged.urgency}: {found.judged.why}"
    yield from _answers(found.answers)
    yield from (f"signal {one.id} {one.reply}: {one.asks} {one.evidence}" for one in found.signals)
    yield from (f"sign {one.id} {one.reply}: {one.asks} {one.evidence}" for one in found.readiness)
    advice = found.advice
    yield f"advice {advice.fits} {advice.chosen} {advice.agrees}"
    yield from (*advice.reasons, *advice.risks)
    for key, item in found.connections.items():
        yield f"-- {key}: {item.score} {item.status}"
        yield from _answers(item.answers)
        yield from (f"gate: {one}" for one in item.lacking)
    yield from _findings(found)


def _findings(found: Audit) -> Iterator[str]:
    yield "-- findings"
    yield from map(_finding, found.findings.open)
    yield "-- accepted"
    yield from (f"{one.owner} {one.until}: {_finding(it)}" for it, one in found.findings.accepted)


def _answers(answers: Iterable[AuditAnswer]) -> Iterator[str]:
    return (f"{one.id} {one.reply}: {one.evidence}" for one in answers)


def _finding(one: AuditFinding) -> str:
    words = f"{one.what} | {one.why} | {one.do}"
    return f"{one.weight} {one.key} > {one.who} since {one.since}: {words}"


if __name__ == "__main__":
    KEPT.write_text(written(), encoding="utf-8")
