"""What the words of monitors mean, as their makers document what they send to a webhook."""

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.monitoring.heartbeat import PingKind, failing, fold
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.core.monitoring.webhook_complaints import BEGINS, FAILS, NEITHER, WARNS, WORDS, WORKS
from tests.builders import NOW

S, F, L = PingKind.SUCCESS, PingKind.FAIL, PingKind.LOG


def kuma(status: Any, monitor: int = 3) -> dict[str, Any]:
    return {
        "heartbeat": {"monitorID": monitor, "status": status, "msg": "timeout of 48000ms"},
        "monitor": {"id": monitor, "name": "Shop"},
        "msg": "[Shop] [🔴 Down] timeout of 48000ms",
    }


def cloudwatch(state: str) -> dict[str, Any]:
    return {"AlarmName": "Queue", "NewStateValue": state, "OldStateValue": "OK"}


def sns(inside: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": json.dumps(inside)}


def cake(status: str, name: str = "Shop") -> dict[str, Any]:
    code = "200" if status == "Up" else "503"
    return {"Token": "hush", "Status": status, "StatusCode": code, "Name": name, "URL": "x"}


@pytest.mark.parametrize(
    ("body", "kind", "known"),
    [
        ({"trigger_status": "PROBLEM"}, F, True),
        ({"status": "OK"}, S, True),
        ({"alert_transition": "Triggered"}, F, True),
        ({"alert_transition": "Re-Triggered"}, F, True),
        ({"status": "Alert"}, F, True),
        ({"alert_transition": "Recovered"}, S, True),
        ({"alert_transition": "No Data"}, L, True),
        ({"alert_transition": "Warn"}, L, True),
        (cloudwatch("ALARM"), F, True),
        (cloudwatch("OK"), S, True),
        (cloudwatch("INSUFFICIENT_DATA"), L, True),
        (sns(cloudwatch("ALARM")), F, True),
        ({"NOTIFICATIONTYPE": "PROBLEM"}, F, True),
        ({"NOTIFICATIONTYPE": "RECOVERY"}, S, True),
        ({"SERVICESTATE": "CRITICAL", "HOSTSTATE": "UP"}, F, True),
        ({"HOSTSTATE": "UNREACH"}, F, True),
        ({"SERVICESTATE": "CRIT"}, F, True),
        ({"SERVICESHORTSTATE": "WARN", "HOSTSHORTSTATE": "UP"}, L, True),
        ({"servicestate": "UNKN"}, L, True),
        ({"HOSTSTATE": "UNREACHABLE"}, F, True),
        ({"state": "DOWN"}, F, True),
        ({"state": "UP"}, S, True),
        ({"state": "WARNING"}, L, True),
        (kuma(0), F, True),
        (kuma(1), S, True),
        (kuma(2), L, True),
        (kuma(3), L, True),
        (kuma(7), L, False),
        ({"status": 0}, L, False),
        ({"status": 1}, L, False),
        ({"ok": True}, S, True),
        ({"up": False}, F, True),
        ({"healthy": False}, F, True),
        ({"success": "true"}, S, True),
        ({"failed": True}, F, True),
        ({"failed": False}, S, True),
        ({"ok": True, "failed": True}, L, False),
        ({"status": "completed", "success": False}, L, False),
        ({"status": "Down"}, F, True),
        ({"status": "Down (Partial)"}, F, True),
        ({"status": "Down ended (now: Up)"}, S, True),
        ({"status": "Warning ended (now: Down)"}, F, True),
        ({"status": "Down ended (now: Warning)"}, L, True),
        ({"status": "Down ended (now: not Up)"}, L, False),
        ({"status": "Down ended"}, L, False),
        ({"status": "up (now: Down)"}, L, False),
        (cake("Down"), F, True),
        (cake("Up"), S, True),
    ],
)
def test_a_monitors_message_means_what_its_maker_documents(
    body: dict[str, Any], kind: PingKind, known: bool
) -> None:
    ping = hook_ping("generic", body, NOW)

    assert ping is not None
    assert (ping.kind, not ping.unread) == (kind, known)


# Of each kind of field what tells of a failure and what does not: one table, in any spelling.
COMPLAINTS: list[tuple[str, list[Any], list[Any]]] = [
    ("result", ["failed", "FAILURE", "timed_out", "PartiallySucceeded"], ["success", "42 rows"]),
    ("outcome", ["FAILURE", "Completed with errors"], ["completed without errors", "Passed"]),
    ("conclusion", ["failure", "startup_failure", "cancelled"], ["success", "neutral", None]),
    ("exit_code", [1, "2", -9, "SIGKILL"], [0, "0", "00", None]),
    ("return_code", [8], [0]),
    ("failed_count", [14, "14", "14 of 200"], [0, "0", "0 of 200", "n/a"]),
    ("failed_records", [4, [{"text": "x"}]], [0, [], "0 records"]),
    ("records_failed", [4], [0]),
    ("error_count", [12, 1.0], [0, 0.0]),
    ("error_message", ["timeout"], ["", "none", "OK"]),
    ("error_code", [7, "E17"], [0, "SUCCESS"]),
    ("status_code", [500, "404", "503 Service Unavailable"], [200, "302", 0]),
    ("http_status", [500], [204]),
    ("rejected", [14, True], [0, False]),
    ("has_errors", [True, "true"], [False, "false"]),
    ("is_success", [False], [True]),
    ("job_status", ["FAILED", "TimedOut"], ["queued", "done"]),
]


def _spelt(name: str) -> list[str]:
    first, *rest = name.split("_")
    camel = first + "".join(part.title() for part in rest)
    kebab = "-".join([first, *rest])
    return [name, name.upper(), camel, camel[0].upper() + camel[1:], kebab, kebab.title()]


@pytest.mark.parametrize(("name", "bad", "good"), COMPLAINTS)
def test_a_good_word_counts_beside_no_statement_of_failure_in_any_spelling(
    name: str, bad: list[Any], good: list[Any]
) -> None:
    for spelt in _spelt(name):
        for told in ({spelt: one} for one in bad):
            for body in ({"status": "completed", **told}, {"status": "ok", "summary": told}):
                ping = hook_ping("generic", body, NOW)
                assert ping is not None
                assert ping.kind is L, body
                assert spelt in ping.unread, body
        for told in ({spelt: one} for one in good):
            ping = hook_ping("generic", {"status": "completed", "summary": told, **told}, NOW)
            assert ping is not None
            assert (ping.kind, ping.unread) == (S, ""), told


@pytest.mark.parametrize(
    "beside",
    [
        {"previous": {"status": "failed"}},
        {"max_errors": 10},
        {"previous_state": "failed"},
        {"OldStateValue": "ALARM"},
        {"error_url": "https://example.com"},
        {"failed_at": "2026-11-29"},
        {"result": {"id": 7}},
    ],
)
def test_what_tells_of_no_failure_of_now_takes_nothing_from_a_good_word(
    beside: dict[str, Any],
) -> None:
    ping = hook_ping("generic", {"status": "completed", **beside}, NOW)

    assert ping is not None
    assert (ping.kind, ping.unread) == (S, "")


@pytest.mark.parametrize("word", ["TimedOut", "TIMEDOUT", "timed out", "Timed-Out"])
def test_a_word_of_two_parts_is_one_however_they_are_joined(word: str) -> None:
    ping = hook_ping("generic", {"status": word}, NOW)

    assert ping is not None
    assert ping.kind is F


GOOD_WORDS = [{"status": "success"}, {"ok": True}, {"state": "UP"}]


@pytest.mark.parametrize("good", GOOD_WORDS)
@pytest.mark.parametrize(
    "beside",
    [
        {"failed": 3},
        {"failed": "3"},
        {"failed": [{"text": "Item is blocked", "count": 2}]},
        {"errors": ["x"]},
        {"errors": 1},
        {"error": "timeout"},
        {"error": {"code": 7}},
        {"Error": True},
    ],
)
def test_a_good_word_beside_a_failure_ends_none_and_is_named(
    good: dict[str, Any], beside: dict[str, Any]
) -> None:
    ping = hook_ping("generic", good | beside, NOW)

    assert ping is not None
    assert ping.kind is L
    assert next(iter(beside)) in ping.unread


@pytest.mark.parametrize("good", GOOD_WORDS)
@pytest.mark.parametrize("nothing", [0, "0", [], {}, "", None, "none", False, "False"])
@pytest.mark.parametrize("name", ["failed", "errors", "error"])
def test_a_good_word_beside_no_failure_counts(
    good: dict[str, Any], nothing: Any, name: str
) -> None:
    ping = hook_ping("generic", good | {name: nothing}, NOW)

    assert ping is not None
    assert (ping.kind, ping.unread) == (S, "")


@pytest.mark.parametrize("number", [3, "3", 3.0])
def test_a_number_of_failed_records_counts(number: Any) -> None:
    ping = hook_ping("generic", {"status": "failed", "failed": number}, NOW)

    assert ping is not None
    assert [one.count for one in ping.failed] == [3]


@pytest.mark.parametrize(
    ("said", "test", "known"),
    [
        ("My Testing", True, True),
        ("[Shop][https://x] server certificate shop.x will expire in 3 days", False, True),
        ("[Shop][https://x] intermediate certificate R3 will expire in 21 days", False, True),
        ("[Shop][https://x] Domain name shop.x will expire in 1 days", False, True),
        ("[Shop] something is the matter", False, False),
        ("Testing is over, the shop is down", False, False),
        ("", False, False),
    ],
)
def test_what_uptime_kuma_says_of_no_monitor_is_a_test_a_warning_or_named(
    said: str, test: bool, known: bool
) -> None:
    ping = hook_ping("generic", {"heartbeat": None, "monitor": None, "msg": said}, NOW)

    assert ping is not None
    assert (ping.kind, ping.test, not ping.unread) == (L, test, known)
    assert ping.note == (said if known else "")


@pytest.mark.parametrize(
    ("bad", "good_of_another"),
    [(kuma(0, 3), kuma(1, 4)), (cake("Down", "Shop"), cake("Up", "Blog"))],
)
def test_a_monitor_that_is_up_does_not_cover_another_that_is_down(
    bad: dict[str, Any], good_of_another: dict[str, Any]
) -> None:
    kept = None
    for body in (bad, good_of_another):
        ping = hook_ping("generic", body, NOW)
        assert ping is not None
        kept = fold(kept, ping)

    assert kept is not None
    assert len(failing(kept)) == 1


def test_no_word_has_two_meanings() -> None:
    for one, other in combinations((FAILS, WORKS, BEGINS, WARNS, NEITHER), 2):
        assert not one & other


def _as_written(word: str, draw: st.DataObject) -> str:
    blank = draw.draw(st.sampled_from(["_", "-", " "]))
    how = draw.draw(st.sampled_from([str.upper, str.lower, str.title]))
    return how(word.replace("_", blank))


@given(word=st.sampled_from(sorted(WORDS)), draw=st.data())
def test_a_word_means_the_same_however_it_is_written(word: str, draw: st.DataObject) -> None:
    ping = hook_ping("generic", {"status": _as_written(word, draw)}, NOW)

    assert ping is not None
    assert (ping.kind, ping.unread) == (WORDS[word], "")


@given(
    word=st.sampled_from(sorted(WORDS)),
    no=st.sampled_from(["not {}", "no {}", "never {}", "no longer {}", "!{}", "{}?"]),
    draw=st.data(),
)
def test_a_word_that_is_denied_or_doubted_is_unknown(
    word: str, no: str, draw: st.DataObject
) -> None:
    said = no.format(_as_written(word, draw))
    ping = hook_ping("generic", {"status": said}, NOW)

    assert ping is not None
    assert ping.kind is L
    assert ping.unread
