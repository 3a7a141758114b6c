"""The source `generic`: our own format, and the ones of usual monitors, whose words and fields it
knows."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.webhooks.complaints import complains
from bot.core.monitoring.webhooks.fields import (
    ID,
    NO_STATUS,
    NOTE,
    UNKNOWN,
    Body,
    inner,
    key_of,
    kind_of,
    read_count,
    read_failed,
    text_of,
)
from bot.core.monitoring.webhooks.status_words import WORDS
from bot.language.nesting import bounded, json_rows

# The first that is there decides: our own, Datadog, CloudWatch, Zabbix, Checkmk and Nagios.
_STATUS = (
    *("status", "state", "alert_transition", "newstatevalue", "event_status", "trigger_status"),
    *("servicestate", "serviceshortstate", "hoststate", "hostshortstate", "notificationtype"),
)
# By name, what `true` says.
_FLAGS = {"ok": True, "up": True, "healthy": True, "success": True, "failed": False}
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}
# Uptime Kuma's heartbeat: 2 is pending, 3 maintenance.
_KUMA: Mapping[str, PingKind] = {
    **WORDS,
    "0": PingKind.FAIL,
    "1": PingKind.SUCCESS,
    "2": PingKind.LOG,
    "3": PingKind.LOG,
}
# Its makers' words, to the end: the notification's name and “Testing”; a certificate or domain.
_KUMA_TEST = re.compile(r"(?:^| )Testing$")
_KUMA_ENDS = re.compile(r"^\[.+\].* will expire in \d{1,5} days?$", re.ASCII)
_DIGITS = re.compile(r"\d{1,12}", re.ASCII)
_ENDED = re.compile(r"[^()]+ ended \(now: ([^()]+)\)", re.IGNORECASE)  # PRTG: what it is since


def generic(body: Body, at: datetime) -> Ping:
    """`{status, about, run, processed, failed: [{text, count, ids}], message}`; names of fields in
    capitals or not. A `message` alone is a note."""
    # Makers write the same field as `Status`, `STATUS` and `status`.
    body = _unwrapped({str(name).casefold(): value for name, value in body.items()})
    kind, unread = _meaning(body)
    said = body.get("message") or body.get("msg") or body.get("newstatereason")
    note = text_of(said, NOTE)
    if "heartbeat" in body and body["heartbeat"] is None and body.get("monitor") is None:
        # Uptime Kuma, about no monitor: its button “Test”, or that something ends soon.
        test, ends = _KUMA_TEST.search(note), _KUMA_ENDS.search(note)
        told = "" if test or ends else UNKNOWN
        return Ping(at=at, kind=PingKind.LOG, test=test is not None, unread=told, note=note)
    alone = unread == NO_STATUS and bool(body.get("message")) and not complains(body)
    return Ping(
        at=at,
        kind=kind,
        unread="" if alone else unread,
        about=_about(body),
        rid=text_of(body.get("run"), ID),
        processed=read_count(_number(body.get("processed"))),
        failed=tuple(read_failed(_number(body.get("failed")))),
        note=note,
    )


def _number(value: Any) -> Any:
    """A form has texts only."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _unwrapped(body: dict[str, Any]) -> dict[str, Any]:
    """What is inside a notification of Amazon SNS, which carries it as text."""
    if body.get("type") != "Notification" or not isinstance(body.get("message"), str):
        return body
    try:
        value = json.loads(body["message"])
        bounded(json_rows(value))
    except (ValueError, RecursionError):
        return body
    if not isinstance(value, Mapping):
        return body
    return {str(name).casefold(): part for name, part in value.items()}


def _meaning(body: Body) -> tuple[PingKind, str]:
    """A good word beside a bad one is not believed."""
    kind, unread = _status(body)
    return (
        (PingKind.LOG, UNKNOWN) if kind is PingKind.SUCCESS and complains(body) else (kind, unread)
    )


def _status(body: Body) -> tuple[PingKind, str]:
    flags = {
        _BOOLEANS[flag] is good
        for name, good in _FLAGS.items()
        if (flag := str(body.get(name)).casefold()) in _BOOLEANS
    }
    if inner(body, "heartbeat"):
        return kind_of(inner(body, "heartbeat").get("status"), _KUMA)
    said = next((body[name] for name in _STATUS if body.get(name) not in (None, "")), None)
    if said is None and len(flags) == 1:
        return (PingKind.SUCCESS if True in flags else PingKind.FAIL), ""
    now = _ENDED.fullmatch(said.strip()) if isinstance(said, str) else None
    kind, unread = kind_of(now[1] if now else said, WORDS)
    # Two words that contradict each other: neither is believed.
    if (kind is PingKind.SUCCESS and False in flags) or (said is None and flags):
        return PingKind.LOG, UNKNOWN
    return kind, unread


def _about(body: Body) -> str:
    """Who is spoken of, also where a monitor's form of message cannot be changed."""
    monitor = inner(body, "monitor")
    named = body.get("about") or monitor.get("id") or monitor.get("name")
    # StatusCake sends the code of the answer beside the test's name.
    cake = body.get("name") if "statuscode" in body else None
    return key_of(named or body.get("alarmarn") or body.get("alarmname") or cake)
