"""Every preset against the shape of answer that its platform documents.

The bodies are abridged from the publishers' references; `request` says what the preset must ask.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from bot.checks import PROBES
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.probes.statuspage import StatuspageSettings
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.rules import evaluate
from bot.core.monitoring.signals import Reading
from tests.checks.conftest import FarEnd
from tests.checks.presets.estate import NOW, PRESETS, examples, made

FOLDER = Path(__file__).parent
RECORDED: Mapping[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")
}
CASES = [
    pytest.param(preset, case, id=f"{preset}: {case['name']}")
    for preset, recorded in sorted(RECORDED.items())
    for case in recorded["cases"]
]
OF_A_DATABASE = {"sql-freshness", "sql-queue"}  # tested with a database, beside this file


def test_every_preset_has_its_recorded_shape() -> None:
    assert set(RECORDED) | OF_A_DATABASE == set(PRESETS)


class Platform:
    """A platform that answers one body, and gives tokens to whoever asks."""

    def __init__(self, far_end: FarEnd, case: Mapping[str, Any]) -> None:
        self.case = case
        self.asked: list[tuple[web.Request, str]] = []
        self.token_requests: list[dict[str, Any]] = []
        far_end.handler = self.handle

    async def handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        if "token" in request.path:
            as_json = request.content_type == "application/json"
            self.token_requests.append(json.loads(text) if as_json else dict(await request.post()))
            return web.json_response({"access_token": "access", "expires_in": 3600})
        self.asked.append((request, text))
        return web.json_response(
            self.case["body"],
            status=self.case.get("status", 200),
            headers=self.case.get("headers", {}),
        )


def pointed_at(far_end: FarEnd, spec: CheckSpec) -> CheckSpec:
    """The same check, asking our far end instead of the platform."""

    def moved(address: str) -> str:
        parts = urlsplit(address)
        return address.replace(f"{parts.scheme}://{parts.netloc}", far_end.url)

    settings = spec.settings
    assert isinstance(settings, HttpSettings | StatuspageSettings)
    changed: dict[str, Any] = {"url": moved(settings.url)}
    if isinstance(settings, HttpSettings) and (oauth := settings.oauth):
        token_url = moved(oauth.token_url)
        changed["oauth"] = oauth.model_copy(update={"token_url": token_url})
    return replace(spec, settings=settings.model_copy(update=changed))


def written(value: Any) -> Any:
    """A value as the fixtures write it."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


@pytest.mark.anyio
@pytest.mark.parametrize(("preset", "case"), CASES)
async def test_a_documented_answer_gives_the_signals_and_the_verdict(
    far_end: FarEnd, tools: Tools, preset: str, case: Mapping[str, Any]
) -> None:
    request = RECORDED[preset]["request"]
    values = {**examples(preset, request.get("with_only")), **case.get("with", {})}
    spec = pointed_at(far_end, made({"preset": preset, "with": values}))
    platform = Platform(far_end, case)

    seen = await Runner(tools, PROBES).observe(spec, NOW)

    assert isinstance(seen, Reading), seen
    found = {name: written(value) for name, value in seen.signals.items()}
    assert {name: found.get(name) for name in case["signals"]} == pytest.approx(case["signals"])
    if "failed" in case:
        assert [[group.text, group.count] for group in seen.failed] == case["failed"]
    evaluation = evaluate(spec, seen, NOW)
    assert evaluation.verdict == case["verdict"], (evaluation, seen)
    assert case.get("says", "").lower() in " ".join(evaluation.reasons).lower()
    (asked,) = platform.asked
    check_request(request, *asked, platform.token_requests)


def check_request(
    wanted: Mapping[str, Any], asked: web.Request, body: str, tokens: list[dict[str, Any]]
) -> None:
    assert (asked.method, asked.path) == (wanted["method"], wanted["path"])
    query = wanted.get("query", {})
    assert {name: asked.query.get(name) for name in query} == query
    headers = wanted.get("headers", {})
    assert {name: asked.headers.get(name) for name in headers} == headers
    assert [part for part in wanted.get("body_has", ()) if part not in body] == []
    if "token" in wanted:
        assert wanted["token"].items() <= tokens[0].items()
        assert asked.headers["authorization"] == "Bearer access"
