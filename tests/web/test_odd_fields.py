"""One field that nobody can read hides nothing of what the others say."""

import json

import pytest

from bot.core.monitoring.heartbeat import PingKind
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.web.bodies import message_of
from tests.builders import NOW

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"status": "failed", "processed": ' + "9" * 5000 + "}", JSON),
        ('{"status": "failed", "processed": -' + "9" * 5000 + "}", JSON),
        ('{"message": ' + "[" * 50_000 + "]" * 50_000 + ', "status": "failed"}', JSON),
        ('{"x": ' + '{"a":[' * 20_000 + "1" + "]}" * 20_000 + ', "status": "failed"}', JSON),
        ('{"x": [[[[["]]]}", [1, {"b": 2}]' + "]" * 5 + ', "status": "failed"}', JSON),
        ("status=failed&" + "&".join(f"k{n}=v" for n in range(5000)), FORM),
        ("status=failed&" + "&".join(f"k{n}=v" for n in range(50_000)), FORM),
    ],
)
def test_a_failure_is_heard_over_a_field_that_is_too_much(body: str, kind: str) -> None:
    ping = hook_ping("generic", message_of(body.encode(), kind), NOW)

    assert ping is not None
    assert (ping.kind, ping.unread, ping.processed) == (PingKind.FAIL, "", None)


@pytest.mark.parametrize("deep", [["x"], {"a": [1]}, 'a "quoted] \\ word', None, 7])
def test_what_lies_beside_a_field_that_is_too_deep_is_read_as_it_is(deep: object) -> None:
    beside = json.dumps(deep)
    body = f'{{"one": {beside}, "far": {"[" * 9000}{"]" * 9000}, "two": {beside}}}'

    found = message_of(body.encode(), JSON)

    assert (found["one"], found["two"]) == (deep, deep)
