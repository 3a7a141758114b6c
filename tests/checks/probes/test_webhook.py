"""Messages that other systems push to us: what each means, and what the check makes of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.probe import Tools
from bot.checks.probes.webhook import probe
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.monitoring.webhook_bodies import SOURCES, hook_ping
from tests.checks.conftest import NOW, Memory, spec

AIRBYTE = {
    "data": {
        "success": False,
        "jobId": 71,
        "recordsCommitted": 89,
        "errorMessage": "Checking source connection failed",
        "connection": {"name": "Orders to warehouse"},
    }
}
ALERT = {
    "status": "firing",
    "alerts": [
        {"status": "firing", "labels": {"alertname": "QueueStuck"}, "annotations": {}},
        {"status": "resolved", "labels": {"alertname": "Old"}},
    ],
}
AZURE = {
    "schemaId": "azureMonitorCommonAlertSchema",
    "data": {
        "essentials": {
            "alertRule": "Orders workflow failed",
            "monitorCondition": "Fired",
            "description": "3 runs failed",
        }
    },
}


@pytest.mark.parametrize(
    ("source", "body", "kind", "note"),
    [
        ("generic", {"status": "ok", "message": "fine"}, PingKind.SUCCESS, "fine"),
        ("generic", {"status": "In Progress"}, PingKind.START, ""),
        ("generic", {"status": "ERROR"}, PingKind.FAIL, ""),
        ("generic", {"hello": 1}, PingKind.LOG, ""),
        ("airbyte", AIRBYTE, PingKind.FAIL, "Checking source connection failed"),
        ("airbyte", {"data": {"success": True}}, PingKind.SUCCESS, ""),
        ("fivetran", {"event": "sync_start"}, PingKind.START, ""),
        (
            "fivetran",
            {"event": "sync_end", "data": {"status": "SUCCESSFUL"}},
            PingKind.SUCCESS,
            "SUCCESSFUL",
        ),
        (
            "fivetran",
            {"event": "sync_end", "data": {"status": "FAILURE", "reason": "401"}},
            PingKind.FAIL,
            "401",
        ),
        ("fivetran", {"event": "create_connector"}, PingKind.LOG, ""),
        ("azure-monitor", AZURE, PingKind.FAIL, "Orders workflow failed: 3 runs failed"),
        ("alertmanager", ALERT, PingKind.FAIL, "QueueStuck"),
        ("grafana", {"status": "resolved", "alerts": []}, PingKind.SUCCESS, ""),
        (
            "statuspage",
            {"component_update": {"new_status": "major_outage"}, "component": {"name": "API"}},
            PingKind.FAIL,
            "API major_outage",
        ),
        ("statuspage", {"incident": {"name": "Slow"}}, PingKind.LOG, "Slow"),
        ("generic", "just text", PingKind.LOG, ""),
        ("generic", None, PingKind.LOG, ""),
    ],
)
def test_a_message_means_what_its_source_documents(
    source: str, body: Any, kind: PingKind, note: str
) -> None:
    ping = hook_ping(source, body, NOW)

    assert ping is not None
    assert (ping.kind, ping.note, ping.at) == (kind, note, NOW)


def test_counts_and_error_texts_come_along() -> None:
    body = {
        "status": "failed",
        "run": 4711,
        "processed": 118,
        "failed": [{"text": "Item is blocked", "count": 2, "ids": ["SO-1"]}, "junk", {"count": -5}],
    }

    ping = hook_ping("generic", body, NOW)

    assert ping == Ping(
        at=NOW,
        kind=PingKind.FAIL,
        rid="4711",
        about="generic:",
        processed=118.0,
        failed=(
            FailedRecords(text="Item is blocked", count=2, sample_ids=("SO-1",)),
            FailedRecords(text="no error text given", count=1),
        ),
    )


def test_a_source_that_nobody_knows_is_no_message() -> None:
    assert hook_ping("carrier-pigeon", {}, NOW) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "data", "alerts", "failed", "essentials", "count", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(source=st.sampled_from(sorted(SOURCES)), body=JSON)
def test_no_body_breaks_a_source(source: str, body: Any) -> None:
    ping = hook_ping(source, body, NOW)

    assert isinstance(ping, Ping)


HOUR = timedelta(hours=1)
GOOD = Ping(at=NOW - HOUR, kind=PingKind.SUCCESS, last_success=NOW - HOUR, processed=5)
BAD = Ping(
    at=NOW - HOUR, kind=PingKind.FAIL, note="401", failed=(FailedRecords(text="401", count=3),)
)


NOT_READ = Ping(at=NOW - HOUR, kind=PingKind.LOG, unread="Token")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("ping", "silence", "status", "reachable"),
    [
        (None, None, "waiting", True),
        (NOT_READ, "2h", "waiting", True),
        (GOOD, None, "fine", True),
        (GOOD, "2h", "fine", True),
        (GOOD, "30m", "silent", False),
        (BAD, None, "failed", False),
    ],
)
async def test_silence_is_fine_unless_the_check_says_how_long_is_not(
    tools: Tools,
    memory: Memory,
    ping: Ping | None,
    silence: str | None,
    status: str,
    reachable: bool,
) -> None:
    check = spec("webhook", id="news", **({"silence": silence} if silence else {}))
    if ping:
        memory.pings[check.key] = ping

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == status
    assert seen.signals[Signal.REACHABLE] is reachable
    assert bool(seen.error) is (not reachable or ping is NOT_READ)


@pytest.mark.anyio
@pytest.mark.parametrize("ping", [None, NOT_READ])
async def test_a_source_that_was_never_understood_is_silent_from_when_we_began_to_listen(
    tools: Tools, memory: Memory, ping: Ping | None
) -> None:
    check = spec("webhook", id="news", silence="1d")
    memory.seen[check.key] = NOW - timedelta(days=2)
    memory.pings |= {check.key: ping} if ping else {}

    seen = await probe(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.STATUS] == "silent"
