"""What a message pushed to us means: the body of a webhook as the ping that a job would send.

One function per source, pure. A message that says neither that something works nor that it fails
becomes a note, which changes nothing: it is better to miss a word than to cry wolf. A status that
is not in a source's table is such a note, and it is kept as unread so that it can be said.

One address may hear of many things: `about` tells them apart, by the id that the source gives them.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.heartbeat import Ping, PingKind
from bot.core.signals import FailedRecords
from bot.core.text import outside

_NOTE, _ID, _GROUPS, _IDS = 1000, 60, 50, 5
_MOST_RECORDS = 10**12
# By source: what a status says, in small letters with `_` for blanks.
_JOB: Mapping[str, PingKind] = {
    **dict.fromkeys(
        ("ok", "success", "successful", "succeeded", "completed", "complete", "up", "done"),
        PingKind.SUCCESS,
    ),
    **dict.fromkeys(
        ("fail", "failed", "failure", "failure_with_task", "error", "down", "timeout"),
        PingKind.FAIL,
    ),
    **dict.fromkeys(
        ("aborted", "cancelled", "canceled", "timed_out", "crashed", "killed"), PingKind.FAIL
    ),
    **dict.fromkeys(("start", "started", "running", "in_progress"), PingKind.START),
    **dict.fromkeys(("queued", "pending", "scheduled", "rescheduled", "skipped"), PingKind.LOG),
}
_ALERT: Mapping[str, PingKind] = {
    "firing": PingKind.FAIL,
    "fired": PingKind.FAIL,
    "resolved": PingKind.SUCCESS,
}
_COMPONENT: Mapping[str, PingKind] = {
    "operational": PingKind.SUCCESS,
    "under_maintenance": PingKind.SUCCESS,
    "degraded_performance": PingKind.FAIL,
    "partial_outage": PingKind.FAIL,
    "major_outage": PingKind.FAIL,
}

Body = Mapping[str, Any]


def hook_ping(source: str, body: Any, at: datetime) -> Ping | None:
    """The ping that a decoded JSON `body` from `source` stands for; None for a source that there
    is none of. A body that is not an object is a note, kept as not understood."""
    read = SOURCES.get(source)
    if read is None:
        return None
    if not isinstance(body, Mapping):
        said = str(body or "")
        unread = outside(said or "an empty message", _ID)
        return Ping(at=at, kind=PingKind.LOG, unread=unread, note=outside(said, _NOTE))
    ping = read(body, at)
    return replace(ping, about=_about(source, ping.about))


def _about(source: str, key: str) -> str:
    """Bounded and still different for keys that differ only at their end."""
    if len(key) > _ID:
        key = f"{key[: _ID - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return f"{source}:{key}"


def _generic(body: Body, at: datetime) -> Ping:
    """`{status, about, run, processed, failed: [{text, count, ids}], message}`."""
    kind, unread = _kind(body.get("status"), _JOB)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(body.get("about")),
        rid=_text(body.get("run"), _ID),
        processed=read_count(body.get("processed")),
        failed=tuple(read_failed(body.get("failed"))),
        note=_text(body.get("message"), _NOTE),
    )


def _airbyte(body: Body, at: datetime) -> Ping:
    data = _inner(body, "data")
    kind, unread = _kind(data.get("success"), {"true": PingKind.SUCCESS, "false": PingKind.FAIL})
    connection = _inner(data, "connection")
    message = _text(data.get("errorMessage"), _NOTE)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(connection.get("id") or connection.get("name")),
        rid=_text(_inner(data, "job").get("id") or data.get("jobId"), _ID),
        processed=read_count(data.get("recordsCommitted")),
        failed=_one_failure(message) if kind is PingKind.FAIL else (),
        note=message or _text(connection.get("name"), _NOTE),
    )


def _fivetran(body: Body, at: datetime) -> Ping:
    event = _text(body.get("event"), 40)
    data = _inner(body, "data")
    status = data.get("status") or body.get("status")
    reason = _text(data.get("reason") or body.get("reason") or status, _NOTE)
    kind, unread = PingKind.LOG, ""
    if event == "sync_start":
        kind = PingKind.START
    elif event == "sync_end":
        kind, unread = _kind(status, _JOB)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(body.get("connector_id") or body.get("connection_id")),
        rid=_text(body.get("sync_id"), _ID),
        failed=_one_failure(reason) if kind is PingKind.FAIL else (),
        note=reason,
    )


def _azure_monitor(body: Body, at: datetime) -> Ping:
    """The common alert schema."""
    essentials = _inner(_inner(body, "data"), "essentials")
    kind, unread = _kind(essentials.get("monitorCondition"), _ALERT)
    words = (essentials.get("alertRule"), essentials.get("description"))
    note = outside(": ".join(str(word) for word in words if word), _NOTE)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(essentials.get("alertId") or essentials.get("alertRule")),
        failed=_one_failure(note) if kind is PingKind.FAIL else (),
        note=note,
    )


def _alertmanager(body: Body, at: datetime) -> Ping:
    """Prometheus Alertmanager, and Grafana, which sends the same: all alerts of one group."""
    kind, unread = _kind(body.get("status"), _ALERT)
    alerts = body.get("alerts")
    firing = [
        {"text": _summary(alert)}
        for alert in (alerts if isinstance(alerts, list) else [])[:_GROUPS]
        if isinstance(alert, Mapping) and alert.get("status") == "firing"
    ]
    failed = tuple(read_failed(firing)) if kind is PingKind.FAIL else ()
    labels = json.dumps(_inner(body, "groupLabels"), sort_keys=True, default=str)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(body.get("groupKey") or labels),
        failed=failed,
        note="; ".join(group.text for group in failed[:3]),
    )


def _summary(alert: Body) -> str:
    notes, labels = _inner(alert, "annotations"), _inner(alert, "labels")
    return str(notes.get("summary") or labels.get("alertname") or "alert")


def _statuspage(body: Body, at: datetime) -> Ping:
    """A component update; incidents are words about it, and change nothing by themselves."""
    update, component = _inner(body, "component_update"), _inner(body, "component")
    kind, unread = _kind(update.get("new_status"), _COMPONENT)
    if unread:
        kind = PingKind.FAIL  # as with the page itself, an unknown word is taken for the worst
    name, status = _text(component.get("name"), 100), _text(update.get("new_status"), 40)
    incident = _text(_inner(body, "incident").get("name"), 200)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=_key(update.get("component_id") or component.get("id") or name),
        note=f"{name} {status}".strip() or incident,
    )


def _audit(body: Body, at: datetime) -> Ping:
    """`{entries: [{who, what, object, at}]}`, or one such entry. It says nothing of whether the
    connection works, so it is a note that carries what was changed."""
    entries = body.get("entries")
    found = entries if isinstance(entries, list) else [body]
    said = (_entry(one) for one in found[:_GROUPS] if isinstance(one, Mapping))
    changed = tuple(one for one in said if one)
    return Ping(at=at, kind=PingKind.LOG, note=outside("; ".join(changed), _NOTE), changed=changed)


def _entry(entry: Body) -> str:
    """`Ada changed “Tax mapping”: value 7 became 9 (2027-03-01T08:00Z)`, as far as it is known."""
    what = _text(entry.get("what") or entry.get("action"), 160)
    if not what:
        return ""
    actor = _text(entry.get("who") or entry.get("user") or entry.get("actor"), _ID)
    thing = _text(entry.get("object") or entry.get("resource"), _ID)
    when = _text(entry.get("at") or entry.get("time"), 40)
    where = f" on “{thing}”" if thing else ""
    return f"{actor or 'somebody'}: {what}{where}{f' ({when})' if when else ''}"


SOURCES: Mapping[str, Callable[[Body, datetime], Ping]] = {
    "generic": _generic,
    "airbyte": _airbyte,
    "fivetran": _fivetran,
    "azure-monitor": _azure_monitor,
    "alertmanager": _alertmanager,
    "grafana": _alertmanager,
    "statuspage": _statuspage,
    "audit": _audit,
}


def _kind(status: Any, table: Mapping[str, PingKind]) -> tuple[PingKind, str]:
    """What a status says by `table`, and the status itself where the table does not have it."""
    said = "" if status is None else outside(str(status), 40)
    kind = table.get(said.casefold().replace(" ", "_").replace("-", "_"))
    return (kind, "") if kind is not None else (PingKind.LOG, said)


def _key(value: Any) -> str:
    """What names a reporter; not cut, since two may differ only at the end."""
    return outside(str(value), 4000) if isinstance(value, str | int) else ""


def _inner(body: Body, name: str) -> Body:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, limit: int) -> str:
    return outside(str(value), limit) if isinstance(value, (str, int, float)) else ""


def read_count(value: Any) -> float | None:
    """A number of records; None for anything that is not one."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # The comparison also turns away NaN and infinity.
    return float(value) if is_number and 0 <= value <= _MOST_RECORDS else None


def _one_failure(text: str) -> tuple[FailedRecords, ...]:
    return (FailedRecords(text=outside(text), count=1),) if text else ()


def read_failed(value: Any) -> Iterator[FailedRecords]:
    """Groups of failed records from a list of `{text, count, ids}`; what is not one is left out."""
    for item in (value if isinstance(value, list) else [])[:_GROUPS]:
        if isinstance(item, Mapping):
            count, ids = read_count(item.get("count")), item.get("ids")
            yield FailedRecords(
                text=outside(str(item.get("text") or "no error text given")),
                count=int(count) if count is not None else 1,
                sample_ids=tuple(outside(str(one), _ID) for one in ids[:_IDS])
                if isinstance(ids, list)
                else (),
            )
