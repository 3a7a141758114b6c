"""What a message pushed to us means: the body of a webhook as the ping that a job would send.

One function per source, pure. A message that says neither that something works nor that it fails
becomes a note, which changes nothing: it is better to miss a word than to cry wolf.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.core.heartbeat import Ping, PingKind
from bot.core.signals import FailedRecords
from bot.core.text import outside

_NOTE, _ID, _GROUPS, _IDS = 1000, 60, 50, 5
_MOST_RECORDS = 10**12
_GOOD = frozenset({"ok", "success", "successful", "succeeded", "completed", "complete", "up"})
_BAD = frozenset({"fail", "failed", "failure", "error", "down", "aborted", "cancelled", "canceled"})
_BEGUN = frozenset({"start", "started", "running", "in_progress"})

Body = Mapping[str, Any]


def hook_ping(source: str, body: Any, at: datetime) -> Ping | None:
    """The ping that a decoded JSON `body` from `source` stands for; None for a source that there
    is none of. A body that is not an object is a note."""
    read = SOURCES.get(source)
    if read is None:
        return None
    if not isinstance(body, Mapping):
        return Ping(at=at, kind=PingKind.LOG, note=outside(str(body or ""), _NOTE))
    return read(body, at)


def _generic(body: Body, at: datetime) -> Ping:
    """`{status, run, processed, failed: [{text, count, ids}], message}`."""
    return Ping(
        at=at,
        kind=_kind(body.get("status")),
        rid=_text(body.get("run"), _ID),
        processed=read_count(body.get("processed")),
        failed=tuple(read_failed(body.get("failed"))),
        note=_text(body.get("message"), _NOTE),
    )


def _airbyte(body: Body, at: datetime) -> Ping:
    data = _inner(body, "data")
    kinds = {"True": PingKind.SUCCESS, "False": PingKind.FAIL}
    kind = kinds.get(str(data.get("success")), PingKind.LOG)
    message = _text(data.get("errorMessage"), _NOTE)
    return Ping(
        at=at,
        kind=kind,
        rid=_text(_inner(data, "job").get("id") or data.get("jobId"), _ID),
        processed=read_count(data.get("recordsCommitted")),
        failed=_one_failure(message) if kind is PingKind.FAIL else (),
        note=message or _text(_inner(data, "connection").get("name"), _NOTE),
    )


def _fivetran(body: Body, at: datetime) -> Ping:
    event = _text(body.get("event"), 40)
    data = _inner(body, "data")
    reason = _text(data.get("reason") or data.get("status"), _NOTE)
    kind = PingKind.LOG
    if event == "sync_start":
        kind = PingKind.START
    elif event == "sync_end":
        kind = _kind(data.get("status"))
    return Ping(
        at=at,
        kind=kind,
        rid=_text(body.get("sync_id"), _ID),
        failed=_one_failure(reason) if kind is PingKind.FAIL else (),
        note=reason,
    )


def _azure_monitor(body: Body, at: datetime) -> Ping:
    """The common alert schema."""
    essentials = _inner(_inner(body, "data"), "essentials")
    condition = _text(essentials.get("monitorCondition"), 40).casefold()
    kinds = {"fired": PingKind.FAIL, "resolved": PingKind.SUCCESS}
    kind = kinds.get(condition, PingKind.LOG)
    words = (essentials.get("alertRule"), essentials.get("description"))
    note = outside(": ".join(str(word) for word in words if word), _NOTE)
    return Ping(
        at=at, kind=kind, failed=_one_failure(note) if kind is PingKind.FAIL else (), note=note
    )


def _alertmanager(body: Body, at: datetime) -> Ping:
    """Prometheus Alertmanager, and Grafana, which sends the same."""
    kinds = {"firing": PingKind.FAIL, "resolved": PingKind.SUCCESS}
    kind = kinds.get(_text(body.get("status"), 40).casefold(), PingKind.LOG)
    alerts = body.get("alerts")
    firing = [
        {"text": _summary(alert)}
        for alert in (alerts if isinstance(alerts, list) else [])[:_GROUPS]
        if isinstance(alert, Mapping) and alert.get("status") == "firing"
    ]
    failed = tuple(read_failed(firing)) if kind is PingKind.FAIL else ()
    return Ping(at=at, kind=kind, failed=failed, note="; ".join(group.text for group in failed[:3]))


def _summary(alert: Body) -> str:
    notes, labels = _inner(alert, "annotations"), _inner(alert, "labels")
    return str(notes.get("summary") or labels.get("alertname") or "alert")


def _statuspage(body: Body, at: datetime) -> Ping:
    """A component update; incidents are words about it, and change nothing by themselves."""
    status = _text(_inner(body, "component_update").get("new_status"), 40)
    component = _text(_inner(body, "component").get("name"), 100)
    kind = PingKind.LOG
    if status:
        good = status in ("operational", "under_maintenance")
        kind = PingKind.SUCCESS if good else PingKind.FAIL
    incident = _text(_inner(body, "incident").get("name"), 200)
    return Ping(at=at, kind=kind, note=f"{component} {status}".strip() or incident)


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


def _kind(status: Any) -> PingKind:
    word = str(status or "").strip().casefold().replace(" ", "_")
    for kind, words in (
        (PingKind.SUCCESS, _GOOD),
        (PingKind.FAIL, _BAD),
        (PingKind.START, _BEGUN),
    ):
        if word in words:
            return kind
    return PingKind.LOG


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
