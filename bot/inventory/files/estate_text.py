"""Writes a draft as an estate file: ready to edit, and good for `firstlane validate` at once.

Rule of this file: whatever cannot be written down as a value stands as a comment beside the place
where it belongs, with the row it came from.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.core.estate.description import Stage
from bot.core.estate.lane import Layer
from bot.inventory.core.draft import Difference, DraftConnection, Drafted, DraftPerson, EstateDraft
from bot.inventory.core.lists import RowDoubt, Skipped

_PLAIN = re.compile(r"[^\W\d_][\w .()/&+’'@-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_LONGEST_COMMENT = 400

HEAD = """\
# yaml-language-server: $schema=./connections.schema.json
#
# Written by `firstlane inventory` from: {sources}.
# Behind each value stands the row it came from. What nothing says is left out: a comment names it.
# Read it through, fill in owners and checks, and look at it with `firstlane validate`.
# Every key is described in docs/catalogue.md.

version: 1

# company: {{name: your company, timezone: Europe/Amsterdam}}
"""

SNIPPET = """\
# Written by `firstlane inventory` from: {sources}.
# Only what {into} does not have yet. Put the entries of each section under the same key there.
"""


def estate_text(
    drafted: EstateDraft,
    sources: Sequence[str],
    *,
    doubts: Iterable[RowDoubt] = (),
    skipped: Iterable[Skipped] = (),
    into: str = "",
) -> str:
    """The whole file; with `into` only what is new, as sections to put into that file. Empty when
    there is nothing new."""
    told = ", ".join(map(_one_line, sources)) or "nothing"
    head = (SNIPPET.format(sources=told, into=into) if into else HEAD.format(sources=told)).rstrip()
    differences: dict[str, list[Difference]] = {}
    for one in drafted.differences:
        differences.setdefault(one.id, []).append(one)
    sections = {
        "people": [_person(one) for one in drafted.people if not one.known],
        "systems": [_entry(one, kind=one.kind) for one in drafted.systems if not one.known],
        "parties": [_entry(one, email=one.email) for one in drafted.parties if not one.known],
        "connections": [
            _connection(one, differences.get(one.id, ()))
            for one in drafted.connections
            if not one.known
        ],
    }
    body = [_section(key, entries) for key, entries in sections.items() if entries]
    if into and not body:
        return ""
    return "\n\n".join([head, *body, *_open(doubts, skipped)]) + "\n"


def scalar(text: str) -> str:
    """A text as YAML reads it back: plain where that is safe, else in double quotes."""
    # A cell with ${…} would else be filled from the environment when the file is read.
    kept = text.replace("${", "$${")
    if _PLAIN.fullmatch(kept) and kept == kept.strip() and kept.casefold() not in _WORDS:
        return kept
    # A JSON string is a double-quoted scalar of YAML 1.2.
    return json.dumps(kept, ensure_ascii=False)


def _section(key: str, entries: Sequence[Iterable[str]]) -> str:
    return "\n".join([f"{key}:", *(f"  {line}" for entry in entries for line in entry)])


def _person(one: DraftPerson) -> Iterator[str]:
    yield from _entry(one, title=one.title, slack=one.slack, email=one.email)
    if not one.email and not one.slack:
        yield "  # email: nothing says it"


def _entry(one: Drafted, **texts: str) -> Iterator[str]:
    yield f"{one.id}:{_from(one.places)}"
    yield f"  name: {scalar(one.name)}"
    yield from (f"  {key}: {scalar(text)}" for key, text in texts.items() if text)
    if one.aliases:
        yield f"  aliases: {_list(one.aliases)}"


def _connection(one: DraftConnection, differences: Iterable[Difference]) -> Iterator[str]:
    yield f"{one.id}:{_from(one.places)}"
    yield from (_comment(f"one connection, since {why}") for why in one.why)
    yield f"  name: {scalar(one.name)}"
    if one.aliases:
        yield f"  aliases: {_list(one.aliases)}"
    yield f"  from: {scalar(one.source)}{_at(one, 'from')}"
    yield f"  to: {scalar(one.target)}"
    if one.both_ways:
        yield "  both_ways: true"
    if one.entities:
        yield f"  entities: {_list(one.entities)}"
    yield from _facts(one)
    yield from _owners(one)
    if one.depends_on:
        yield f"  depends_on: {_list(one.depends_on)}"
    yield from (_comment(_said(item)) for item in differences)
    yield from (_comment(remark) for remark in one.remarks)


def _facts(one: DraftConnection) -> Iterator[str]:
    if one.criticality:
        yield f"  criticality: {one.criticality}{_at(one, 'criticality')}"
    else:
        yield "  # criticality: critical, important or supporting; nothing says it"
    for key, text in (("domain", one.domain), ("flow", one.flow), ("pattern", one.pattern)):
        if text:
            yield f"  {key}: {scalar(text)}{_at(one, key)}"
    made = [f"type: {one.build}"] if one.build else []
    made += [f"maintained_by: {scalar(one.maintained_by)}"] if one.maintained_by else []
    if made:
        place = "build" if one.build else "vendor"
        yield f"  build: {{{', '.join(made)}}}{_at(one, place)}"
    if one.lanes:
        lanes = ", ".join(f"{lane}: {scalar(party)}" for lane, party in one.lanes.items())
        yield f"  lanes: {{{lanes}}}"
    if one.stage and one.stage is not Stage.LIVE:
        yield f"  lifecycle: {{stage: {one.stage}}}{_at(one, 'stage')}"


def _owners(one: DraftConnection) -> Iterator[str]:
    missing = [layer for layer in Layer if layer not in one.owners]
    if one.owners:
        yield "  owners:"
        for layer, person in one.owners.items():
            yield f"    {layer}: {scalar(person)}{_at(one, layer)}"
        yield from (f"    # {layer}: nobody who can be reached is named" for layer in missing)
    else:
        yield "  # owners: nobody who can be reached is named"
    if one.first_responder:
        yield f"  first_responder: {scalar(one.first_responder)}{_at(one, 'responder')}"
    else:
        yield "  # first_responder: nobody who can be reached is named"


def _said(item: Difference) -> str:
    says = "; ".join(f"{one.place} says “{one.value}”" for one in item.says)
    return f"{item.field} differs: {says}"


def _open(doubts: Iterable[RowDoubt], skipped: Iterable[Skipped]) -> Iterator[str]:
    apart = [
        f"# {_one_line(one.one)} and {_one_line(one.other)}: {_one_line('; '.join(one.why))}"
        for one in doubts
    ]
    if apart:
        yield "\n".join(["# Perhaps the same, and kept apart:", *apart])
    lost = [f"# {one.place}: {_one_line(f'{one.why}. {one.text}')}" for one in skipped]
    if lost:
        yield "\n".join(["# Rows that made no connection:", *lost])


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(scalar(text) for text in texts)}]"


def _at(one: DraftConnection, key: str) -> str:
    place = one.sources.get(key, "")
    return f" # {_one_line(place)}" if place else ""


def _from(places: Sequence[str]) -> str:
    shown = ", ".join(places[:6]) + (f" and {len(places) - 6} more" if len(places) > 6 else "")
    return f" # {_one_line(shown)}" if shown else ""


def _comment(text: str) -> str:
    return f"  # {_one_line(text)}"


def _one_line(text: str) -> str:
    kept = " ".join(text.split())
    return kept if len(kept) <= _LONGEST_COMMENT else f"{kept[:_LONGEST_COMMENT]}…"
