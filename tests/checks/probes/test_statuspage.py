"""A vendor's status page: context for a verdict, never the verdict itself."""

from datetime import timedelta
from typing import Any

import pytest

from bot.checks.probe import Tools
from bot.checks.probes.statuspage import StatuspageSettings, probe
from bot.core.estate.check_spec import CheckSpec, Rule, Threshold
from bot.core.monitoring.health import combine, first, step
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec

pytestmark = pytest.mark.anyio
PAGE: dict[str, Any] = {
    "page": {"id": "p1", "name": "Vendor"},
    "status": {"indicator": "minor", "description": "Partially Degraded Service"},
    "components": [
        {"id": "c0", "name": "Integration", "status": "operational", "group": True},
        {"id": "c1", "name": "API", "status": "partial_outage", "group": False},
        {"id": "c2", "name": "EU: Runtime", "status": "operational", "group": False},
        {"id": "c3", "name": "US: Runtime", "status": "major_outage", "group": False},
        {"id": "c4", "name": "Login", "status": "under_maintenance", "group": False},
    ],
    "incidents": [
        {"name": "API errors", "status": "identified", "components": [{"id": "c1"}]},
        {"name": "US is down", "status": "investigating", "components": [{"id": "c3"}]},
        {"name": "Old", "status": "resolved", "components": [{"id": "c1"}]},
    ],
}


@pytest.mark.parametrize(
    ("components", "more", "status", "said"),
    [
        ([], {}, "major_outage", "API errors; US is down"),
        (["API"], {}, "partial_outage", "API errors"),
        (["eu: *"], {}, "operational", ""),
        (["c3"], {}, "major_outage", "US is down"),
        (["Login"], {}, "operational", ""),
        (["Login"], {"ignore_maintenance": False}, "under_maintenance", ""),
    ],
)
async def test_the_worst_of_the_components_that_matter_is_the_status(
    far_end: FarEnd,
    tools: Tools,
    components: list[str],
    more: dict[str, Any],
    status: str,
    said: str,
) -> None:
    far_end.answers(PAGE)

    seen = await probe(
        spec("statuspage", url=far_end.url + "/", components=components, **more), tools, NOW
    )

    assert isinstance(seen, Reading)
    assert seen.signals == {"reachable": True, "status": status}
    assert seen.error.endswith(said)
    assert far_end.requests[0].path == "/api/v2/summary.json"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"page": {}}, 200), ("<html>", 200), (PAGE, 503), ({"components": [7, None, {}]}, 200)],
)
async def test_a_page_that_says_nothing_makes_us_blind_and_nobody_else_guilty(
    far_end: FarEnd, tools: Tools, body: Any, status: int
) -> None:
    far_end.answers(body, status=status)

    seen = await probe(spec("statuspage", url=far_end.url), tools, NOW)

    assert isinstance(seen, Blind)


async def test_a_word_that_no_page_should_use_is_taken_for_the_worst(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers(
        {
            "components": [
                {"id": "a", "name": "A", "status": "major_outage"},
                {"id": "b", "name": "B", "status": "on_fire"},
            ]
        }
    )

    seen = await probe(spec("statuspage", url=far_end.url), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "on_fire"


def page_check() -> CheckSpec:
    warn = Threshold(op="!=", value="operational")
    rules = (Rule(signal="status", warn=warn),)
    return CheckSpec(
        id="page",
        connection="shop-orders",
        kind="statuspage",
        every=timedelta(minutes=5),
        timeout=timedelta(minutes=1),
        confirm=1,
        recover=1,
        settings=StatuspageSettings(url="https://status.example.com"),
        rules=rules,
    )


def test_a_red_page_is_at_most_degraded() -> None:
    red = Reading(at=NOW, signals={"reachable": True, "status": "major_outage"})

    assert evaluate(page_check(), red, NOW).verdict is Verdict.DEGRADED


def test_a_green_page_clears_nobody() -> None:
    page, own = page_check(), spec("http", id="own", url="https://erp.example.com")
    green = Reading(at=NOW, signals={"reachable": True, "status": "operational"})
    down = Reading(at=NOW, signals={"reachable": False}, error="Connection refused")
    page_health = step(first(page, NOW), page, green, NOW)
    own_health = step(first(own, NOW), own, down, NOW)
    own_health = step(own_health, own, down, NOW)

    whole = combine("shop-orders", [page_health, own_health])

    assert whole is not None
    assert whole.verdict is Verdict.FAILING
