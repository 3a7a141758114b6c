"""Presets in the estate file: what they become, and mistakes in using them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.checks.http.settings import HttpSettings
from bot.checks.probes.statuspage import StatuspageSettings
from bot.core.monitoring.signals import Signal
from bot.files.content import presets_dir
from bot.files.estate.load import Loaded
from bot.files.estate.presets import load_presets
from bot.files.estate.schema import schema_json
from tests.checks.presets.estate import PRESETS, estate, made

CELIGO = {"flow": "f1", "token": "${CELIGO_TOKEN}"}


def test_a_preset_becomes_a_check_with_settings_rules_and_pace() -> None:
    spec = made({"preset": "celigo-flow", "with": {**CELIGO, "late": "45m"}})

    assert (spec.kind, spec.every.total_seconds()) == ("http", 300)
    settings = HttpSettings.of(spec)
    assert settings.url == "https://api.integrator.io/v1/jobs"
    assert settings.params["_flowId"] == "f1"
    late = next(rule for rule in spec.rules if rule.signal == "last_success")
    assert late.fail is not None
    assert str(late.fail.value) == "0:45:00"


def test_what_a_check_says_itself_wins_and_signals_are_added() -> None:
    spec = made(
        {
            "preset": "celigo-flow",
            "with": CELIGO,
            "every": "1m",
            "timezone": "Europe/Amsterdam",
            "signals": {"status": "$[1].status", "version": {"header": "X-Version"}},
            "rules": [{"signal": "failed", "fail": "> 5"}],
        }
    )

    assert spec.every.total_seconds() == 60
    settings = HttpSettings.of(spec)
    assert settings.timezone == "Europe/Amsterdam"
    assert settings.signals[Signal.STATUS].path == "$[1].status"
    assert settings.signals[Signal.VERSION].header == "X-Version"
    assert settings.signals[Signal.PROCESSED].pick == "sum"
    assert [rule.signal for rule in spec.rules] == ["failed"]


def test_secrets_stay_marked_also_inside_longer_texts() -> None:
    loaded = estate({"preset": "statuspage", "with": {"page": "https://x.example/${TOKEN_PART}"}})

    assert loaded.catalogue is not None
    settings = StatuspageSettings.of(loaded.catalogue.connections["orders"].checks[0])
    assert settings.url == "https://x.example/value-of-TOKEN_PART"
    assert {settings.url, "value-of-TOKEN_PART"} <= settings.secrets()
    assert "TOKEN_PART" not in f"{settings} {settings!r}"


def test_what_an_optional_parameter_would_fill_is_left_out_without_it() -> None:
    entity = {"entity": "https://erp.example.com/odata/Orders", "field": "at"}

    bare = HttpSettings.of(made({"preset": "odata-freshness", "with": entity}))
    known = HttpSettings.of(
        made({"preset": "odata-freshness", "with": {**entity, "filter": "a eq 1"}})
    )

    assert bare.basic is None
    assert bare.bearer is None
    assert "$filter" not in bare.params
    assert known.params["$filter"] == "a eq 1"


def problem(loaded: Loaded) -> str:
    (one,) = loaded.problems
    return str(one)


QUEUE = {"database": "sqlite://", "table": "t", "since": "at"}
MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown preset": (
        {"preset": "celigo-flwo", "with": CELIGO},
        "unknown preset 'celigo-flwo'; did you mean 'celigo-flow'?",
    ),
    "a parameter that is missing": (
        {"preset": "celigo-flow", "with": {"flow": "f1"}},
        "the preset celigo-flow needs 'token' under with",
    ),
    "an unknown parameter": (
        {"preset": "celigo-flow", "with": {**CELIGO, "leats": 2}},
        "the preset celigo-flow has no 'leats'; did you mean 'least'?",
    ),
    "a kind as well": (
        {"preset": "celigo-flow", "with": CELIGO, "kind": "http"},
        "give a kind or a preset, not both",
    ),
    "an unknown setting": (
        {"preset": "celigo-flow", "with": CELIGO, "colour": "red"},
        "unknown key 'colour'",
    ),
    "a value that does not fit its rule": (
        {"preset": "celigo-flow", "with": {**CELIGO, "late": "soon"}},
        "last_success is a moment: its limit is a duration",
    ),
    "a secret in the file": (
        {"preset": "celigo-flow", "with": {**CELIGO, "token": "hunter22"}},
        "must not stand in this file",
    ),
    "a condition that is more than one": (
        {"preset": "sql-queue", "with": {**QUEUE, "waiting": "1; DROP TABLE t"}},
        "row: a query is one statement",
    ),
}


@pytest.mark.parametrize(("check", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_problem_that_says_what_to_write(
    check: dict[str, Any], words: str
) -> None:
    loaded = estate(check)

    assert loaded.catalogue is None
    assert words in problem(loaded)


def test_problems_point_to_a_line_the_reader_wrote() -> None:
    loaded = estate({"preset": "celigo-flow", "with": {**CELIGO, "window": "yesterday"}})

    (one,) = loaded.problems
    assert one.line > 1


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_explains_itself(name: str) -> None:
    shape = PRESETS[name].shape

    assert shape.title
    assert shape.about
    assert all(
        param.example is not None or param.default is not None for param in shape.params.values()
    )


def test_editors_are_offered_the_presets_and_need_no_kind_with_one() -> None:
    check = json.loads(schema_json())["$defs"]["CheckShape"]

    assert check["properties"]["preset"]["enum"] == sorted(load_presets(presets_dir()))
    assert "kind" not in check["required"]
    assert {"required": ["preset"]} in check["oneOf"]


@pytest.mark.parametrize("name", PRESETS)
def test_the_page_on_presets_has_every_parameter_and_every_doubt(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "presets.md").read_text(encoding="utf-8")

    section = page.split(f"\n## `{name}`")[1].split("\n## ")[0]

    shape = PRESETS[name].shape
    assert [param for param in shape.params if f"| `{param}` |" not in section] == []
    assert [doubt.what for doubt in shape.uncertain if doubt.what.rstrip(".") not in section] == []
    assert [source for source in shape.sources if f"<{source}>" not in section] == []
