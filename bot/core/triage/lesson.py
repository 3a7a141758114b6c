"""What people teach the playbook: an error text made general, its meaning, and an owner's word.

Rule of this file: neither a secret nor a record's id survives into a signature, and a pattern made
here is plain words with at most two bounded gaps, so that it can never run for long.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Lane, Layer
from bot.core.triage.playbook import LEARNED, ErrorClass, PlaybookEntry, Retry
from bot.core.triage.required_words import Pattern
from bot.language.errors import Invalid
from bot.language.marks import outside

FAMILY = LEARNED
GAP = "…"  # stands for whatever varies between two records
LONGEST = 200  # characters of a signature
_SHORTEST = 8  # letters that a signature needs, or it fits everything
_MOST_GAPS = 2
_FILLER = "X1"  # what a sample has in place of a gap

_SECRET = re.compile(
    r"(?i)\b(?:bearer|basic)\s+\S+"
    r"|\b[\w.-]{0,40}(?:password|passwd|pwd|secret|token|api[_-]?key|signature|session)"
    r"[\w.-]{0,40}[\"']?\s?[=:]\s?[\"']?[^\s\"',;&]+"
    r"|\b[a-z][a-z0-9+.-]{1,20}://\S+"
    r"|\beyJ[\w.-]{10,}"
    r"|\b(?=[\w+/=-]{0,200}\d)(?=[\w+/=-]{0,200}[a-z])[\w+/=-]{24,}"
)
_MAIL = re.compile(r"\S+@\S+")
_QUOTED = re.compile(r"\"[^\"]{1,120}\"|“[^”]{1,120}”|(?<!\w)'[^']{1,120}'(?!\w)")
# Digits that are the error's own name and not a record's.
_CODE = re.compile(
    r"(?:HTTP(?:/\d(?:\.\d)?)?|status|code|error)?[ :]?[1-5]\d\d\b"
    r"|(?:ORA|TNS|AADSTS|SQLSTATE|ERR|EDI|JBO|FRM|APP|MSIS|SFDC|RCRD|INFRA|SSS)[-_]?\d{3,8}",
    re.IGNORECASE,
)
_VARIES = re.compile(r"\S*\d\S*")


class LessonState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What an entry says. `signature` is words with `…` for what varies."""

    signature: str
    error_class: ErrorClass
    meaning: str
    first_check: str
    fix: str
    retry: Retry
    lane: Lane
    layer: Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A lesson from one incident, and whose word it waits for. `systems` are the families that
    the connection speaks."""

    id: int = 0
    incident: int
    lesson: Lesson
    systems: tuple[str, ...] = ()
    by: PersonId
    at: datetime
    asked: PersonId
    standing: LessonState = LessonState.PROPOSED
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    why: str = ""

    @property
    def entry_id(self) -> str:
        return f"{FAMILY}-{self.id}"


def without_secrets(text: str) -> str:
    """`text` with logins, tokens, addresses and the like replaced by a gap."""
    return _MAIL.sub(GAP, _SECRET.sub(GAP, text))


def general(text: str) -> str:
    """The signature of an error text: its own words, without secrets, ids or quoted values. Empty
    when nothing of substance remains."""
    kept: list[str] = []
    flat = without_secrets(outside(text, 600))
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found.group())
        return f"\x00{chr(0xE000 + len(codes) - 1)}\x00"

    flat = _QUOTED.sub(GAP, _CODE.sub(keep, flat)) if len(flat) < 600 else _QUOTED.sub(GAP, flat)
    flat = _VARIES.sub(GAP, flat)
    for place, code in enumerate(codes):
        flat = flat.replace(f"\x00{chr(0xE000 + place)}\x00", code)
    for word in flat.split():
        if GAP not in word:
            kept.append(word)
        elif not kept or kept[-1] != GAP:
            kept.append(GAP)
    return _distinctive(kept)


def _distinctive(words: list[str]) -> str:
    """The part with the most letters that needs no more gaps than a pattern may have."""
    parts = [part.strip() for part in " ".join(words).split(GAP)]
    parts = [part for part in parts if part]
    width = _MOST_GAPS + 1
    runs = [parts[start : start + width] for start in range(max(1, len(parts) - width + 1))]
    best = max(runs, key=lambda run: sum(map(len, run)), default=[])
    signature = f" {GAP} ".join(best)[:LONGEST].strip(f" ,;{GAP}")
    return signature if _letters(signature) >= _SHORTEST else ""


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def checked(signature: str) -> str:
    """A signature as people wrote it, made safe. Raises Invalid when it would fit anything."""
    flat = re.sub(r"\.{3}", GAP, without_secrets(outside(signature, LONGEST)))
    flat = re.sub(rf"(?:\s*{GAP}\s*)+", f" {GAP} ", flat).strip(f" {GAP}")
    if _letters(flat) < _SHORTEST:
        raise Invalid(
            f"Give the words that tell this error, at least {_SHORTEST} letters of them;"
            f" write {GAP} for what varies."
        )
    if flat.count(GAP) > _MOST_GAPS:
        raise Invalid(f"At most {_MOST_GAPS} gaps ({GAP}) fit into one entry; leave a part out.")
    return flat


def pattern_of(signature: str) -> str:
    """The regular expression of a signature: its words, and bounded gaps."""
    parts = [part.strip() for part in signature.split(GAP)]
    # Bounded: an open gap tries every place of a hostile text.
    return r".{1,40}".join(_literal(part) for part in parts)


def _literal(words: str) -> str:
    # A log may have broken the line where somebody typed a blank.
    return r"\s".join(re.escape(word) for word in words.split())


def entry_of(proposal: Proposal) -> PlaybookEntry:
    """The playbook entry of an approved proposal."""
    lesson = proposal.lesson
    return PlaybookEntry(
        id=proposal.entry_id,
        systems=(FAMILY, *proposal.systems),
        pattern=Pattern(pattern_of(lesson.signature)),
        error_class=lesson.error_class,
        meaning=lesson.meaning,
        first_check=lesson.first_check,
        fix=lesson.fix,
        retry=lesson.retry,
        lane=lesson.lane,
        layer=lesson.layer,
        source="",
        grade="C",
        sample=lesson.signature.replace(GAP, _FILLER),
        across=True,  # made of one whole text, with its fields as they stood
    )


def entries_of(proposals: Iterable[Proposal]) -> tuple[PlaybookEntry, ...]:
    """Approved ones only, the longer and so more specific signature first."""
    good = [one for one in proposals if one.standing is LessonState.APPROVED]
    good.sort(key=lambda one: (-len(one.lesson.signature), one.id))
    return tuple(entry_of(one) for one in good)
