"""Everything that is read from files, kept together: the estate, the runbooks, the playbook.

Writes the files that commands are asked for, and never over something else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.index import index_of
from bot.core.knowledge import Knowledge
from bot.core.runbooks.runbook import Runbook
from bot.core.triage.playbook import Playbook
from bot.files.content import runbooks_dir
from bot.files.estate.check_settings import Kinds
from bot.files.estate.load import CatalogueFile, Reload
from bot.files.problems import Problem, errors
from bot.files.runbooks.runbooks import load_runbooks, shipped_runbooks
from bot.files.triage.compiled import known_playbook
from bot.language.errors import Invalid


class Library:
    """`extra` is a folder with the company's own runbooks and, in `playbooks`, its own entries;
    both win over the shipped ones of the same id. `cache` is the folder for what took long to work
    out; without one nothing is kept. `adapt` is applied to every catalogue read."""

    def __init__(
        self,
        catalogue: Path,
        *,
        environ: Mapping[str, str],
        kinds: Kinds,
        extra: Path | None = None,
        cache: Path | None = None,
        adapt: Callable[[Catalogue], Catalogue] = lambda catalogue: catalogue,
    ) -> None:
        self._runbooks, self._playbook, self.problems = _read(extra, cache)
        self._file = CatalogueFile(
            catalogue, environ=environ, kinds=kinds, runbooks=frozenset(self._runbooks)
        )
        self._adapt = adapt
        # Empty until the first good file, so that whoever asks early gets an answer and not None.
        self._keep(Catalogue())

    def reload(self, now: datetime) -> Reload:
        """Look at the estate file once; `catalogue_problems` tells of the last attempt."""
        outcome = self._file.reload(now)
        if outcome is Reload.CHANGED and self._file.catalogue is not None:
            self._keep(self._adapt(self._file.catalogue))
        return outcome

    def _keep(self, catalogue: Catalogue) -> None:
        self._knowledge = Knowledge(
            catalogue=catalogue,
            runbooks=self._runbooks,
            playbook=self._playbook,
            index=index_of(catalogue),
        )

    @property
    def catalogue_problems(self) -> tuple[Problem, ...]:
        return self._file.loaded.problems

    @property
    def catalogue_errors(self) -> tuple[str, ...]:
        return tuple(str(problem) for problem in errors(self._file.loaded.problems))

    @property
    def usable(self) -> bool:
        """Whether there ever was a good estate file."""
        return self._file.catalogue is not None

    def knowledge(self) -> Knowledge:
        return self._knowledge


def _read(
    extra: Path | None, cache: Path | None
) -> tuple[Mapping[str, Runbook], Playbook, tuple[Problem, ...]]:
    runbooks, problems = shipped_runbooks()
    own: Mapping[str, Runbook] = {}
    if extra is not None:
        # Beside the shipped ones, so that an own answer may lead into a shipped runbook.
        own, more = load_runbooks(extra, beside=frozenset(runbooks))
        problems = (*problems, *more)
    playbooks = extra / "playbooks" if extra is not None else None
    own_entries = playbooks if playbooks and playbooks.is_dir() else None
    playbook, more = known_playbook(runbooks_dir() / "playbooks", own_entries, cache)
    return {**runbooks, **own}, playbook, (*problems, *more)


def _nobodys(_raw: bytes) -> bool:
    return False


def may_write(out: Path | None, *, force: bool, ours: Callable[[bytes], bool] = _nobodys) -> None:
    """Raises Invalid when the file is there and may not be written over. `ours` says of its
    content whether the command itself wrote it before."""
    if out is None or force or not out.exists():
        return
    try:
        if out.is_file() and ours(out.read_bytes()):
            return
    except OSError as error:
        raise Invalid(f"Cannot write {out}: {error.strerror}.") from error
    raise _taken(out)


def write_file(
    out: Path, data: bytes, *, force: bool, ours: Callable[[bytes], bool] = _nobodys
) -> None:
    """Write the file. Raises Invalid when it may not be written over, or cannot be written."""
    may_write(out, force=force, ours=ours)
    over = force or out.exists()
    try:
        # Opened anew rather than written over, in case the file came into being meanwhile.
        with out.open("wb" if over else "xb") as file:
            file.write(data)
    except FileExistsError:
        raise _taken(out) from None
    except OSError as error:
        raise Invalid(f"Cannot write {out}: {error.strerror}.") from error


def _taken(out: Path) -> Invalid:
    return Invalid(f"{out} is already there: choose another name, or add --force.")
