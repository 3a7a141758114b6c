"""`firstlane releases`: the calendar of releases, and calendars that are imported into it."""

import argparse
import json
import sys
from pathlib import Path

from bot.app.loading import from_database, from_work, knowledge_of
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Release
from bot.files.changes.ical import NotACalendar, Place, read_calendar
from bot.flows.changes import releases
from bot.flows.estate.ledger import estate_as_recorded
from bot.language.errors import Invalid, NotFound
from bot.language.local_time import local
from bot.language.units import say_count
from bot.terminal.printing import plain, print_json, show


def run_import(arguments: argparse.Namespace) -> int:
    """0 when every entry was read, 1 when some were not."""
    knowledge = knowledge_of(arguments)
    catalogue = knowledge.catalogue
    source = "standard input" if arguments.calendar == "-" else Path(arguments.calendar).name
    place = Place(
        source=source,
        system=_system(catalogue, arguments.system),
        names=_names(catalogue),
        zone=catalogue.timezone,
        now=utc_now(),
    )
    try:
        found, problems = read_calendar(_bytes(arguments.calendar), place)
    except NotACalendar as error:
        raise Invalid(f"{source} cannot be used: {error}.") from error
    show(problems, sys.stderr)
    if arguments.print:
        print("releases:" if found else "releases: []")
        for one in found:
            print(f"  - {_entry(one, catalogue.timezone)}")
        return 1 if problems else 0
    kept = from_work(knowledge, lambda work: releases.take(work, found, f"import:{source}"))
    if kept is None:
        raise Invalid(
            "There is no database of a bot here, so nothing was stored. Run this where firstlane"
            " run works, or use --print and copy the entries into the estate file."
        )
    counts = {"read": len(found), "new": kept[0], "gone": kept[1], "problems": len(problems)}
    if arguments.json:
        print_json({**counts, "releases": [as_data(one) for one in found]})
    else:
        print(
            f"{source}: {say_count(counts['read'], 'release')}, {counts['new']} new or moved,"
            f" {counts['gone']} dropped, {counts['problems']} not read."
        )
    return 1 if problems else 0


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Invalid(f"Cannot read {name}: {error.strerror}.") from error


def _system(catalogue: Catalogue, given: str | None) -> str | None:
    if given is not None and given not in catalogue.systems:
        raise NotFound(f"There is no system {given!r} in the estate file.")
    return given


def _names(catalogue: Catalogue) -> dict[str, str]:
    return {
        name.casefold(): system.id
        for system in catalogue.systems.values()
        for name in (system.id, system.name, *system.aliases)
    }


def _entry(one: Release, zone: str) -> str:
    """One line of YAML; JSON text is YAML text."""
    at = local(one.at, zone).isoformat(" ", "minutes")
    parts = {
        "system": one.system,
        "version": one.version,
        "at": at,
        "summary": one.summary,
        "notes": one.notes,
    }
    said = (f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in parts.items() if text)
    return f"{{{', '.join(said)}}}"


def as_data(one: Release) -> dict[str, object]:
    """The stable JSON of a release."""
    return {
        "id": one.id,
        "system": one.system,
        "version": one.version,
        "at": one.at.isoformat(),
        "summary": one.summary,
        "notes": one.notes,
        "verdicts": {
            trial.connection: {"verdict": trial.verdict, "by": trial.by, "note": trial.note}
            for trial in one.trials
        },
    }


def run_list(arguments: argparse.Namespace) -> int:
    catalogue = knowledge_of(arguments).catalogue
    now = utc_now()
    recorded = from_database(lambda tx: estate_as_recorded(tx, catalogue)) or catalogue
    known = sorted(recorded.releases, key=lambda one: one.at)
    shown = [one for one in known if one.at > now]
    shown += [one for one in reversed(known) if one.at <= now][: releases.BACK]
    if arguments.json:
        print_json({"releases": [as_data(one) for one in shown]})
        return 0
    for one in shown:
        called = one.called(catalogue.system_name(one.system))
        said = f"{local(one.at, catalogue.timezone):%Y-%m-%d %H:%M %Z} {called}"
        print(plain(f"{said}: {one.summary}" if one.summary else said, catalogue))
        for trial in one.trials:
            note = f": {trial.note}" if trial.note else ""
            print(f"    {trial.connection}: {trial.verdict.replace('_', ' ')}{note}")
    if not shown:
        print("No release is announced.")
    return 0
