"""Slack's method table: arguments, rate tier, scopes, kind of token. The data is methods.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from slack_standin.state.refusal import Json

# Calls per minute; t5 means Slack sets no published limit.
TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSpec:
    """One method. `scopes` are alternatives; an empty tuple asks for none.

    `bearer` is who must call: `bot`, `app` (the app-level token) or `none`.
    """

    name: str
    required: tuple[str, ...]
    args: Mapping[str, Json]
    per_minute: int | None
    scopes: tuple[str, ...]
    bearer: str


@cache
def method_table() -> Mapping[str, MethodSpec]:
    """All methods the stand-in knows, by name."""
    text = resources.files(__package__).joinpath("methods.json").read_text(encoding="utf-8")
    raw: dict[str, Json] = json.loads(text)
    return {
        name: MethodSpec(
            name=name,
            required=tuple(entry["required"]),
            args=entry["args"],
            per_minute=TIERS.get(entry["tier"]),
            scopes=tuple(entry["scopes"]),
            bearer=entry["token"],
        )
        for name, entry in raw.items()
    }
