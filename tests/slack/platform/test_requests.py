"""What is signed and yet no request of Slack's is refused in one line; what was pressed is what a
button of ours says, to its last letter."""

import json
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import build_app, http_events
from bot.slack.home import HomeTab
from bot.slack.ids import WORDED, Action
from bot.slack.platform.wire import NoRequest, must_have_its_shape
from tests.slack.conftest import Bench
from tests.slack.people.test_permissions import Shown
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio
SECRET = "s"


def payload(said: object) -> str:
    return urlencode({"payload": said if isinstance(said, str) else json.dumps(said)})


PRESS: dict[str, Any] = {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "C1"}}
EVENT: dict[str, Any] = {"type": "event_callback"}
NONSENSE = {
    "half an object": payload("{"),
    "a list": "[]",
    "a list in a form": payload([]),
    "a text": payload("x"),
    "a number": payload(7),
    "nothing": payload(None),
    "no actions": payload({**PRESS, "actions": []}),
    "actions of text": payload({**PRESS, "actions": ["x"]}),
    "an object of actions": payload({**PRESS, "actions": {"0": {}}}),
    "an action without a name": payload({**PRESS, "actions": [{"type": "button"}]}),
    "an action with a number": payload({**PRESS, "actions": [{"action_id": 7}]}),
    "500 levels": payload({**PRESS, "actions": [], "x": json.loads("[" * 500 + "]" * 500)}),
    "100,000 levels": payload("[" * 100_000),
    "an event of text": json.dumps({**EVENT, "event": "message"}),
    "no event": json.dumps({**EVENT, "event": None}),
    "an event of no kind": json.dumps({**EVENT, "event": {}}),
    "an event of a numbered kind": json.dumps({**EVENT, "event": {"type": 7}}),
    "a kind that is a list": json.dumps({"type": ["event_callback"]}),
    "a view of text": payload({"type": "view_submission", "view": "x"}),
    "no view": payload({"type": "view_submission"}),
    "a user of text": payload({**PRESS, "user": ["U1"], "actions": [{"action_id": "x"}]}),
}


def an_app(bench: Bench) -> AsyncApp:
    handler = handler_at(bench)
    home = HomeTab(bench.runtime, bench.gateway, handler.people)
    client = AsyncWebClient(token=bench.standin.bot_token, base_url=bench.proxy.api_url)
    return build_app(client, handler, home, signing_secret=SECRET)


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
async def test_signed_nonsense_is_refused_in_one_line(
    bench: Bench, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    application = web.Application()
    application.router.add_post("/slack/events", http_events(an_app(bench), SECRET))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    stamp = str(int(time.time()))
    signed = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    form = "application/json" if body[0] in "[{" else "application/x-www-form-urlencoded"
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(signed),
        "Content-Type": form,
    }

    async with aiohttp.ClientSession() as session:
        refused = await session.post(url, data=body.encode(), headers=headers)
    await runner.cleanup()

    assert refused.status == 400
    assert len([one for one in caplog.records if one.levelname in ("WARNING", "ERROR")]) == 1
    assert all(record.exc_info is None for record in caplog.records)


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
LISTS = st.lists(PLAIN | st.dictionaries(st.text(max_size=4), PLAIN), max_size=2)
JSON = PLAIN | LISTS | st.dictionaries(st.text(max_size=4), PLAIN | LISTS, max_size=2)
FIELDS = st.sampled_from(["type", "event", "view", "actions", "user", "message", "command"])


@given(st.dictionaries(FIELDS, JSON))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_it_holds_it_is_refused_as_no_request_or_let_in(body: dict[str, Any]) -> None:
    with suppress(NoRequest):
        must_have_its_shape(body)


@pytest.mark.parametrize("action", sorted(set(Action) - WORDED))
async def test_a_name_with_a_tail_presses_nothing(bench: Bench, action: Action) -> None:
    shown = Shown(bench=bench)

    for tail in (":extra", ":", "\n", "x"):
        said, came_of_it = await shown.pressed_as(f"{action}{tail}", shown.origin)

        assert not came_of_it, tail
        assert "an older message" in said, tail
