"""`firstlane inventory`: what others keep, as one estate file, and back into their catalogue."""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.files.problems import did_you_mean
from bot.files.write_files import may_write
from bot.inventory.cli.report import Prompt, Result, meaning
from bot.inventory.cli.write_files import deliver
from bot.inventory.core.columns import Guess, guess_columns, with_route
from bot.inventory.core.entries import read_row
from bot.inventory.core.group_rows import Merged, merge
from bot.inventory.core.lists import Decisions, Field, RowEntry, Skipped
from bot.inventory.core.vocabulary import words
from bot.inventory.core.write_draft import NOTHING_KNOWN, draft
from bot.inventory.files.estate_text import estate_text
from bot.inventory.files.existing import read_existing
from bot.inventory.files.list_table import ListTable, rows_of, used
from bot.inventory.files.open_list import read_list, split_sheet
from bot.language.errors import Invalid
from bot.language.words import plain_words

_NO_SYSTEM = words("export list liste lijst report interfaces integrations connections")


def run_merge(arguments: argparse.Namespace) -> int:
    """0 when all rows found their place, 1 when doubts or rows without a connection are left."""
    # Before anything is asked: a refusal at the end would lose a person's answers.
    may_write(arguments.out, force=arguments.force)
    names = _names(arguments.lists)
    tables = [read_list(given, name) for given, name in zip(arguments.lists, names, strict=True)]
    prompt = Prompt(yes=arguments.yes)
    given = _given(arguments.map, tables)
    own_systems = _by_list(arguments.system, tables)
    known = read_existing(arguments.into) if arguments.into else NOTHING_KNOWN
    entries, skipped, notes = list(known.entries), list[Skipped](), list[str]()
    for table in tables:
        found, lost, told = _entries(table, given.get(table.list, {}), own_systems, prompt)
        entries += found
        skipped += lost
        notes += told
    merged = _decided(entries, _decisions(arguments, known.decided, entries), prompt)
    drafted, unplaced = draft(merged, known)
    skipped += unplaced
    into = arguments.into
    text = estate_text(
        drafted, names, doubts=merged.doubts, skipped=skipped, into=into.name if into else ""
    )
    result = Result(
        draft=drafted,
        text=text,
        doubts=merged.doubts,
        skipped=tuple(skipped),
        notes=(*notes, *merged.notes),
        rows=sum(len(table.lines) + len(table.skipped) for table in tables),
    )
    return deliver(result, arguments, into=into)


def _entries(
    table: ListTable, given: Mapping[str, Field], own_systems: Mapping[str, str], prompt: Prompt
) -> tuple[list[RowEntry], list[Skipped], list[str]]:
    """The rows of one list as entries, those that are none, and what was odd."""
    guesses = _confirmed(table, given, prompt)
    notes = list(table.notes)
    own_system = own_systems.get(table.list, "")
    # Of one end without the other, only a person can say what is missing.
    if not own_system and _one_sided(guesses) and (prompt.asks or Field.PARTNER in used(guesses)):
        guess = _system_in(table.list)
        own_system = prompt.system_of(table, guess)
        if own_system == guess:
            notes.append(
                f"{table.list}: taken as the list of “{own_system}”; to say otherwise, "
                f"--system {table.list}=NAME"
            )
    read = [read_row(row, own_system=own_system) for row in rows_of(table, guesses)]
    entries = [one for one in read if isinstance(one, RowEntry)]
    lost = [one for one in read if isinstance(one, Skipped)]
    return entries, [*table.skipped, *lost], notes


def _confirmed(table: ListTable, given: Mapping[str, Field], prompt: Prompt) -> tuple[Guess, ...]:
    said = dict(given)
    while True:
        guesses = with_route(guess_columns(table.headings, said), said, table.cells)
        corrected = prompt.columns(table, guesses)
        if corrected is None:
            return guesses
        # A field is read from one column: the one named last.
        said = {column: field for column, field in said.items() if field not in corrected.values()}
        said |= corrected


def _one_sided(guesses: Sequence[Guess]) -> bool:
    """Whether rows name another system only, the list's own one going without saying."""
    fields = used(guesses)
    ends = fields & {Field.FROM, Field.TO, Field.SYSTEM, Field.PARTNER}
    return len(ends) == 1 and Field.ROUTE not in fields and ends != {Field.SYSTEM}


def _system_in(name: str) -> str:
    said = [word for word in plain_words(Path(name).stem) if not word.isdigit()]
    kept = [word for word in said if word not in _NO_SYSTEM] or said or ["own system"]
    return " ".join(word.upper() if len(word) <= 4 else word.capitalize() for word in kept)


def _decided(entries: Sequence[RowEntry], decisions: Decisions, prompt: Prompt) -> Merged:
    """Merged with a person's word on whatever was in doubt: systems first, since they decide
    much about the rows."""
    merged = merge(entries, decisions)
    for kind in ("system", "connection"):
        before = decisions
        for doubt in merged.doubts:
            same = prompt.same(doubt) if doubt.kind == kind else None
            if same is not None:
                decisions = decisions.with_answer(doubt.pair, same=same)
        # Merged anew after the systems: two names that are one settle many doubts about rows.
        if decisions != before:
            merged = merge(entries, decisions)
    return merged


def _decisions(
    arguments: argparse.Namespace, decisions: Decisions, entries: Sequence[RowEntry]
) -> Decisions:
    named = {text for one in entries for text in (one.place, one.source, one.target) if text}
    for same, texts in ((True, arguments.same), (False, arguments.apart)):
        for text in texts:
            one, equals, other = (part.strip() for part in text.partition("="))
            if not (one and equals and other):
                raise Invalid(f"“{text}” does not name two things: write ONE=OTHER.")
            strange = next((name for name in (one, other) if name not in named), None)
            if strange:
                known = did_you_mean(strange, named)
                raise Invalid(f"No system and no row is called “{strange}”. {known}".strip())
            decisions = decisions.with_answer(frozenset({one, other}), same=same)
    return decisions


def _names(given: Sequence[str]) -> list[str]:
    """What rows are called by: the file's name, with its folder where two are named alike."""
    paths = [split_sheet(one)[0] for one in given]
    count = Counter(path.name for path in paths)
    names = [
        path.name if count[path.name] == 1 else f"{path.parent.name or '.'}/{path.name}"
        for path in paths
    ]
    # Each value names its row by this, so two lists must never be called alike.
    if len(set(names)) < len(names):
        names = [f"{number}/{path.name}" for number, path in enumerate(paths, start=1)]
    return names


def _given(texts: Sequence[str], tables: Sequence[ListTable]) -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    for text in texts:
        where, equals, field = text.rpartition("=")
        source, colon, column = where.partition(":")
        if not (equals and colon):
            raise Invalid(f"--map {text}: write LIST:COLUMN=FIELD.")
        table = _table(source, tables)
        if column not in table.headings:
            known = ", ".join(f"“{heading}”" for heading in table.headings)
            raise Invalid(f"{table.list} has no column “{column}”; it has {known}.")
        try:
            found.setdefault(table.list, {})[column] = meaning(field)
        except ValueError as error:
            raise Invalid(f"--map {text}: {error}.") from None
    return found


def _by_list(texts: Sequence[str], tables: Sequence[ListTable]) -> dict[str, str]:
    found = {}
    for text in texts:
        source, equals, name = text.partition("=")
        if not (equals and name.strip()):
            raise Invalid(f"--system {text}: write LIST=NAME.")
        found[_table(source, tables).list] = name.strip()
    return found


def _table(source: str, tables: Sequence[ListTable]) -> ListTable:
    """The list that is called so: by its file's name, with or without the ending."""
    for table in tables:
        if source in (table.list, Path(table.list).stem, Path(table.list).name):
            return table
    known = ", ".join(table.list for table in tables)
    raise Invalid(f"There is no list “{source}” here; there is {known}.")
