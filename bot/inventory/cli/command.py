"""`firstlane inventory`: what others keep, as one estate file that is checked before it is written,
and back into their catalogue with `import-backstage` and `export-backstage`."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot.app.loading import knowledge_of
from bot.checks import settings_models
from bot.clock import utc_now
from bot.files.estate.load import load_text
from bot.files.library import may_write, write_file
from bot.files.problems import did_you_mean, errors
from bot.files.runbooks.runbooks import shipped_runbooks
from bot.inventory.cli.report import Prompt, Result, as_data, meaning, report
from bot.inventory.core.columns import Guess, guess_columns, with_route
from bot.inventory.core.draft import read_row
from bot.inventory.core.group_rows import Merged, merge
from bot.inventory.core.lists import Decisions, Field, RowEntry, Skipped
from bot.inventory.core.same_system import words
from bot.inventory.core.write_draft import NOTHING_KNOWN, draft
from bot.inventory.files.backstage import catalog_info, read_entities
from bot.inventory.files.backstage_import import import_entities
from bot.inventory.files.csv_lists import read_list, split_sheet
from bot.inventory.files.estate_text import estate_text
from bot.inventory.files.existing import read_existing
from bot.inventory.files.list_table import ListTable, rows_of, used
from bot.language.errors import Invalid
from bot.language.units import say_count
from bot.language.words import plain_words
from bot.terminal.printing import print_json


def deliver(result: Result, arguments: argparse.Namespace, *, into: Path | None = None) -> int:
    """Print the report, write the file; 1 when something waits for a person's decision."""
    # With `into` the text holds sections only, which refer to entries of the other file.
    found = result if into else replace(result, problems=problems_in(result.text))
    if arguments.json:
        print_json(as_data(found))
    else:
        console = Console(stderr=arguments.out is None, highlight=False)
        report(found, console, into=into.name if into else "")
    if result.text:
        _write(result.text, arguments)
    if not arguments.json:
        _last_words(found, arguments.out, into)
    return 1 if found.doubts or found.skipped or found.problems else 0


def problems_in(text: str) -> tuple[str, ...]:
    """What `firstlane validate` would call an error."""
    runbooks, _ = shipped_runbooks()
    loaded = load_text(
        text,
        path=Path("connections.yaml"),
        environ={},
        kinds=settings_models(),
        runbooks=frozenset(runbooks),
        now=utc_now(),
    )
    return tuple(str(problem) for problem in errors(loaded.problems))


def _write(text: str, arguments: argparse.Namespace) -> None:
    out: Path | None = arguments.out
    if out is None:
        if not arguments.json:
            sys.stdout.write(text)
        return
    write_file(out, text.encode(), force=arguments.force)


def _last_words(found: Result, out: Path | None, into: Path | None) -> None:
    for problem in found.problems:
        print(f"To mend: {problem}", file=sys.stderr)
    if into is not None and not found.text:
        print(f"\nNothing new: {into.name} has all of it.", file=sys.stderr)
    elif out is not None:
        put = f"Put its entries into {into.name}" if into else "Fill in owners and checks"
        print(f"\nWrote {out}. {put}, then look: firstlane validate {_shown(into or out)}")


def _shown(path: Path) -> str:
    return f"'{path}'" if " " in str(path) else os.fspath(path)


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


def run_import(arguments: argparse.Namespace) -> int:
    """0 when every entity found a place, 1 when some have none."""
    may_write(arguments.out, force=arguments.force)
    entities = [entity for path in arguments.files for entity in read_entities(path)]
    drafted, skipped = import_entities(entities)
    if not drafted.connections:
        found = Counter(one.kind for one in entities)
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.items())
        raise Invalid(
            f"No connection is described there (found: {kinds or 'nothing'}). An API needs a "
            "component that provides and one that consumes it; see docs/inventory.md."
        )
    names = [path.name for path in arguments.files]
    text = estate_text(drafted, names, skipped=skipped)
    result = Result(draft=drafted, text=text, skipped=skipped, rows=len(entities))
    return deliver(result, arguments)


def run_export(arguments: argparse.Namespace) -> int:
    catalogue = knowledge_of(arguments).catalogue
    text = catalog_info(catalogue)
    if arguments.out == "-":
        sys.stdout.write(text)
        return 0
    out = Path(arguments.out) / "catalog-info.yaml"
    may_write(out, force=arguments.force)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(f"Cannot write {out}: {error.strerror}.") from error
    write_file(out, text.encode(), force=arguments.force)
    print(f"Wrote {out}: {say_count(len(catalogue.connections), 'connection')}.")
    return 0
