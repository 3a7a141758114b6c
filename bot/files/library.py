"""Everything that is read from files, kept together: the estate, the runbooks, the playbook."""

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
from bot.files.estate.reload import CatalogueFile, Reload
from bot.files.problems import Problem, errors
from bot.files.runbooks.runbooks import load_runbooks, shipped_runbooks
from bot.files.triage.compiled import known_playbook


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
