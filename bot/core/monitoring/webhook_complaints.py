"""The source `generic`: our own format, and the ones of usual monitors, whose words and fields it
knows.

Parts that every reader of a pushed message shares: fields that may be missing or of another
kind, and what a word of status says.

The words of monitors and jobs by what they mean, all in this one place.

A status is matched as a whole, so that no part of a longer one is taken for it: “not down” is in no
set, and what is in none is unknown. Words are in small letters with `_` for blanks and hyphens.

What stands beside a good word and says that something failed: by kinds of fields, in any
spelling of their names (`exitCode`, `exit_code`, `EXIT-CODE`).

Rule of this file: a field is known by its whole name, and what it holds counts unless it says that
there is nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.signals import FailedRecords
from bot.language.marks import outside
from bot.language.scalars import bounded, json_rows

NOTE, ID, GROUPS, IDS = 1000, 60, 50, 5
NO_STATUS, UNKNOWN = "no status", "unknown status"
_MOST_RECORDS = 10**12
_NAME = re.compile(r"[A-Za-z_][\w-]{0,29}(\.[A-Za-z_][\w-]{0,29})?", re.ASCII)
_NAMED = 12
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_TEXT = "no error text given"
Body = Mapping[str, Any]


def kind_of(status: Any, table: Mapping[str, PingKind]) -> tuple[PingKind, str]:
    """What a status says by `table`, and why it is not known where the table does not have it."""
    said = "" if status is None else outside(str(status), 40)
    kind = table.get(word_of(said))
    return (kind, "") if kind is not None else (PingKind.LOG, UNKNOWN if said else NO_STATUS)


def word_of(status: str) -> str:
    """A status as the tables write it: `In Progress`, `in-progress` and `InProgress` are one."""
    apart = _CAMEL.sub("_", status.strip()[:60])
    return apart.casefold().replace(" ", "_").replace("-", "_")


def fields_of(body: Body) -> str:
    """The names of a message's fields and of theirs, by which alone one that was not understood
    is told: any value may be a secret. A name that looks like none may hold a value as well."""
    names: list[str] = []
    for name, value in body.items():
        inside = value if isinstance(value, Mapping) else {}
        names += [f"{name}.{part}" for part in inside] or [str(name)]
    plain = [name for name in names if _NAME.fullmatch(name)][:_NAMED]
    rest = len(names) - len(plain)
    return ", ".join([*plain, f"{rest} more"] if rest else plain)


def key_of(value: Any) -> str:
    """What names a reporter; not cut, since two may differ only at the end."""
    return outside(str(value), 4000) if isinstance(value, str | int) else ""


def inner(body: Body, name: str) -> Body:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any, limit: int) -> str:
    return outside(str(value), limit) if isinstance(value, (str, int, float)) else ""


def read_count(value: Any) -> float | None:
    """A number of records; None for anything that is not one."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # The comparison also turns away NaN and infinity.
    return float(value) if is_number and 0 <= value <= _MOST_RECORDS else None


def one_failure(text: str) -> tuple[FailedRecords, ...]:
    return (FailedRecords(text=outside(text), count=1),) if text else ()


def read_failed(value: Any) -> Iterator[FailedRecords]:
    """Groups of failed records from a list of `{text, count, ids}`, or from a number alone; what is
    neither is left out."""
    if number := read_count(value):
        yield FailedRecords(text=_NO_TEXT, count=int(number))
    for item in (value if isinstance(value, list) else [])[:GROUPS]:
        if isinstance(item, Mapping):
            count, ids = read_count(item.get("count")), item.get("ids")
            yield FailedRecords(
                text=outside(str(item.get("text") or _NO_TEXT)),
                count=int(count) if count is not None else 1,
                sample_ids=tuple(outside(str(one), ID) for one in ids[:IDS])
                if isinstance(ids, list)
                else (),
            )


def set_of(text: str) -> frozenset[str]:
    """The words of a text, as the tables below are written."""
    return frozenset(text.split())


FAILS = set_of(
    "fail failed failing failure failure_with_task error errored down down_(partial)"
    " down_(acknowledged) down_escalation timeout timed_out timedout unhealthy firing fired"
    " alerting alert alarm in_alarm critical crit problem triggered re_triggered retriggered"
    " unreachable unreach offline aborted cancelled canceled crashed killed"
)
WORKS = set_of(
    "ok okay success successful successfully succeeded completed complete up done passed healthy"
    " resolved recovered recovery online operational"
)
BEGINS = set_of("start started running in_progress")
WARNS = set_of("warning warn re_warn warning_escalation unusual degraded")
# What is asked, waited for, put off or not known.
NEITHER = set_of(
    "queued pending scheduled rescheduled skipped paused maintenance under_maintenance unknown unkn"
    " insufficient_data no_data re_no_data renotify acknowledged acknowledgement info"
)
MEANINGS: Mapping[PingKind, tuple[frozenset[str], ...]] = {
    PingKind.FAIL: (FAILS,),
    PingKind.SUCCESS: (WORKS,),
    PingKind.START: (BEGINS,),
    # A warning is no outage and ends none: it is a note like the others.
    PingKind.LOG: (WARNS, NEITHER),
}
WORDS: Mapping[str, PingKind] = {
    word: kind for kind, sets in MEANINGS.items() for words in sets for word in words
}


_UNITS = (
    r"(?:counts?|counter|number|num|nr|no|of|total|totals|records?|rows?|items?|documents?|docs"
    r"|messages?|orders?|lines?|entries|entry|files?|jobs?|runs?|steps?|tests?|checks?|objects?"
    r"|transactions?|invoices?|deliveries|events?|requests?|tasks?)"
)
_TROUBLE = r"(?:failed|failures?|fails?|errors?|errored|rejected|rejects|rejections|exceptions?)"
_TOLD = r"(?:messages?|msg|texts?|descriptions?|codes?|details?|reason|info|list)"
_GOOD = r"(?:ok|up|healthy|success|successful|succeeded|passed)"
_OUTCOME = r"(?:result|outcome|conclusion|verdict)"
_NOTHING = frozenset({"none", "null", "nil", "no", "false", "n/a", "na", "-", "no error"}) | {
    "no errors"
}
# `0`, `0.0`, `0 of 200`, `0 records`.
_ZERO = re.compile(r"0+(?:[.,]0+)?(?:\s*(?:of|/)\s*\d{1,12})?(?:\s*[a-z]+)?", re.ASCII)
_HTTP_ERROR = re.compile(r"[45]\d\d(?!\d).*", re.ASCII | re.DOTALL)
_FALSE, _TRUE = frozenset({"false", "0", "no"}), frozenset({"true", "1", "yes"})
# In the name of a result they say that not all of it is good: `startup_failure`.
_BAD_PARTS = FAILS | set_of(
    "failures errors rejected partial partially exception fatal faulted terminated unsuccessful"
    " unsuccessfully"
)
_DENIED = set_of("no not never without zero 0")
# Whose fields say how it went just as those of the message itself.
_PARTS = set_of(
    "result results outcome summary stats statistics counts totals metrics data details run job"
    " execution response"
)


def _nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_nothing(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return all(_nothing(one) for one in value)
    said = _plain(value)
    known = WORDS.get(word_of(said)) is PingKind.SUCCESS
    return not said or said in _NOTHING or known or _ZERO.fullmatch(said) is not None


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip().casefold()


def _is_something(value: Any) -> bool:
    return not _nothing(value)


def _says_bad(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    word = word_of(value)
    parts = set(word.split("_"))
    # “not_failed” and “0_errors” hold a bad word and say something good.
    return word in _BAD_PARTS or (bool(parts & _BAD_PARTS) and not parts & _DENIED)


def _is_http_error(value: Any) -> bool:
    return _HTTP_ERROR.fullmatch(_plain(value)) is not None or _says_bad(value)


# A kind of field: its name without signs and capitals, and which of its values tell of a failure.
_KINDS: tuple[tuple[re.Pattern[str], Callable[[Any], bool]], ...] = tuple(
    (re.compile(name), bad)
    for name, bad in (
        (rf"{_UNITS}*{_TROUBLE}{_UNITS}*", _is_something),
        (rf"(?:error|failure|exception|fault){_TOLD}|fault|faultstring", _is_something),
        (r"(?:process)?exit(?:code|status|value)|ret(?:urn)?code|rc|errorlevel", _is_something),
        (
            r"(?:http|response|httpresponse)?statuscode|http(?:status|code)"
            r"|(?:http)?response(?:code|status)",
            _is_http_error,
        ),
        (rf"(?:final|overall|job|run|task|sync|test|build)?{_OUTCOME}s?", _says_bad),
        (
            r"(?:final|overall|job|run|task|sync|event|trigger)?(?:status|state)"
            r"|(?:service|host)(?:short)?state|newstatevalue|alerttransition|notificationtype",
            lambda value: isinstance(value, str) and word_of(value) in FAILS,
        ),
        (rf"(?:is|was|all)?{_GOOD}", lambda value: _plain(value) in _FALSE),
        (
            r"(?:has|is|was|with)(?:failed|failures?|errors?)|(?:is|was|has)?(?:timedout|aborted"
            r"|cancell?ed|crashed|down)",
            lambda value: _plain(value) in _TRUE,
        ),
    )
)


def complains(body: Body) -> bool:
    """Whether a field of the message, or of the part of it that tells how it went, speaks of a
    failure."""
    inside = [
        part for name, part in body.items() if _bare(name) in _PARTS and isinstance(part, Mapping)
    ]
    return any(_complaint(name, value) for one in (body, *inside) for name, value in one.items())


def _complaint(name: Any, value: Any) -> bool:
    said = _bare(name)
    return any(form.fullmatch(said) and bad(value) for form, bad in _KINDS)


def _bare(name: Any) -> str:
    # No name of a field that we know is longer.
    return re.sub(r"[\W_]+", "", str(name)[:60]).casefold()


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
