"""State on disk: what was answered survives a kill, a restart continues."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.acts.posting import unread_of
from slack_standin.driver import Driver
from tests.slack_standin.conftest import MEMBERS, Api, Link, Wire, modal

pytestmark = pytest.mark.anyio

_PROCESS = """
import asyncio, sys
from pathlib import Path
from slack_standin import Standin

async def main():
    async with Standin(state=Path(sys.argv[1])) as standin:
        print(standin.url, standin.bot_token, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_kill_right_after_an_answer_loses_nothing(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    state = tmp_path / "slack.sqlite3"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROCESS, str(state), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url, token = (await process.stdout.readline()).decode().split()
    headers = {"Authorization": f"Bearer {token}"}
    made = await _post(session, f"{url}/api/conversations.create", headers, name="orders")
    where = made["channel"]["id"]  # type: ignore[index]
    await _post(session, f"{url}/api/chat.postMessage", headers, channel=where, text="kept")

    process.send_signal(signal.SIGKILL)
    await process.wait()

    async with Standin(state=state) as standin:
        texts = [message.text for message in Driver(standin).messages("#orders")]
        assert texts == ["kept"]
        assert standin.bot_token == token


async def _post(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], **fields: str
) -> dict[str, object]:
    async with session.post(url, headers=headers, data=fields) as response:
        answer: dict[str, object] = await response.json()
        assert answer["ok"], answer
        return answer


async def test_a_restart_continues_with_members_reads_threads_and_views(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    state = tmp_path / "slack.sqlite3"
    async with Standin(members=MEMBERS, state=state) as standin:
        api, bob = Api(standin, session), Driver(standin).member("Bob")
        token = standin.bot_token
        room = await api.channel("orders")
        await api("conversations.invite", channel=room, users=bob.id)
        parent = await api("chat.postMessage", channel=room, text="one")
        await api("chat.postMessage", channel=room, text="two", thread_ts=parent["ts"])
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        await api("views.publish", user_id=bob.id, view=view)

    async with Standin(members=MEMBERS, state=state) as standin:
        api, bob = Api(standin, session), Driver(standin).member("Bob")
        again = await api("conversations.create", name="orders")
        thread = await api("conversations.replies", channel=room, ts=parent["ts"])
        newer = await api("chat.postMessage", channel=room, text="three")

        assert standin.bot_token == token
        assert again["error"] == "name_taken"
        assert [m["text"] for m in thread["messages"]] == ["one", "two"]
        assert unread_of(standin.workspace, bob.channel(room), bob.id)[0] == 2
        assert newer["ts"] > parent["ts"]
        assert (await bob.opens_home()).blocks[0]["type"] == "divider"


async def test_an_event_nobody_heard_is_delivered_after_a_restart(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    state = tmp_path / "slack.sqlite3"
    async with Standin(members=MEMBERS, state=state) as standin:
        await Driver(standin).member("Bob").dms("did you hear?")
        (waiting,) = standin.workspace.pending.values()

    async with Standin(members=MEMBERS, state=state) as standin:
        api = Api(standin, session)
        api.token = standin.app_token
        url = (await api.send("apps.connections.open"))["url"]
        async with session.ws_connect(url) as socket:
            wire = Wire(socket)
            frame = await wire.event("message")
            await wire.ack(frame)
            await Driver(standin).settled()
        left = list(standin.workspace.pending)

    assert frame["payload"]["event_id"] == waiting.id
    assert left == []


async def test_members_have_the_same_ids_in_every_workspace() -> None:
    async with Standin(members=MEMBERS) as one, Standin(members=MEMBERS) as two:
        assert list(one.workspace.users) == list(two.workspace.users)
        assert one.bot_token == two.bot_token


async def test_a_port_in_use_is_an_os_error(standin: Standin) -> None:
    port = int(standin.url.rpartition(":")[2])

    with pytest.raises(OSError, match="address already in use"):
        async with Standin(port=port):
            pass


async def test_a_reset_brings_the_first_day_back_and_keeps_tokens(
    api: Api, standin: Standin
) -> None:
    await api.channel("orders")

    await api.session.post(f"{standin.url}/control/reset")
    listed = await api("conversations.list")

    assert [c["name"] for c in listed["channels"]] == ["general"]


async def test_every_call_is_logged_without_tokens(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "calls.jsonl"
    async with Standin(members=MEMBERS, log_calls=path) as standin:
        api = Api(standin, session)
        await api.send("users.info", data={"token": standin.bot_token, "user": "U0"})
        standin.faults.limit("auth.test", calls=1, retry_after=1)
        await api("auth.test")
        async with session.get(f"{standin.url}/control/calls?method=auth.test") as response:
            over_http = await response.json()
    first, second = (json.loads(line) for line in path.read_text().splitlines())

    assert first["method"] == "users.info"
    assert first["args"] == {"token": "[redacted]", "user": "U0"}
    assert (first["ok"], first["error"], first["status"]) == (False, "user_not_found", 200)
    assert (second["status"], second["error"]) == (429, "ratelimited")
    assert len(over_http["calls"]) == 1
    assert "xoxb" not in path.read_text()


async def test_trouble_can_be_ordered_over_http(api: Api, standin: Standin) -> None:
    orders = [
        {"kind": "rate_limit", "method": "auth.test", "calls": 1, "retry_after": 30},
        {"kind": "status", "method": "auth.test", "calls": 1, "status": 503},
        {"kind": "error", "method": "auth.test", "calls": 1, "error": "fatal_error"},
    ]
    for order in orders:
        await api.session.post(f"{standin.url}/control/fault", json=order)

    answers = []
    for _ in range(4):
        answer = await api("auth.test")
        answers.append((api.status, answer.get("error")))

    assert answers == [
        (429, "ratelimited"),
        (503, "internal_error"),
        (200, "fatal_error"),
        (200, None),
    ]


async def test_methods_can_be_made_unknown(api: Api, standin: Standin) -> None:
    order = {"kind": "unknown_methods", "methods": ["bookmarks.add"]}

    await api.session.post(f"{standin.url}/control/fault", json=order)
    answer = await api("bookmarks.add", channel_id="C1", title="x", type="link")

    assert answer["error"] == "unknown_method"


async def test_a_wrong_order_is_explained(api: Api, standin: Standin) -> None:
    async with api.session.post(
        f"{standin.url}/control/fault", json={"kind": "earthquake"}
    ) as response:
        answer = await response.json()

    assert response.status == 400
    assert "earthquake" in answer["error"]


async def test_an_open_modal_survives_a_restart(
    tmp_path: Path, session: aiohttp.ClientSession, link: Link
) -> None:
    state = tmp_path / "slack.sqlite3"
    async with Standin(members=MEMBERS, state=state) as standin:
        api, bob = Api(standin, session), Driver(standin).member("Bob")
        assert standin.app is not None
        trigger = standin.services.tickets.trigger(standin.app.id, bob.id)
        await api("views.open", trigger_id=trigger, view=modal())

    async with Standin(members=MEMBERS, state=state) as standin:
        screen = await Driver(standin).member("Bob").sees_modal("Form")

        assert "hello" in screen.text
