"""`firstlane inventory import-backstage` and `export-backstage`."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from bot.app.loading import knowledge_of
from bot.files.write_files import may_write, write_file
from bot.inventory.cli.report import Result
from bot.inventory.cli.write_files import deliver
from bot.inventory.files.backstage import read_entities
from bot.inventory.files.backstage_export import catalog_info
from bot.inventory.files.backstage_import import import_entities
from bot.inventory.files.estate_text import estate_text
from bot.language.errors import Invalid
from bot.language.units import say_count


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
