"""Sentences made by the rules, with marks where a face must render a time or a person.

The core never formats a time for a reader, since each reader has a zone of their own. It writes
`when(t)` and `who(person)`; Slack turns the marks into localised dates and mentions, the command
line into plain words. Text from outside passes `outside()` first and so can hold no mark.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_OPEN, _CLOSE = "‹", "›"
_MARK = re.compile(f"{_OPEN}(t|p):([^{_OPEN}{_CLOSE}]*){_CLOSE}")
# Control and direction characters, byte-order marks, halves of surrogate pairs and what is no
# character: they cut a text short (NUL), turn what stands around it or cannot be written at all.
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# As Slack spells mentions of people, channels and groups, and links.
_SPELT = re.compile(r"<([@#!]|(?=https?:|mailto:))([^<>|]*)(?:\|([^<>]*))?>")
_MEMBER = re.compile(r"<@([A-Za-z0-9]+)>")
# A mention that the limit cut through would be shown as a piece of Slack's spelling.
_TORN = re.compile(r"<@?[A-Za-z0-9]*…$")
_BREAKS = re.compile(r"[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")  # between two words

# Not "Cn": a sign that this Python does not know yet may well be one that people see.
_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Zs", "Zl", "Zp"})
# Letters, marks and symbols by their category that show nothing.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}


def when(moment: datetime) -> str:
    """A mark for a moment; the face shows it in the reader's own zone."""
    return f"{_OPEN}t:{moment.astimezone(UTC).isoformat()}{_CLOSE}"


def ended(text: str) -> str:
    """`text` as a sentence that another one may follow."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def last_read(figure: str, at: datetime | None) -> str:
    """A figure that nobody can read now; empty where there was none."""
    return f"unknown now; {figure} when last read{f' {when(at)}' if at else ''}" if figure else ""


def who(person: str | None) -> str:
    """A mark for a person by catalogue id; `nobody` when there is none."""
    return f"{_OPEN}p:{outside(person)}{_CLOSE}" if person else "nobody"


def cleaned(value: Any) -> Any:
    """A value from outside, with all texts in it, names of fields included, free of characters
    that nobody can read. Whatever lets such values in calls this, before anything else is done
    with them."""
    if isinstance(value, str):
        # Nearly every text is plain, and this is asked of each that comes in.
        return value if value.isascii() and value.isprintable() else _readable(value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list) else value


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: spaces, joiners and fillers alone say nothing."""
    return all(unicodedata.category(one) in _UNSEEN or one in _FILLERS for one in text)


def _readable(text: str) -> str:
    left = _BREAKS.sub(" ", _CONTROL.sub("", text))
    return "" if not left.isascii() and blank(left) else left


def in_their_words(text: str) -> bool:
    """Whether a text is what somebody said, with that person named before it."""
    return re.match(f"{_OPEN}p:[^{_CLOSE}]*{_CLOSE}: ", text) is not None


KEPT = 300  # characters of a text from outside, where nothing else is said


def outside(text: str, limit: int = KEPT) -> str:
    """Text from outside made harmless for our own rendering: one line, no marks, at most `limit`
    characters. Escaping for a face (Slack, HTML) is that face's own duty."""
    flat = _readable(text.replace(_OPEN, "<").replace(_CLOSE, ">"))
    flat = " ".join(flat.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def as_typed(text: str, limit: int) -> str:
    """What somebody typed in Slack, said back to them: harmless, and a mention is a person, or the
    name that they chose, and not what Slack makes of it."""
    flat = outside(_SPELT.sub(_by_name, text), limit)
    return _MEMBER.sub(lambda found: who(f"slack:{found[1].upper()}"), _TORN.sub("…", flat))


def _by_name(found: re.Match[str]) -> str:
    sign, target, name = found.groups()
    if sign == "@" and not name:
        return f"<@{target}>"
    shown = name or target
    return shown if sign not in ("@", "#") or shown.startswith(sign) else f"{sign}{shown}"


def render(
    text: str,
    *,
    time: Callable[[datetime], str],
    person: Callable[[str], str],
    literal: Callable[[str], str] = lambda part: part,
) -> str:
    """Replace marks by what `time` and `person` say and pass everything between through
    `literal` (the face's escaping)."""
    out: list[str] = []
    end = 0
    for match in _MARK.finditer(text):
        out.append(literal(text[end : match.start()]))
        kind, value = match.groups()
        out.append(time(datetime.fromisoformat(value)) if kind == "t" else person(value))
        end = match.end()
    out.append(literal(text[end:]))
    return "".join(out)


def without_marks(text: str) -> str:
    """For where no catalogue is at hand: people by their id, times in this machine's zone."""
    return render(
        text,
        time=lambda at: at.astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        person=lambda person: person,
    )
