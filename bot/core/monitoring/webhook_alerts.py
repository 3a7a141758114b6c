"""Messages of systems that watch others: Azure Monitor, Prometheus Alertmanager and Grafana.

Three kinds of message need care. A test is none of the two answers. An alert that its system calls
stateless is never taken back, so it is marked as said once. And Grafana before version 9 wrote
`state` where its successors write `status`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.webhook_complaints import (
    GROUPS,
    NOTE,
    Body,
    inner,
    key_of,
    kind_of,
    one_failure,
    read_failed,
    text_of,
)
from bot.language.marks import outside

_GOOD, _BAD, _WORDS = PingKind.SUCCESS, PingKind.FAIL, PingKind.LOG
_ALERT: Mapping[str, PingKind] = {"firing": _BAD, "resolved": _GOOD}
_LEGACY: Mapping[str, PingKind] = {
    "alerting": _BAD,
    "ok": _GOOD,
    # It asks, or was told not to: neither answer.
    **dict.fromkeys(("pending", "paused", "unknown"), _WORDS),
}
_CONDITION: Mapping[str, PingKind] = {
    # The common schema, then the ones before it, which some rules still send.
    **dict.fromkeys(("fired", "activated"), _BAD),
    **dict.fromkeys(("resolved", "deactivated"), _GOOD),
}
_OVER = frozenset({"resolved", "available", "complete", "completed", "rca"})
# No subscription has this number: it stands in what “Test action group” sends.
_NO_SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111/"


def azure_monitor(body: Body, at: datetime) -> Ping:
    """The common alert schema, and the ones before it as far as they say whether it is over."""
    data = inner(body, "data")
    essentials, context = inner(data, "essentials"), inner(data, "alertContext")
    older = inner(data, "context") or inner(body, "context")
    said = essentials.get("monitorCondition") or data.get("status") or body.get("status")
    kind, unread = kind_of(said, _CONDITION)
    once = _is_stateless(essentials, body)
    if once and kind is _BAD and _says_over(context):
        kind = _GOOD
    words = (essentials.get("alertRule") or older.get("name"), essentials.get("description"))
    note = outside(": ".join(str(word) for word in words if word), NOTE)
    # Azure's test looks like an alert in every other field.
    if _NO_SUBSCRIPTION in str(essentials.get("alertId")):
        return Ping(at=at, kind=_WORDS, test=True, note=note)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        once=once and kind is _BAD,
        about=_azure_key(essentials, context, older, once=once),
        failed=one_failure(note) if kind is _BAD else (),
        note=note,
    )


def _is_stateless(essentials: Body, body: Body) -> bool:
    """Alerts on the activity log (also of service and resource health) fire once for each event."""
    signal = f"{essentials.get('signalType')} {body.get('schemaId')}".casefold()
    return "activity log" in signal or "activitylog" in signal


def _says_over(context: Body) -> bool:
    """Whether the event that a stateless alert tells is the end of something."""
    properties = inner(context, "properties")
    words = (
        properties.get("stage"),
        properties.get("currentHealthStatus"),
        context.get("status"),
    )
    return any(str(word).casefold() in _OVER for word in words)


def _azure_key(essentials: Body, context: Body, older: Body, *, once: bool) -> str:
    """What the alert is about. Each event of a stateless one has an id of its own, so that the
    word of its end is found by the outage, or the rule and its target."""
    rule = essentials.get("alertRule") or older.get("name")
    if not once:
        return key_of(essentials.get("alertId") or older.get("id") or rule)
    tracked = inner(context, "properties").get("trackingId")
    targets = essentials.get("alertTargetIDs")
    target = targets[0] if isinstance(targets, list) and targets else ""
    return key_of(tracked or f"{rule} {target}".strip())


def alertmanager(body: Body, at: datetime) -> Ping:
    """Prometheus Alertmanager, and Grafana since version 9, which sends the same: all alerts of
    one group. Without a word about the group, its alerts have one each."""
    found = body.get("alerts")
    alerts = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    kind, unread = _of_group(body, alerts)
    firing = [{"text": _summary(one)} for one in alerts[:GROUPS] if _is_firing(one)]
    failed = tuple(read_failed(firing)) if kind is _BAD else ()
    note = "; ".join(group.text for group in failed[:3])
    if alerts and all(map(_is_test, alerts)):
        return Ping(at=at, kind=_WORDS, test=True, note=note)
    labels = json.dumps(inner(body, "groupLabels"), sort_keys=True, default=str)
    # One address hears of many groups: the good word of one must not end the failure of another.
    about = key_of(body.get("groupKey") or labels)
    return Ping(at=at, kind=kind, unread=unread, about=about, failed=failed, note=note)


def _of_group(body: Body, alerts: list[Mapping[str, Any]]) -> tuple[PingKind, str]:
    if body.get("status") is not None or not alerts:
        return kind_of(body.get("status"), _ALERT)
    each = [kind_of(one.get("status"), _ALERT) for one in alerts]
    if any(kind is _BAD for kind, _ in each):
        return _BAD, ""
    return next((one for one in each if one[0] is _WORDS), (_GOOD, ""))


def _is_firing(alert: Body) -> bool:
    return kind_of(alert.get("status"), _ALERT)[0] is _BAD


def _is_test(alert: Body) -> bool:
    """What the button “Test” of a contact point sends."""
    labels = inner(alert, "labels")
    return (labels.get("alertname"), labels.get("instance")) == ("TestAlert", "Grafana")


def _summary(alert: Body) -> str:
    notes, labels = inner(alert, "annotations"), inner(alert, "labels")
    return str(notes.get("summary") or labels.get("alertname") or "alert")


def grafana(body: Body, at: datetime) -> Ping:
    """As Alertmanager; and the notifications of Grafana's alerts before version 9, by rule."""
    if "ruleId" not in body and "ruleName" not in body:
        return alertmanager(body, at)
    name, said = text_of(body.get("ruleName"), 100), text_of(body.get("message"), NOTE)
    note = outside(": ".join(part for part in (name, said) if part), NOTE)
    if name == "Test notification":
        return Ping(at=at, kind=_WORDS, test=True, note=note)
    kind, unread = kind_of(body.get("state"), _LEGACY)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=key_of(body.get("ruleId") or name),
        failed=one_failure(note or "alert") if kind is _BAD else (),
        note=note,
    )
