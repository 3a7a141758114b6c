"""What the browser pages are served: state, changes, deeds, files."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.driver import Driver
from tests.slack_standin.conftest import HASTY, Api, Link, button, modal, section

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


class Tab:
    """A browser tab of one member."""

    def __init__(self, standin: Standin, session: aiohttp.ClientSession, member: str) -> None:
        self.standin, self.session, self.member = standin, session, member

    async def read(self, what: str, **query: str) -> Json:
        params = {"member": self.member, **query}
        async with self.session.get(f"{self.standin.url}/ui/api/{what}", params=params) as answer:
            body: Json = await answer.json()
            return body

    async def do(self, deed: str, **fields: object) -> Json:
        body = {"member": self.member, **fields}
        async with self.session.post(f"{self.standin.url}/ui/api/{deed}", json=body) as answer:
            result: Json = await answer.json()
            return result


async def frame(socket: aiohttp.ClientWebSocketResponse, kind: str) -> Json:
    while True:
        got: Json = await socket.receive_json()
        if got["type"] == kind:
            return got


@pytest.fixture
def tab(standin: Standin, session: aiohttp.ClientSession, slack: Driver) -> Tab:
    return Tab(standin, session, slack.member("Bob").id)


@pytest.fixture
async def changes(tab: Tab) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with tab.session.ws_connect(f"{tab.standin.url}/ui/ws?member={tab.member}") as socket:
        yield socket


async def test_the_state_has_everything_the_page_needs(tab: Tab) -> None:
    state = await tab.read("state")

    general = state["channels"][0]
    assert state["me"]["id"] == tab.member
    assert {"profile", "is_bot", "deleted", "tz", "tz_label"} <= set(state["users"][0])
    assert (general["name"], general["is_member"], general["unread_count"]) == ("general", True, 0)
    assert state["apps"][0]["home_tab_enabled"] is True


async def test_a_sent_message_arrives_at_other_tabs(
    tab: Tab, changes: aiohttp.ClientWebSocketResponse, slack: Driver
) -> None:
    general = slack.member("Bob").channel("general").id
    alice = Tab(tab.standin, tab.session, slack.member("Alice").id)

    sent = await alice.do("send", channel=general, text=f"hi <@{tab.member}> & <all>")
    message = await frame(changes, "message")
    unread = await frame(changes, "unread")
    listed = await tab.read("messages", channel=general)

    assert message["message"]["ts"] == sent["ts"]
    assert message["message"]["text"] == f"hi <@{tab.member}> &amp; &lt;all&gt;"
    assert (unread["unread_count"], unread["mention_count"]) == (1, 1)
    assert [m["ts"] for m in listed["messages"]] == [sent["ts"]]


async def test_reading_clears_the_unread_mark(
    tab: Tab, changes: aiohttp.ClientWebSocketResponse, slack: Driver
) -> None:
    general = slack.member("Bob").channel("general").id
    sent = await slack.member("Alice").types("#general", "news")
    await frame(changes, "unread")

    await tab.do("read", channel=general, ts=sent.ts)

    assert (await frame(changes, "unread"))["unread_count"] == 0


async def test_a_private_channel_shows_only_to_its_members(tab: Tab, slack: Driver) -> None:
    alice = Tab(tab.standin, tab.session, slack.member("Alice").id)
    made = await alice.do("create_channel", name="secret", is_private=True)

    mine = await tab.read("state")
    peek = await tab.read("messages", channel=made["channel"])

    assert made["channel"] not in [c["id"] for c in mine["channels"]]
    assert peek == {"ok": False, "error": "There is no such channel."}


async def test_the_name_of_a_public_channel_is_known_to_whoever_is_not_in_it(
    tab: Tab, slack: Driver
) -> None:
    alice = Tab(tab.standin, tab.session, slack.member("Alice").id)
    made = [
        (await alice.do("create_channel", name=name, is_private=private))["channel"]
        for name, private in (("inc-3-payroll", False), ("secret", True))
    ]

    names = (await tab.read("state"))["names"]

    assert [names.get(channel) for channel in made] == ["inc-3-payroll", None]


async def test_channels_can_be_browsed_joined_and_left(
    tab: Tab, api: Api, changes: aiohttp.ClientWebSocketResponse
) -> None:
    room = await api.channel("orders")

    browsed = await tab.read("browse")
    joined = await tab.do("join", channel=room)
    shown = await frame(changes, "channel")
    left = await tab.do("leave", channel=room)

    assert room in [c["id"] for c in browsed["channels"]]
    assert (joined["ok"], left["ok"]) == (True, True)
    assert shown["channel"]["id"] == room


async def test_a_command_without_an_app_says_what_happened(tab: Tab, slack: Driver) -> None:
    general = slack.member("Bob").channel("general").id

    answer = await tab.do("send", channel=general, text="/conn status")

    assert answer == {
        "ok": False,
        "error": "/conn failed because the app is not connected",
    }


@pytest.mark.parametrize("timing", [HASTY])
async def test_a_click_that_fails_is_a_sentence_and_a_toast(
    tab: Tab, api: Api, changes: aiohttp.ClientWebSocketResponse, link: Link
) -> None:
    room = await api.channel("orders")
    await tab.do("join", channel=room)
    blocks = [section(block_id="row", accessory=button())]
    posted = await api("chat.postMessage", channel=room, text="card", blocks=blocks)

    async with link():
        answer = await tab.do(
            "action",
            container={"type": "message", "channel": room, "ts": posted["ts"]},
            action={"type": "button", "block_id": "row", "action_id": "go"},
            state={},
        )
    toast = await frame(changes, "app_error")

    assert answer["error"] == toast["text"] == "Your action failed because the app did not respond"


async def test_views_come_by_socket_and_are_submitted_over_http(
    tab: Tab, api: Api, changes: aiohttp.ClientWebSocketResponse, standin: Standin
) -> None:
    assert standin.app is not None
    trigger = standin.services.tickets.trigger(standin.app.id, tab.member)
    field = {
        "type": "input",
        "block_id": "what",
        "label": {"type": "plain_text", "text": "What"},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    submit = {"type": "plain_text", "text": "Send"}
    opened = await api("views.open", trigger_id=trigger, view=modal(field, submit=submit))
    shown = await frame(changes, "view_open")

    answer = await tab.do("view_submit", view_id=opened["view"]["id"], state={})
    errors = await frame(changes, "view_errors")
    await tab.do("view_close", view_id=opened["view"]["id"], clear=False)
    closed = await frame(changes, "view_close")

    assert shown["view"]["id"] == opened["view"]["id"] == closed["view_id"]
    assert answer["errors"] == errors["errors"] == {"what": "Please complete this required field."}


async def test_the_home_tab_arrives_when_published(
    tab: Tab, api: Api, changes: aiohttp.ClientWebSocketResponse, standin: Standin
) -> None:
    assert standin.app is not None
    app = standin.app.id
    opened = await tab.do("open_home", app=app, tab="home")

    await api("views.publish", user_id=tab.member, view={"type": "home", "blocks": [section()]})
    shown = await frame(changes, "home")
    again = await tab.read("home", app=app)

    assert opened == {"ok": True, "view": None}
    assert (shown["app"], shown["view"]["blocks"]) == (app, again["view"]["blocks"])


async def test_ephemerals_are_shown_to_their_member_alone(
    tab: Tab, api: Api, slack: Driver, changes: aiohttp.ClientWebSocketResponse
) -> None:
    room = await api.channel("orders")
    alice = Tab(tab.standin, tab.session, slack.member("Alice").id)
    for each in (tab, alice):
        await each.do("join", channel=room)

    await api("chat.postEphemeral", channel=room, user=tab.member, text="psst")
    shown = await frame(changes, "ephemeral")
    other = await alice.read("messages", channel=room)

    assert shown["message"]["is_ephemeral"] is True
    assert "psst" not in [m["text"] for m in other["messages"]]


async def test_own_messages_can_be_edited_deleted_and_reacted_to(
    tab: Tab, slack: Driver, changes: aiohttp.ClientWebSocketResponse
) -> None:
    general = slack.member("Bob").channel("general").id
    sent = await tab.do("send", channel=general, text="frist")
    where = {"channel": general, "ts": sent["ts"]}

    await tab.do("edit", text="first", **where)
    edited = await frame(changes, "message_changed")
    await tab.do("react", name="eyes", add=True, **where)
    reacted = await frame(changes, "message_changed")
    await tab.do("delete", **where)
    deleted = await frame(changes, "message_deleted")

    assert (edited["message"]["text"], bool(edited["message"]["edited"])) == ("first", True)
    assert reacted["message"]["reactions"][0]["count"] == 1
    assert deleted["ts"] == sent["ts"]


@pytest.mark.parametrize(
    ("deed", "fields"),
    [("send", {}), ("send", {"channel": "C0", "text": "x"}), ("fly", {}), ("edit", {})],
)
async def test_a_bad_request_gets_a_sentence(tab: Tab, deed: str, fields: Json) -> None:
    answer = await tab.do(deed, **fields)

    assert answer["ok"] is False
    assert answer["error"].endswith(".")


async def test_static_files_do_not_lead_out_of_their_folder(tab: Tab) -> None:
    async with tab.session.get(f"{tab.standin.url}/ui/static/..%2fserver.py") as response:
        assert response.status == 404


async def test_a_message_of_a_dm_has_the_partner(tab: Tab, slack: Driver) -> None:
    opened = await tab.do("open_dm", **{"with": slack.member("Alice").id})

    state = await tab.read("state")

    dm = next(c for c in state["channels"] if c["id"] == opened["channel"])
    assert (dm["is_im"], dm["user"]) == (True, slack.member("Alice").id)


async def test_a_page_that_says_nobody_is_the_first_member(
    standin: Standin, session: aiohttp.ClientSession, slack: Driver
) -> None:
    async with session.get(f"{standin.url}/ui/api/state") as response:
        state = await response.json()

    assert state["me"]["id"] == slack.member("Alice").id
