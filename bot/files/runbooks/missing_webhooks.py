"""Webhooks that runbook steps call and the estate file does not define."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bot.files.folder import yaml_files
from bot.files.problems import Problem, did_you_mean, in_order
from bot.files.yaml_source import read_yaml_file


def missing_hooks(directory: Path, known: Collection[str]) -> tuple[Problem, ...]:
    """One problem for each step of a runbook in `directory` whose webhook is not in `known`."""
    files, problems = yaml_files(directory)
    return in_order([*problems, *(one for path in files for one in _missing(path, known))])


def _missing(path: Path, known: Collection[str]) -> Iterator[Problem]:
    source = read_yaml_file(path)
    steps = source.root.get("steps").elements() if source.root else ()
    for step in steps:
        hook = step.get("action").get("hook")
        if isinstance(hook.value, str) and hook.value and hook.value not in known:
            said = f"no webhook {hook.value!r} is defined in the estate file"
            hint = did_you_mean(hook.value, known) or "define it there under `webhooks`"
            yield Problem.at(source.file, hook, said, hint)
