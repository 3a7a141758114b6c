"""The twelve ways in which a connection stops without an error, each let happen and seen.

Every story runs a day of looks through the real probe and the rules, with the fault starting at
10:00: it must be quiet before, and confirmed within two hours after what makes it a fault.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.checks import PROBES
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.health import first, step
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.rules import Verdict
from tests.checks.conftest import FarEnd, Memory
from tests.checks.presets.estate import examples, made
from tests.checks.presets.test_recorded_shapes import pointed_at
from tests.patience import never_late

pytestmark = pytest.mark.anyio
MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
FAULT = MORNING + timedelta(hours=10)
DAY = [FAULT + timedelta(minutes=15 * n) for n in range(-16, 24)]

Answer = Callable[[datetime], tuple[Any, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the far end answers over the day, which check looks, and when it is a fault at all."""

    preset: str
    answer: Answer
    within: timedelta
    worst: Verdict = Verdict.FAILING
    more: Mapping[str, Any] | None = None


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def last_run(now: datetime, *, stops: bool = True) -> datetime:
    """The newest run of a job that runs every quarter of an hour, and stops with the fault."""
    end = min(now, FAULT) if stops else now
    return end - timedelta(minutes=3)


def webhooks(now: datetime) -> tuple[Any, Mapping[str, str]]:
    there = [{"topic": "orders/create", "address": "https://c.example.com"}]
    headers = {"X-Shopify-Api-Version": "2026-10", "X-Shopify-Shop-Api-Call-Limit": "1/40"}
    return {"webhooks": there if now < FAULT else []}, headers


def subscriptions(now: datetime) -> tuple[Any, Mapping[str, str]]:
    # Good for three days and not renewed for two: with the fault, less than a day is left.
    ends = FAULT - timedelta(days=2, minutes=1) + timedelta(days=3)
    return {"value": [{"resource": "x/salesOrders", "expirationDateTime": iso(ends)}]}, {}


def recipe(now: datetime) -> tuple[Any, Mapping[str, str]]:
    return {"running": now < FAULT, "job_failed_count": 0, "last_run_at": iso(last_run(now))}, {}


def versions(now: datetime) -> tuple[Any, Mapping[str, str]]:
    served = "2026-10" if now < FAULT else "2026-01"
    calls = {"X-Shopify-Api-Version": served, "X-Shopify-Shop-Api-Call-Limit": "1/40"}
    return {"count": 40}, calls


def empty_runs(now: datetime) -> tuple[Any, Mapping[str, str]]:
    # The window of the preset is two hours here: what the runs in it moved.
    runs = [now - timedelta(minutes=15 * n) for n in range(1, 9)]
    return [
        {
            "status": "completed",
            "numSuccess": 12 if at < FAULT else 0,
            "numError": 0,
            "numIgnore": 0,
            "startedAt": iso(at),
            "endedAt": iso(at + timedelta(minutes=1)),
        }
        for at in runs
    ], {}


def undelivered(now: datetime) -> tuple[Any, Mapping[str, str]]:
    lost = [{"id": "evt", "created": int(FAULT.timestamp())}] if now >= FAULT else []
    return {"data": lost, "has_more": False}, {}


def scheduler(now: datetime) -> tuple[Any, Mapping[str, str]]:
    at = last_run(now)
    return {"value": [{"status": "Success", "startDateTime": iso(at), "endDateTime": iso(at)}]}, {}


def records(now: datetime) -> tuple[Any, Mapping[str, str]]:
    return {"items": [{"records": "40", "newest": last_run(now).strftime("%Y-%m-%dT%H:%M:%S")}]}, {}


def boomi(now: datetime) -> tuple[Any, Mapping[str, str]]:
    def run(status: str, at: datetime) -> dict[str, Any]:
        made_up = {"inboundDocumentCount": 1, "message": "no route", "executionId": status}
        return {"status": status, "executionTime": iso(at), **made_up}

    good = run("COMPLETE", last_run(now))
    bad = [run("ERROR", last_run(now, stops=False))] if now >= FAULT else []
    return {"numberOfResults": 1 + len(bad), "result": [*bad, good]}, {}


HOURS = timedelta(hours=1)
STORIES = {
    "SIL-01 subscription deleted": Story(
        preset="shopify-webhooks", answer=webhooks, within=HOURS / 2
    ),
    "SIL-02 subscription not renewed": Story(
        preset="business-central-webhooks",
        answer=subscriptions,
        within=2 * HOURS,
        worst=Verdict.DEGRADED,
    ),
    "SIL-03 recipe stopped": Story(preset="workato-recipe", answer=recipe, within=HOURS / 2),
    "SIL-04 another version answers": Story(
        preset="shopify-orders-count", answer=versions, within=HOURS / 2
    ),
    "SIL-05 empty runs": Story(
        preset="celigo-flow", answer=empty_runs, within=3 * HOURS, more={"window": "2h"}
    ),
    "SIL-07 events not delivered": Story(
        preset="stripe-undelivered-events",
        answer=undelivered,
        within=2 * HOURS,
        worst=Verdict.DEGRADED,
    ),
    "SIL-08 scheduler not running": Story(
        preset="business-central-job-queue", answer=scheduler, within=3 * HOURS
    ),
    "SIL-11 login fails without a log": Story(
        preset="netsuite-suiteql-count",
        answer=records,
        within=3 * HOURS,
        more={"zone": "UTC", "query": "SELECT 1"},
    ),
    "SIL-12 no alert for this process": Story(
        preset="boomi-process", answer=boomi, within=HOURS, worst=Verdict.DEGRADED
    ),
}


async def live(
    spec: CheckSpec, tools: Tools, before: Callable[[datetime], None]
) -> list[tuple[datetime, Verdict]]:
    """What is believed after each look of the day."""
    runner = Runner(tools, PROBES, never_late())
    health = first(spec, DAY[0])
    believed = []
    for now in DAY:
        before(now)
        health = step(health, spec, await runner.observe(spec, now), now)
        believed.append((now, health.verdict))
    return believed


def assert_seen(
    believed: list[tuple[datetime, Verdict]], within: timedelta, worst: Verdict
) -> None:
    quiet = [verdict for at, verdict in believed if at < FAULT]
    seen = next((at for at, verdict in believed if at >= FAULT and verdict is worst), None)

    assert set(quiet) == {Verdict.OK}, "an alarm before anything happened"
    assert seen is not None, "never seen"
    assert seen - FAULT <= within


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_what_stops_without_an_error_is_seen_the_same_morning(
    far_end: FarEnd, tools: Tools, story: Story
) -> None:
    clock = [DAY[0]]

    async def platform(request: web.Request) -> web.Response:
        if "token" in request.path:
            return web.json_response({"access_token": "a", "expires_in": 3600})
        body, headers = story.answer(clock[0])
        return web.json_response(body, headers=headers)

    far_end.handler = platform
    values = {**examples(story.preset), **(story.more or {})}
    spec = pointed_at(far_end, made({"preset": story.preset, "with": values}))

    believed = await live(spec, tools, lambda now: clock.__setitem__(0, now))

    assert_seen(believed, story.within, story.worst)


@pytest.mark.parametrize(
    ("waiting", "late", "within"),
    [("state = 64", "1h", 2 * HOURS), ("acked_at IS NULL", "4h", 5 * HOURS)],
    ids=["SIL-06 documents pile up as success", "SIL-10 the partner never acknowledges"],
)
async def test_what_waits_for_something_that_never_comes_is_seen_by_its_age(
    tmp_path: Path, tools: Tools, waiting: str, late: str, within: timedelta
) -> None:
    file = tmp_path / "erp.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE docs (made TEXT, state INTEGER, acked_at TEXT)")
    more = {"database": f"sqlite:///{file}", "table": "docs", "waiting": waiting, "since": "made"}
    spec = made({"preset": "sql-queue", "with": {**more, "late": late}})

    def a_document(now: datetime) -> None:
        # Until the fault, every document is done with before the next one comes.
        if now < FAULT:
            connection.execute("UPDATE docs SET state = 53, acked_at = made")
        connection.execute("INSERT INTO docs VALUES (?, 64, NULL)", (iso(now),))
        connection.commit()

    believed = await live(spec, tools, a_document)
    connection.close()

    assert_seen(believed, within, Verdict.FAILING)


async def test_sil_08_a_job_that_nobody_starts_any_more_is_overdue(
    tools: Tools, memory: Memory
) -> None:
    spec = made({"kind": "heartbeat", "period": "15m", "grace": "10m"})

    def job(now: datetime) -> None:
        if now < FAULT:
            memory.pings[spec.key] = Ping(at=now, kind=PingKind.SUCCESS, last_success=now)

    believed = await live(spec, tools, job)

    assert_seen(believed, HOURS, Verdict.FAILING)


async def test_sil_09_records_left_out_for_a_missing_field_lower_completeness(
    far_end: FarEnd, tools: Tools
) -> None:
    clock = [DAY[0]]

    async def platform(_: web.Request) -> web.Response:
        complete = 100 if clock[0] < FAULT else 96
        rows = [{"vat": "NL1", "iban": "NL2"}] * complete + [{"vat": "NL1"}] * (100 - complete)
        return web.json_response({"items": rows})

    far_end.handler = platform
    share = {"path": "$.items[?@.vat && @.iban]", "of": "$.items[*]"}
    check = {
        "kind": "http",
        "url": far_end.url,
        "signals": {"completeness": share},
        "rules": [{"signal": "completeness", "fail": "< 0.99"}],
    }

    believed = await live(made(check), tools, lambda now: clock.__setitem__(0, now))

    assert_seen(believed, HOURS / 2, Verdict.FAILING)


async def test_two_ends_that_are_each_content_are_seen_to_disagree(
    far_end: FarEnd, tools: Tools
) -> None:
    clock = [DAY[0]]

    async def both(request: web.Request) -> web.Response:
        lost = 60 if request.path == "/erp" and clock[0] >= FAULT else 0
        return web.json_response({"count": 3200 - lost})

    far_end.handler = both
    counted = {"kind": "http", "signals": {"processed": "$.count"}}
    check = {
        "kind": "reconcile",
        "source": {**counted, "url": f"{far_end.url}/shop"},
        "target": {**counted, "url": f"{far_end.url}/erp"},
        "tolerance": 5,
        "rules": [{"signal": "reconciled", "fail": "< 0.99"}],
    }
    spec = made(check)

    believed = await live(replace(spec, confirm=2), tools, lambda now: clock.__setitem__(0, now))

    assert_seen(believed, HOURS, Verdict.FAILING)
