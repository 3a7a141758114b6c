"""Calls of an operator's webhook: begun before they are made, so that none is ever made twice.

Rule of this file: what was begun and never ended has an unknown outcome, and only a person who has
looked may run it again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.estate.check_spec import Webhook

PLACES = ("connection", "incident", "step", "by", "run")
_PLACE = re.compile(r"\{\{\s*([^{}]{0,40}?)\s*\}\}")
_GRACE = timedelta(seconds=30)  # beyond its own time-out, until a call is given up as unknown


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # it was refused, or never sent
    UNKNOWN = "unknown"  # nobody knows whether it arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRun:
    """One confirmed call. `status` is the far end's HTTP status, `said` the outcome in words."""

    id: int = 0
    incident: int
    runbook: str
    step: str
    hook: str
    by: str
    begun_at: datetime
    give_up_at: datetime
    state: RunState = RunState.RUNNING
    status: int | None = None
    said: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOutcome:
    """What a call came to. `said` names no secret."""

    state: RunState
    status: int | None
    said: str


def give_up_at(hook: Webhook, now: datetime) -> datetime:
    """When a call that has not ended is taken for lost."""
    return now + hook.timeout + _GRACE


def filled(value: Any, places: Mapping[str, str]) -> Any:
    """`value` with every place in its texts replaced, however nested."""
    if isinstance(value, str):
        if "{{" not in value:
            return value
        return _PLACE.sub(lambda found: places.get(found[1], ""), str.__str__(value))
    if isinstance(value, Mapping):
        return {key: filled(part, places) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [filled(part, places) for part in value]
    return value


def unknown_place(value: Any) -> str:
    """The first place in `value` that nothing fills; empty when all are known."""
    if isinstance(value, str):
        return next((name for name in _PLACE.findall(value) if name not in PLACES), "")
    parts = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, Mapping | list | tuple):
        return next((bad for part in parts if (bad := unknown_place(part))), "")
    return ""
