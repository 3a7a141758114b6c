"""Slips of the pen in the estate file: those that make a text no YAML, told by the lines around
which reading stopped, and time zones in other words than their names, as Windows has them or
misspelt.

Nothing of a line is repeated, since a password may stand there. A zone is only named for another
word where it is meant without doubt: a suggestion that is hours off would be taken.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from bot.language.zones import zone_names

_ODD_INDENT = re.compile("^ *([\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff])")
_NO_BLANK = re.compile(r"^(?:\s*(?:- +)*)[A-Za-z_][\w-]*(:)(?=[^\s/\\:])")
_DASHES = re.compile(r" *(?:- +)*")
_KEY = re.compile(r":(?:\s|$)")
_CLOSED = re.compile(r"""(?:"[^"]*"|'(?:[^']|'')*')\s*$""")
_BLANK_LACKS = "a blank is missing after this ':'"
_ENTRY = re.compile(r"""\s*(?:-\s|["']?[\w-]+["']?:(?:\s|$))""")
_MARK = re.compile(r"[&!]\S*(?:\s+(?=[^#\s])|(\s*(?:#.*)?$))")
_OPENED = re.compile(r" *(?:- +)*([A-Za-z_][\w-]* +[{\[])")
_TORN = ("block mapping", "block collection", "mapping values", "simple key")
_PATH = re.compile(r"[\w$.\])]\[[*\w?'-]")
_SPACES = "indent with spaces, not with tabs"
_SIGNS = 'put quotes around a text that starts with [, * or &, as in path: "[*].id"'
_HINTS = (
    ("tab character", _SPACES),
    ("mapping values are not allowed", "put quotes around a text that holds ': '"),
    ("block scalar", 'put quotes around a text that starts with > or |, as in warn: "> 20m"'),
    ("scanning an alias", _SIGNS),
    ("scanning an anchor", _SIGNS),
)
_NOT_YAML = "this is not YAML"
_LACKS = "a ':' is missing after the key in this line"


class Slip(Exception):
    """Something is wrong with the text itself. It is raised where nothing sensible can be read
    after it."""

    def __init__(self, line: int, column: int, message: str = _NOT_YAML, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = line, column, message, hint


class TextSpan(NamedTuple):
    """Where a text of the file begins and in which line it ends, all counted from 1."""

    line: int
    column: int
    last: int
    quoted: bool


def malformed(error: yaml.MarkedYAMLError, lines: list[str], last: Any) -> Slip:
    """What keeps the text between `lines` from being read. `last` is the event before it."""
    if "end of stream" in str(error.problem) and "quoted" in str(error.context):
        return Slip(*_place(error.context_mark), "this quote is never closed")
    # PyYAML's mark is where reading stopped; the slip is often some lines above.
    line, column = _place(error.problem_mark or error.context_mark)
    message = error.problem or _NOT_YAML
    if error.context:
        message = f"{error.context}: {message}"
    if "document start" in message:
        return _after_end(lines, line)
    span = span_of(last, lines) if isinstance(last, yaml.ScalarEvent) else None
    if span and span.last == line and (found := open_quote(lines, span, broken=True)):
        return found
    torn = any(words in message for words in _TORN)
    if torn and (found := _torn(lines, line, column, _no_colon(error, lines, span))):
        return found
    begin = min(error.context_mark.line, line - 1) if error.context_mark else line - 1
    hint = _hint(message, lines[begin:line], column)
    if not hint and "parsing a flow" in message and line - begin > 1:
        hint = f"what begins in line {begin + 1} is not closed, or lacks a comma"
    return Slip(line, column, message, hint)


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _after_end(lines: list[str], line: int) -> Slip:
    ends = [at for at, one in enumerate(lines[:line], start=1) if one.rstrip() == "..."]
    at = ends[0] if ends else line
    hint = "take this line away, or what follows it"
    return Slip(at, 1, "'...' ends the file, and more follows", hint)


def _hint(message: str, lines: list[str], column: int) -> str:
    """What was probably meant by the lines between which reading stopped."""
    if "cannot start any token" in message:
        sign = lines[-1][column - 1 : column] if lines else ""
        known = sign.isprintable() and sign
        return f"put quotes around a text that starts with {sign}" if known else _SPACES
    if known := next((hint for words, hint in _HINTS if words in message), ""):
        return known
    if "while parsing a flow" not in message:
        return ""
    if any("${" in one for one in lines):
        return 'put quotes around ${…} between braces or brackets, as in {token: "${TOKEN}"}'
    if any(_PATH.search(one) for one in lines):
        return 'put quotes around a path with [ ] between braces, as in {failed: "$.jobs[*].id"}'
    return ""


def span_of(event: Any, lines: Sequence[str]) -> TextSpan:
    line, column = _place(event.start_mark)
    if event.anchor or event.tag:
        line, column = _after_marks(lines, line, column)
    return TextSpan(line, column, event.end_mark.line + 1, event.style in ("'", '"'))


def _after_marks(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """Where a text begins before which an anchor or a tag stands, at this place."""
    while mark := _MARK.match(lines[line - 1], column - 1):
        column = mark.end() + 1
        if mark[1] is not None:
            below = (at for at in range(line + 1, len(lines) + 1) if _says(lines[at - 1]))
            line = next(below, line)
            column = _depth(lines[line - 1]) + 1
    return line, column


def open_quote(lines: Sequence[str], span: TextSpan, *, broken: bool = False) -> Slip | None:
    """Whether a text in quotes goes on over what are entries of their own, so that its quote was
    meant to close long before. `broken` says that nothing could be read after it; else an entry
    is no deeper than the key of the text, where no line of a text may stand."""
    if not span.quoted or span.last == span.line:
        return None
    deepest = max(map(len, lines[span.line : span.last])) if broken else _key(lines, span)
    under = (one for one in lines[span.line : span.last] if _depth(one) <= deepest)
    if not any(_ENTRY.match(one) for one in under):
        return None
    said = f"close it in this line; the next one like it stands in line {span.last}"
    not_closed = "this quote is not closed where its text ends"
    return Slip(span.line, span.column, not_closed, said)


def _no_colon(error: Any, lines: Sequence[str], span: TextSpan | None) -> Slip | None:
    """A key that seems to have no colon: where something stands that only a key may, a brace
    begins without one, or a text begins where a key does and ends only before the broken line, at
    its ':' or where a remark begins."""
    said = str(error.problem)
    if error.context_mark and "could not find expected ':'" in said:
        hint = "put one; where it goes on with the text above, indent it deeper"
        return Slip(*_place(error.context_mark), _LACKS, hint)
    known = span and ("mapping values" in said or " #" in lines[span.line - 1])
    if not error.problem_mark or not span or not known:
        return None
    line = error.problem_mark.line + 1
    if brace := _OPENED.match(lines[line - 1]):
        return Slip(line, brace.start(1) + 1, _LACKS, "put one")
    before = lines[span.line - 1][: span.column - 1]
    if span.quoted or line == span.line or _DASHES.fullmatch(before) is None:
        return None
    hint = "put one, or quotes around a text that holds ': '"
    return Slip(span.line, span.column, _LACKS, hint)


def _key(lines: Sequence[str], span: TextSpan) -> int:
    """How deep the key of a text stands; for an item of a list its dash, and -1 for a text that
    has its line alone, whose key stands above."""
    line = lines[span.line - 1]
    dashes = _DASHES.match(line).group()  # type: ignore[union-attr]  # it always fits
    if len(dashes) != span.column - 1:
        return len(dashes)
    return dashes.rfind("-")


def _torn(lines: Sequence[str], line: int, column: int, lacking: Slip | None) -> Slip | None:
    """What is wrong at or shortly before the place where reading stopped, counted from 1; None
    where nothing known is. `lacking` is a key that seems to have no colon."""
    line = min(line, len(lines))
    written = [at for at in range(1, line + 1) if _says(lines[at - 1])]
    # In all lines above: such blanks look like spaces, and the parser takes them for text.
    for at in written:
        if odd := _ODD_INDENT.match(lines[at - 1]):
            said = "this blank is none of the keyboard's: indent with ordinary spaces"
            return Slip(at, odd.start(1) + 1, hint=said)
    # The last two lines: the parser notices a missing blank with the line that follows it.
    for at in reversed(written[-2:]):
        found = _NO_BLANK.match(lines[at - 1])
        if found and not _KEY.search(lines[at - 1]):
            return Slip(at, found.start(1) + 1, hint=_BLANK_LACKS)
    if lacking or not written or written[-1] != line:
        return lacking
    if _CLOSED.search(lines[line - 1][: column - 1]) and lines[line - 1][column - 1 :].strip():
        return Slip(line, column, hint=_AFTER_QUOTE)
    return _indent([lines[at - 1] for at in written], line)


_AFTER_QUOTE = (
    "text goes on after its closing quote: put quotes around all of it, and write '' for an"
    " apostrophe between single ones"
)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(written: Sequence[str], line: int) -> Slip | None:
    """Whether the last line begins where no line above it allows."""
    *above, last = written
    own, open_at = _depth(last), [0]
    for one in above:
        depth = _depth(one)
        inner = len(_DASHES.match(one).group())  # type: ignore[union-attr]  # it always fits
        open_at = [*(at for at in open_at if at < depth), *dict.fromkeys((depth, inner))]
    if not above or own in open_at:
        return None
    if own < open_at[-1]:
        fits = " or ".join(str(at) for at in open_at[-2:] if at)
        said = f"indented by {own}, and the lines above begin after {fits}"
        return Slip(line, own + 1, hint=said)
    if not above[-1].rstrip().endswith(":"):
        said = f"indented by {own}, and the line above, which is no heading, by {open_at[-1]}"
        return Slip(line, own + 1, hint=said)
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


A_PLACE = "write a place, such as Europe/Berlin"
_LABEL = re.compile(r"\((?:UTC|GMT)(?:[+-]\d{1,2}[:.]?\d{2})?\)\s*(.+)")
_SHORT = 7  # letters of a place up to which one slip of the pen is all it may differ by

# What Windows shows people in the place of a zone's name; its names proper are known already.
SHOWN_BY_WINDOWS = {
    "coordinated universal time": "UTC",
    "dublin, edinburgh, lisbon, london": "Europe/London",
    "monrovia, reykjavik": "Atlantic/Reykjavik",
    "casablanca": "Africa/Casablanca",
    "amsterdam, berlin, bern, rome, stockholm, vienna": "Europe/Berlin",
    "belgrade, bratislava, budapest, ljubljana, prague": "Europe/Budapest",
    "brussels, copenhagen, madrid, paris": "Europe/Paris",
    "sarajevo, skopje, warsaw, zagreb": "Europe/Warsaw",
    "west central africa": "Africa/Lagos",
    "athens, bucharest": "Europe/Bucharest",
    "cairo": "Africa/Cairo",
    "harare, pretoria": "Africa/Johannesburg",
    "helsinki, kyiv, riga, sofia, tallinn, vilnius": "Europe/Kiev",
    "jerusalem": "Asia/Jerusalem",
    "istanbul": "Europe/Istanbul",
    "moscow, st. petersburg": "Europe/Moscow",
    "kuwait, riyadh": "Asia/Riyadh",
    "nairobi": "Africa/Nairobi",
    "abu dhabi, muscat": "Asia/Dubai",
    "islamabad, karachi": "Asia/Karachi",
    "chennai, kolkata, mumbai, new delhi": "Asia/Kolkata",
    "kathmandu": "Asia/Kathmandu",
    "bangkok, hanoi, jakarta": "Asia/Bangkok",
    "beijing, chongqing, hong kong, urumqi": "Asia/Shanghai",
    "kuala lumpur, singapore": "Asia/Singapore",
    "perth": "Australia/Perth",
    "taipei": "Asia/Taipei",
    "osaka, sapporo, tokyo": "Asia/Tokyo",
    "seoul": "Asia/Seoul",
    "adelaide": "Australia/Adelaide",
    "darwin": "Australia/Darwin",
    "brisbane": "Australia/Brisbane",
    "canberra, melbourne, sydney": "Australia/Sydney",
    "hobart": "Australia/Hobart",
    "auckland, wellington": "Pacific/Auckland",
    "brasilia": "America/Sao_Paulo",
    "city of buenos aires": "America/Argentina/Buenos_Aires",
    "santiago": "America/Santiago",
    "newfoundland": "America/St_Johns",
    "atlantic time (canada)": "America/Halifax",
    "bogota, lima, quito, rio branco": "America/Bogota",
    "eastern time (us & canada)": "America/New_York",
    "indiana (east)": "America/Indiana/Indianapolis",
    "central time (us & canada)": "America/Chicago",
    "guadalajara, mexico city, monterrey": "America/Mexico_City",
    "saskatchewan": "America/Regina",
    "arizona": "America/Phoenix",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}


def of_windows(name: str) -> str | None:
    """The zone that Windows calls or shows by this name, in any case."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    label = _LABEL.fullmatch(name)
    text = label[1] if label else name
    shown = " ".join(text.replace(" /", ",").split()).casefold()
    proper = (zone for known, zone in WINDOWS_TO_OLSON.items() if known.casefold() == shown)
    return SHOWN_BY_WINDOWS.get(shown) or next(proper, None)


def zone_hint(name: str) -> str:
    """What to write in place of a name that is no zone. An abbreviation or an offset is never
    taken for another one, since it may be hours away."""
    text = name.strip().replace(" ", "_")
    same = (one for one in sorted(zone_names()) if one.casefold() == text.casefold())
    found = next(same, None) or of_windows(name.strip()) or next(_misspelt(text), None)
    return f"did you mean '{found}'?" if found else A_PLACE


def _misspelt(name: str) -> Iterator[str]:
    """Zones of the same place with a slip in it, or of that place in another region."""
    from rapidfuzz.distance import OSA  # only who has made a mistake pays for it

    region, _, place = name.casefold().rpartition("/")
    # The shorter a name, the more places are one letter away from it.
    bound = 0 if len(place) < 5 else 1 if len(place) <= _SHORT else 2
    slips: list[tuple[int, bool, str]] = []
    for one in zone_names():
        where, _, called = one.casefold().rpartition("/")
        if where and where != "etc":
            slip = OSA.distance(place, called, score_cutoff=bound)
            # In another region the place must be spelt right: two slips at once are no sure hit.
            if slip <= (bound if region in ("", where) else 0):
                slips.append((slip, where != region, one))
    yield from (one for _, _, one in sorted(slips))
