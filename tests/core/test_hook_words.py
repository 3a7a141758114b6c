"""What the words of monitors mean, as their makers document what they send to a webhook."""

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.heartbeat import PingKind, failing, fold
from bot.core.hook_words import BEGINS, FAILS, NEITHER, WARNS, WORDS, WORKS
from bot.core.hooks import hook_ping
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
    return {"Token": "hush", "Status": status, "StatusCode": "503", "Name": name, "URL": "x"}


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


def test_the_button_that_tests_uptime_kuma_sends_a_test() -> None:
    ping = hook_ping("generic", {"heartbeat": None, "monitor": None, "msg": "My Testing"}, NOW)

    assert ping is not None
    assert (ping.test, ping.kind) == (True, L)


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
