"""What a message pushed to us means: the body of a webhook as the ping that a job would send.

One function per source, pure. A message that says neither that something works nor that it fails
becomes a note, which changes nothing: it is better to miss a word than to cry wolf. A status that
is not in a source's table, or none where there should be one, is such a note, and the names of its
fields are kept as unread so that they can be said.

One address may hear of many things: `about` tells them apart, by the id that the source gives them.

Messages by which a service asks whether it may send at all, or says that it sends no more.

Rule of this file: no address that stands in a message is ever called by us, and none is repeated,
since whoever has it may confirm.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.monitoring.heartbeat import PUSHED, WEBHOOKS, Kinds, Ping, PingKind
from bot.core.monitoring.webhook_alerts import alertmanager, azure_monitor, grafana
from bot.core.monitoring.webhook_complaints import (
    GROUPS,
    ID,
    NOTE,
    UNKNOWN,
    WORDS,
    Body,
    fields_of,
    generic,
    inner,
    key_of,
    kind_of,
    one_failure,
    read_count,
    text_of,
)
from bot.language.marks import outside

_NOTHING = "Firstlane opens no address that a message brings, so nothing will come from it"
SNS_ASKS = (
    f"Amazon SNS asks to confirm the subscription. {_NOTHING}: send the alarm through an API"
    " destination of EventBridge, which asks for no confirmation"
)
SNS_ENDS = "Amazon SNS says that the subscription was ended: nothing more comes from it"
EVENT_GRID_ASKS = (
    f"Azure Event Grid asks to confirm the subscription. {_NOTHING}: send the alert through an"
    " action group of Azure Monitor, which asks for no confirmation"
)
ALL = frozenset({SNS_ASKS, SNS_ENDS, EVENT_GRID_ASKS})


def handshake(body: Any) -> str:
    """What a message asks or says about its subscription, and what to do; empty for any other."""
    if not isinstance(body, Mapping):
        return ""
    kind = body.get("Type")
    if kind == "SubscriptionConfirmation" and "TopicArn" in body:
        return SNS_ASKS
    if kind == "UnsubscribeConfirmation" and "TopicArn" in body:
        return SNS_ENDS
    asks = body.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent"
    return EVENT_GRID_ASKS if asks else ""


_START, _GOOD, _BAD, _WORDS = PingKind.START, PingKind.SUCCESS, PingKind.FAIL, PingKind.LOG
# By source: what a status says, in small letters with `_` for blanks.
_COMPONENT: Mapping[str, PingKind] = {
    **dict.fromkeys(("operational", "under_maintenance"), _GOOD),
    **dict.fromkeys(("degraded_performance", "partial_outage", "major_outage"), _BAD),
}
_FIVETRAN: Mapping[str, PingKind] = {
    **dict.fromkeys(("sync_start", "dbt_run_start", "transformation_run_start"), _START),
    **dict.fromkeys(("connection_successful", "dbt_run_succeeded"), _GOOD),
    **dict.fromkeys(("transformation_run_succeeded",), _GOOD),
    **dict.fromkeys(("connection_failure", "dbt_run_failed", "transformation_run_failed"), _BAD),
    # Somebody changed a setting.
    **dict.fromkeys(
        (
            f"{deed}_{thing}"
            for deed in ("create", "pause", "resume", "edit", "delete", "force_update", "resync")
            for thing in ("connector", "connection", "table")
        ),
        _WORDS,
    ),
}
# What is kept as unread of a message without fields.
_EMPTY, _NO_FIELDS = "an empty message", "a message without fields"
TOO_LARGE = "a message that is too large"
PACKED = "a message that is packed in a way that we do not unpack"
BROKEN = "a message that is packed and cannot be unpacked"
_WHOLE = frozenset({_EMPTY, _NO_FIELDS, TOO_LARGE, PACKED, BROKEN})
_FIVETRAN_DUMMY = "_connector_1"  # whom its test of a webhook speaks for


def kinds_taken(source: str) -> Kinds:
    """The kinds of check that messages of `source` are for. What an audit log says concerns a
    connection, whichever of its checks is told."""
    return PUSHED if source == "audit" else WEBHOOKS


def hook_ping(source: str, body: Any, at: datetime) -> Ping | None:
    """The ping that a decoded `body` from `source` stands for; None for a source that there is
    none of. A text is read as a status where that is known. Of what is not understood nothing is
    kept but the names of its fields."""
    read = SOURCES.get(source)
    if read is None:
        return None
    if isinstance(body, str) and read is generic and not read({"status": body}, at).unread:
        body = {"status": body}
    if asked := handshake(body):
        return unread_ping(asked, at)
    if not isinstance(body, Mapping):
        return unread_ping(_NO_FIELDS if body else _EMPTY, at)
    ping = read(body, at)
    if ping.unread:
        # The names of fields only: what nobody understood may hold anything, secrets as well.
        ping = replace(ping, unread=fields_of(body) or _EMPTY, note="")
    return replace(ping, about=_about(source, ping.about))


def unread_ping(why: str, at: datetime) -> Ping:
    return Ping(at=at, kind=PingKind.LOG, unread=why)


def _about(source: str, key: str) -> str:
    """Bounded and still different for keys that differ only at their end."""
    if len(key) > ID:
        # 17: the digest and its hyphen. Cut alone, two groups of one long rule would be one.
        key = f"{key[: ID - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return f"{source}:{key}"


def answer_to(ping: Ping) -> str:
    """What the sender of a message hears of how it was understood."""
    if ping.test:
        return "OK: a test message. It is kept as a test and changes nothing."
    return f"OK: {not_understood(ping.unread)}." if ping.unread else "OK"


def not_understood(unread: str) -> str:
    """What is kept as unread, in words."""
    if unread in ALL:
        return unread
    said = unread if unread in _WHOLE else f"nothing that we know in its fields ({unread})"
    return f"{said}, taken for neither success nor failure: it changed nothing"


def _airbyte(body: Body, at: datetime) -> Ping:
    data = inner(body, "data")
    kind, unread = kind_of(data.get("success"), {"true": _GOOD, "false": _BAD})
    connection = inner(data, "connection")
    message = text_of(data.get("errorMessage"), NOTE)
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=key_of(connection.get("id") or connection.get("name")),
        rid=text_of(inner(data, "job").get("id") or data.get("jobId"), ID),
        processed=read_count(data.get("recordsCommitted")),
        failed=one_failure(message) if kind is _BAD else (),
        note=message or text_of(connection.get("name"), NOTE),
    )


def _fivetran(body: Body, at: datetime) -> Ping:
    """Syncs and setup tests speak for one connector; a transformation only for itself."""
    event, data = text_of(body.get("event"), 40), inner(body, "data")
    status = data.get("status") or body.get("status")
    reason = text_of(data.get("reason") or body.get("reason") or status, NOTE)
    kind, unread = kind_of(status, WORDS) if event == "sync_end" else kind_of(event, _FIVETRAN)
    reason = reason or (event if kind is _BAD else "")
    connector = key_of(body.get("connector_id") or body.get("connection_id"))
    if connector == _FIVETRAN_DUMMY:
        return Ping(at=at, kind=_WORDS, test=True, note=reason)
    run_of = data.get("dbtJobId") or data.get("transformationId") or data.get("transformation_id")
    transforms = event.startswith(("dbt_", "transformation_"))
    return Ping(
        at=at,
        kind=kind,
        unread=unread,
        about=f"transformation:{key_of(run_of) or connector}" if transforms else connector,
        rid=text_of(body.get("sync_id"), ID),
        failed=one_failure(reason) if kind is _BAD else (),
        note=reason,
    )


def _statuspage(body: Body, at: datetime) -> Ping:
    """A component update; incidents are words about it, and change nothing by themselves."""
    update, component = inner(body, "component_update"), inner(body, "component")
    kind, unread = kind_of(update.get("new_status"), _COMPONENT)
    name, status = text_of(component.get("name"), 100), text_of(update.get("new_status"), 40)
    incident = text_of(inner(body, "incident").get("name"), 200)
    return Ping(
        at=at,
        kind=kind,
        unread="" if incident and not update else unread,
        about=key_of(update.get("component_id") or component.get("id") or name),
        note=f"{name} {status}".strip() or incident,
    )


def _audit(body: Body, at: datetime) -> Ping:
    """`{entries: [{who, what, object, at}]}`, or one such entry. It says nothing of whether the
    connection works, so it is a note that carries what was changed."""
    entries = body.get("entries")
    found = entries if isinstance(entries, list) else [body]
    said = (_entry(one) for one in found[:GROUPS] if isinstance(one, Mapping))
    changed = tuple(one for one in said if one)
    return Ping(
        at=at,
        kind=_WORDS,
        note=outside("; ".join(changed), NOTE),
        changed=changed,
        unread="" if changed else UNKNOWN,
    )


def _entry(entry: Body) -> str:
    """`Ada changed “Tax mapping”: value 7 became 9 (2027-03-01T08:00Z)`, as far as it is known."""
    what = text_of(entry.get("what") or entry.get("action"), 160)
    if not what:
        return ""
    actor = text_of(entry.get("who") or entry.get("user") or entry.get("actor"), ID)
    thing = text_of(entry.get("object") or entry.get("resource"), ID)
    when = text_of(entry.get("at") or entry.get("time"), 40)
    where = f" on “{thing}”" if thing else ""
    return f"{actor or 'somebody'}: {what}{where}{f' ({when})' if when else ''}"


SOURCES: Mapping[str, Callable[[Body, datetime], Ping]] = {
    "generic": generic,
    "airbyte": _airbyte,
    "fivetran": _fivetran,
    "azure-monitor": azure_monitor,
    "alertmanager": alertmanager,
    "grafana": grafana,
    "statuspage": _statuspage,
    "audit": _audit,
}
