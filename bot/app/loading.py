"""Reading the files, and the database where there is one, for a command."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.checks import settings_models
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.knowledge import Knowledge
from bot.files.library import Library
from bot.language.errors import Invalid, NotFound
from bot.settings import cache_folder, read
from bot.terminal.printing import show
from bot.terminal.progress import working

if TYPE_CHECKING:
    from bot.flows.work import Work
    from bot.store.tx import Tx

T = TypeVar("T")


def file_of(given: Path | None) -> Path:
    """The estate file that was named, or the one of the settings."""
    return given or Path(os.environ.get("FIRSTLANE_CATALOGUE") or "connections.yaml")


def knowledge_of(arguments: argparse.Namespace) -> Knowledge:
    """What the files of a command say. Raises Invalid when they cannot be used."""
    path = file_of(arguments.file)
    with working("Reading the estate file", quiet=getattr(arguments, "json", False)):
        library = read_library(path, environ=os.environ)
        library.reload(utc_now())
    return usable(library, path).knowledge()


def knowledge_as_told(arguments: argparse.Namespace) -> Knowledge:
    """The knowledge with the ends of credentials that the bot was told, where there is a
    database."""
    knowledge = knowledge_of(arguments)

    def recorded(tx: "Tx") -> Catalogue:
        from bot.flows.estate.ledger import estate_as_recorded

        return estate_as_recorded(tx, knowledge.catalogue)

    return replace(knowledge, catalogue=from_database(recorded) or knowledge.catalogue)


def open_library(
    catalogue: Path, *, environ: Mapping[str, str], now: datetime, extra: Path | None = None
) -> Library:
    """The library with its first load done. Raises Invalid after printing every problem when the
    estate file cannot be used; warnings are printed and do not stop."""
    library = read_library(catalogue, environ=environ, extra=extra)
    library.reload(now)
    return usable(library, catalogue)


def read_library(
    catalogue: Path, *, environ: Mapping[str, str], extra: Path | None = None
) -> Library:
    """Runbooks and playbook are read; the estate file waits for `reload`. Raises NotFound where
    there is none, or no folder `extra`."""
    if not catalogue.exists():
        told = f"There is no {catalogue}: name your estate file, or set FIRSTLANE_CATALOGUE."
        raise NotFound(told)
    if extra is not None and not extra.is_dir():
        raise NotFound(f"There is no folder {extra}: mend FIRSTLANE_RUNBOOKS, or leave it out.")
    return Library(
        catalogue,
        environ=environ,
        kinds=settings_models(),
        extra=extra,
        cache=cache_folder(environ),
    )


def usable(library: Library, catalogue: Path) -> Library:
    """The library, after printing every problem. Raises Invalid when there was no good estate
    file."""
    show((*library.problems, *library.catalogue_problems), sys.stderr)
    if not library.usable:
        count = len(library.catalogue_errors)
        raise Invalid(f"{catalogue} cannot be used: {count} to mend, listed above.")
    return library


def from_work(knowledge: Knowledge, look: "Callable[[Work], T]") -> T | None:
    """What a flow finds in the bot's database; None when there is none on this machine."""

    def begun(tx: "Tx") -> T:
        from bot.flows.work import Work

        return look(Work(tx, knowledge, utc_now()))

    return from_database(begun)


def from_database(look: "Callable[[Tx], T]") -> T | None:
    """What `look` finds in the bot's database; None when there is none on this machine."""
    path = read(os.environ).database
    # Asked first, since opening would make an empty database where there is none.
    return in_database(path, look) if path.is_file() else None


def in_database(path: Path, look: "Callable[[Tx], T]") -> T:
    """What `look` finds in a database, which is made when it is not there."""
    # Most commands work without a database, and its library is a third of their start.
    from bot.store.store import Store

    async def work() -> T:
        store = await Store.open(path)
        try:
            return await store.run(look)
        finally:
            await store.close()

    return asyncio.run(work())
