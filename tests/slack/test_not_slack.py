"""Only Slack's own JSON is Slack's word. Whatever else answers in its place means: later, and
perhaps done. Every such answer is tried with every method that the bot calls."""

import ast
import gzip
import re
from pathlib import Path
from typing import Any

import pytest

import bot.slack
from bot.slack.platform.gateway import Later, Refusal
from bot.slack.platform.posts import Posted
from bot.slack.platform.wire import LARGEST, is_slacks
from tests.e2e.junk import JSON, JUNK
from tests.e2e.slack_proxy import Junk
from tests.slack.conftest import Bench
from tests.slack.platform.test_posts import saying, texts

pytestmark = pytest.mark.anyio

VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": []}
CALLS: dict[str, dict[str, Any]] = {
    "auth.test": {},
    "bookmarks.add": {"channel_id": "C1", "title": "Playbook", "type": "link"},
    "bookmarks.list": {"channel_id": "C1"},
    "chat.getPermalink": {"channel": "C1", "message_ts": "1.2"},
    "chat.postEphemeral": {"channel": "C1", "user": "U1", "text": "x"},
    "chat.postMessage": {"channel": "C1", "text": "x"},
    "chat.update": {"channel": "C1", "ts": "1.2", "text": "x"},
    "conversations.archive": {"channel": "C1"},
    "conversations.create": {"name": "x"},
    "conversations.history": {"channel": "C1"},
    "conversations.info": {"channel": "C1"},
    "conversations.invite": {"channel": "C1", "users": "U1"},
    "conversations.join": {"channel": "C1"},
    "conversations.list": {},
    "conversations.open": {"users": "U1"},
    "conversations.replies": {"channel": "C1", "ts": "1.2"},
    "conversations.setTopic": {"channel": "C1", "topic": "x"},
    "conversations.unarchive": {"channel": "C1"},
    "pins.add": {"channel": "C1", "timestamp": "1.2"},
    "users.info": {"user": "U1"},
    "users.lookupByEmail": {"email": "bob@example.com"},
    "views.open": {"trigger_id": "1.2", "view": VIEW},
    "views.publish": {"user_id": "U1", "view": VIEW},
    "views.push": {"trigger_id": "1.2", "view": VIEW},
    "views.update": {"view_id": "V1", "view": VIEW},
}
_METHOD = re.compile(
    r"(auth|bookmarks|chat|conversations|files|pins|reactions|team|users|views)\.[a-zA-Z.]+"
)


def methods_in_the_code() -> set[str]:
    """Every text of our Slack side that is the name of a method."""
    folder = Path(bot.slack.__file__).parent
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    said = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {one for one in said if isinstance(one, str) and _METHOD.fullmatch(one)}


def test_no_method_is_left_out_here() -> None:
    assert methods_in_the_code() == CALLS.keys()


async def test_an_answer_without_end_is_not_read_to_its_end(bench: Bench) -> None:
    long = b'{"ok": true, "user_id": "U1", "x": "' + b"x" * LARGEST + b'"}'
    packed = Junk(kind=JSON, body=gzip.compress(long, 1), headers={"Content-Encoding": "gzip"})
    bench.proxy.spoils("auth.test", packed, calls=1, done=False)

    with pytest.raises(Later, match="larger than 8 MB") as told:
        await bench.gateway.call("auth.test")

    assert told.value.maybe_done
    assert (await bench.gateway.call("auth.test"))["user_id"]


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
async def test_it_is_never_the_last_word_and_may_have_done_the_work(
    bench: Bench, junk: Junk
) -> None:
    for method, arguments in CALLS.items():
        bench.proxy.spoils("*", junk, calls=30, done=False)

        with pytest.raises(Later) as told:
            await bench.gateway.call(method, urgent=True, **arguments)

        assert told.value.maybe_done, method
        assert bench.gateway.dark_since is not None, method


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
async def test_a_message_is_neither_lost_nor_doubled_by_it(
    bench: Bench, junk: Junk, done: bool
) -> None:
    """Tried until it is out: with junk for the post, then for the look whether it is there."""
    for method in ("chat.postMessage", "conversations.history"):
        bench.proxy.spoils(method, junk, calls=1, done=done)

    for left in (2, 1, 0):
        try:
            posted = await bench.poster.post(bench.general, saying("ping"), "one", maybe_sent=False)
        except Later:
            assert left, "still later"

    assert isinstance(posted, Posted)
    assert texts(bench) == ["ping"]


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "request_timeout"])
async def test_an_error_inside_slack_may_have_done_the_work(bench: Bench, error: str) -> None:
    """Slack's own words about these: some aspect of the operation may have succeeded."""
    bench.standin.faults.refuse("chat.postMessage", calls=1, error=error)

    with pytest.raises(Later) as told:
        await bench.gateway.call("chat.postMessage", channel=bench.general, text="x")

    assert told.value.maybe_done


async def test_an_agreement_without_what_was_asked_for_is_nobodys_word(bench: Bench) -> None:
    bench.proxy.spoils("chat.postMessage", Junk(kind=JSON, body=b'{"ok": true}'), calls=1)

    with pytest.raises(Later) as told:
        await bench.gateway.call("chat.postMessage", channel=bench.general, text="x")

    assert told.value.maybe_done


async def test_slacks_own_refusal_under_another_status_is_its_word(bench: Bench) -> None:
    body = b'{"ok": false, "error": "restricted_action"}'
    bench.proxy.spoils("pins.add", Junk(status=403, kind=JSON, body=body), calls=1)

    with pytest.raises(Refusal, match="restricted_action"):
        await bench.gateway.call("pins.add", channel=bench.general, timestamp="1.2")

    assert bench.gateway.dark_since is None


@pytest.mark.parametrize("said", [None, 7, "ok", [], {}, {"ok": 1}, {"ok": False, "error": ""}])
def test_whatever_has_no_ok_and_no_error_of_slacks_is_not_slacks(said: object) -> None:
    assert not is_slacks(said, 200)
