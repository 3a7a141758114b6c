"""Every format that we claim to read: what fails, what is good again, what is only a test, and what
nobody knows, which is named and taken for neither."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.monitoring.heartbeat import Ping, PingKind, failing, fold, taken_back
from bot.core.monitoring.webhook_bodies import SOURCES, answer_to, hook_ping
from bot.store.codec import pack, unpack
from tests.builders import DAY, HOUR, NOW

S, F, B, L = PingKind.SUCCESS, PingKind.FAIL, PingKind.START, PingKind.LOG


def alerts(status: Any, *each: str, **labels: str) -> dict[str, Any]:
    found = [{"status": one, "labels": {"alertname": "Stuck", **labels}} for one in each]
    body = {"receiver": "us", "groupKey": "g", "alerts": found}
    return body if status is None else {**body, "status": status}


def legacy(state: str, **more: Any) -> dict[str, Any]:
    return {"ruleId": 7, "ruleName": "Queue", "title": "x", "state": state, **more}


def azure(condition: str, signal: str = "Metric", **context: Any) -> dict[str, Any]:
    essentials = {
        "alertId": f"/subscriptions/b5/alerts/{condition}-{context}",
        "alertRule": "Orders",
        "signalType": signal,
        "monitorCondition": condition,
        "alertTargetIDs": ["/sites/shop"],
    }
    return {"data": {"essentials": essentials, "alertContext": context}}


def health(stage: str) -> dict[str, Any]:
    return azure("Fired", "Activity Log", properties={"trackingId": "VVT", "stage": stage})


def fivetran(event: str, status: str | None = None) -> dict[str, Any]:
    data = {} if status is None else {"status": status}
    return {"event": event, "connector_id": "orders", "data": data}


def component(status: str | None) -> dict[str, Any]:
    return {"component_update": {"component_id": "api", "new_status": status}, "component": {}}


@pytest.mark.parametrize(
    ("source", "body", "kind", "unread"),
    [
        ("generic", {"Status": "FAILED"}, F, ""),
        ("generic", {"STATUS": "Resolved", "ABOUT": "x"}, S, ""),
        ("generic", {"status": "recovered"}, S, ""),
        ("generic", {"status": "lukewarm"}, L, "lukewarm"),
        ("generic", {"phase": "failed"}, L, "no status"),
        ("generic", {"message": "only words"}, L, ""),
        ("alertmanager", alerts("firing", "firing"), F, ""),
        ("alertmanager", alerts("RESOLVED", "resolved"), S, ""),
        ("alertmanager", alerts(None, "resolved", "firing"), F, ""),
        ("alertmanager", alerts(None, "resolved", "resolved"), S, ""),
        ("alertmanager", alerts(None, "resolved", "muted"), L, "muted"),
        ("alertmanager", alerts("muted", "firing"), L, "muted"),
        ("alertmanager", {}, L, "no status"),
        ("grafana", legacy("alerting"), F, ""),
        ("grafana", legacy("ok"), S, ""),
        ("grafana", legacy("paused"), L, ""),
        ("grafana", legacy("no_data"), L, "no_data"),
        ("azure-monitor", azure("Fired"), F, ""),
        ("azure-monitor", azure("Resolved"), S, ""),
        ("azure-monitor", azure("Muted"), L, "Muted"),
        ("azure-monitor", {"data": {"status": "Deactivated", "context": {"id": "a"}}}, S, ""),
        ("azure-monitor", {"status": "Activated", "context": {"id": "a"}}, F, ""),
        ("azure-monitor", {"status": "Resolved", "context": {"id": "a"}}, S, ""),
        ("azure-monitor", {"data": {}}, L, "no status"),
        ("azure-monitor", health("Active"), F, ""),
        ("azure-monitor", health("Resolved"), S, ""),
        (
            "azure-monitor",
            azure("Fired", "Activity Log", properties={"currentHealthStatus": "Available"}),
            S,
            "",
        ),
        ("azure-monitor", azure("Fired", "Activity Log", status="Resolved"), S, ""),
        ("fivetran", fivetran("sync_end", "SUCCESSFUL"), S, ""),
        ("fivetran", fivetran("sync_end", "PARTIAL"), L, "PARTIAL"),
        ("fivetran", fivetran("sync_end"), L, "no status"),
        ("fivetran", fivetran("connection_failure"), F, ""),
        ("fivetran", fivetran("connection_successful"), S, ""),
        ("fivetran", fivetran("dbt_run_start"), B, ""),
        ("fivetran", fivetran("dbt_run_failed"), F, ""),
        ("fivetran", fivetran("transformation_run_succeeded"), S, ""),
        ("fivetran", fivetran("pause_connector"), L, ""),
        ("fivetran", fivetran("warehouse_moved"), L, "warehouse_moved"),
        ("airbyte", {"data": {"success": False}}, F, ""),
        ("airbyte", {"text": "Hello World!"}, L, "no status"),
        ("statuspage", component("operational"), S, ""),
        ("statuspage", component("on_fire"), L, "on_fire"),
        ("statuspage", component(None), L, "no status"),
        ("statuspage", {"incident": {"name": "Slow"}}, L, ""),
        ("audit", {"hello": 1}, L, "no entry"),
    ],
)
def test_a_word_is_understood_or_named_and_taken_for_neither(
    source: str, body: dict[str, Any], kind: PingKind, unread: str
) -> None:
    ping = hook_ping(source, body, NOW)

    assert ping is not None
    assert (ping.kind, bool(ping.unread), ping.test) == (kind, bool(unread), False)
    said = answer_to(ping)
    assert said.startswith("OK")
    assert ("neither success nor failure" in said) is bool(unread)
    assert not unread or unread not in said


FIELDS = ("status", "state", "data", "event", "message", "success", "alerts", "component_update")
SECRETS = st.recursive(
    st.just("s3cret"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=8,
)


@given(source=st.sampled_from(sorted(SOURCES)), body=SECRETS)
def test_of_a_message_that_nobody_understood_no_value_is_told(source: str, body: Any) -> None:
    ping = hook_ping(source, body, NOW)

    assert ping is not None
    assert "s3cret" not in answer_to(ping) + ping.unread
    assert not ping.unread or "s3cret" not in ping.note


NOBODY = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/alerts/1"


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("grafana", alerts("firing", "firing", alertname="TestAlert", instance="Grafana")),
        ("grafana", legacy("alerting", ruleName="Test notification", ruleId=0)),
        (
            "azure-monitor",
            {"data": {"essentials": {"alertId": NOBODY, "monitorCondition": "Fired"}}},
        ),
        ("fivetran", {"event": "sync_end", "connector_id": "_connector_1", "status": "FAILURE"}),
    ],
    ids=["grafana", "grafana before 9", "azure", "fivetran"],
)
def test_a_test_is_kept_as_a_test_and_fails_nothing(source: str, body: dict[str, Any]) -> None:
    ping = hook_ping(source, body, NOW)
    assert ping is not None
    assert "a test message" in answer_to(ping)
    for before in (None, Ping(at=NOW - HOUR, kind=S), Ping(at=NOW - HOUR, kind=F, about="a")):
        kept = fold(fold(None, before) if before else None, ping)

        assert kept is not None
        assert (kept.kind, kept.tested_at) == (before.kind if before else L, NOW)
        assert len(kept.parts) == (1 if before and before.about else 0)
        later = fold(kept, Ping(at=NOW + HOUR, kind=S, about="a"))
        assert later is not None
        assert (later.kind, later.tested_at) == (S, NOW)
        assert unpack(Ping, pack(later)) == later


def test_a_stateless_alert_counts_for_a_while_and_its_end_is_found_by_the_outage() -> None:
    fired = hook_ping("azure-monitor", health("Active"), NOW)
    over = hook_ping("azure-monitor", health("Resolved"), NOW + HOUR)
    assert fired is not None
    assert over is not None
    kept = fold(None, fired)
    assert kept is not None

    def stand(at: Any) -> int:
        return len(failing(kept, at, DAY))

    assert (fired.once, over.once, fired.about == over.about) == (True, False, True)
    assert (stand(NOW + DAY), stand(NOW + DAY + timedelta(seconds=1))) == (1, 0)
    ended = fold(kept, over)
    assert ended is not None
    assert failing(ended) == ()


def test_a_metric_alert_is_taken_back_by_its_system_and_stands_until_then() -> None:
    ping = hook_ping("azure-monitor", azure("Fired"), NOW)
    assert ping is not None
    assert not ping.once
    kept = fold(None, ping)
    assert kept is not None
    assert failing(kept, NOW + 100 * DAY, DAY) == failing(kept) != ()


@pytest.mark.parametrize("abouts", [("",), ("a", "b"), tuple(f"r{place}" for place in range(130))])
def test_what_a_person_takes_back_is_no_success_and_the_next_failure_counts(
    abouts: tuple[str, ...],
) -> None:
    kept = fold(None, Ping(at=NOW - DAY, kind=S, about=abouts[0]))
    for about in abouts:
        kept = fold(kept, Ping(at=NOW, kind=F, about=about, note="x"))
    assert kept is not None

    over = taken_back(kept)

    assert (over.kind, failing(over), over.last_success) == (L, (), NOW - DAY)
    again = fold(over, Ping(at=NOW + HOUR, kind=F, about=abouts[0]))
    assert again is not None
    assert len(failing(again)) == 1
