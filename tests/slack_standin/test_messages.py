"""Messages: text limits, edits, threads, ephemerals, metadata, rewriting, pins and reactions."""

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.acts.manifest import wide_manifest
from slack_standin.acts.posting import unread_of
from slack_standin.driver import Driver
from tests.slack_standin.conftest import MEMBERS, Api, section

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(api: Api) -> str:
    return await api.channel("orders")


async def _history(api: Api, room: str, **args: object) -> list[dict[str, object]]:
    answer = await api("conversations.history", channel=room, **args)
    return [m for m in answer["messages"] if "subtype" not in m]


async def test_a_message_needs_something_to_say(api: Api, room: str) -> None:
    answer = await api("chat.postMessage", channel=room, text="  ")

    assert answer["error"] == "no_text"


@pytest.mark.parametrize(("length", "parts"), [(4040, 1), (4041, 2), (50_000, 10)])
async def test_long_text_is_split_at_4000_and_cut_at_40000(
    api: Api, room: str, length: int, parts: int
) -> None:
    await api("chat.postMessage", channel=room, text="x" * length)

    history = await _history(api, room)

    assert len(history) == parts
    assert sum(len(str(m["text"])) for m in history) == min(length, 40_000)


async def test_an_edit_over_4000_characters_is_refused(api: Api, room: str) -> None:
    posted = await api("chat.postMessage", channel=room, text="short")

    answer = await api("chat.update", channel=room, ts=posted["ts"], text="x" * 4001)

    assert answer["error"] == "msg_too_long"


async def test_a_message_has_at_most_50_blocks(api: Api, room: str) -> None:
    answer = await api(
        "chat.postMessage", channel=room, text="many", blocks=[{"type": "divider"}] * 51
    )

    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


async def test_all_blocks_together_have_a_budget(api: Api, room: str) -> None:
    blocks = [section("x" * 2900) for _ in range(5)]

    answer = await api("chat.postMessage", channel=room, text="much", blocks=blocks)

    assert answer["error"] == "msg_blocks_too_long"


async def test_an_app_changes_only_its_own_messages(api: Api, room: str, slack: Driver) -> None:
    bob = slack.member("Bob")
    await api("conversations.invite", channel=room, users=bob.id)
    typed = await bob.types("#orders", "mine")

    edit = await api("chat.update", channel=room, ts=typed.ts, text="yours")
    delete = await api("chat.delete", channel=room, ts=typed.ts)
    missing = await api("chat.update", channel=room, ts="1.000000", text="nothing")

    assert (edit["error"], delete["error"]) == ("cant_update_message", "cant_delete_message")
    assert missing["error"] == "message_not_found"


async def test_metadata_survives_an_edit_and_shows_only_when_asked_for(api: Api, room: str) -> None:
    metadata = {"event_type": "said", "event_payload": {"id": "7"}}
    posted = await api("chat.postMessage", channel=room, text="one", metadata=metadata)
    await api("chat.update", channel=room, ts=posted["ts"], text="two")

    plain = await _history(api, room)
    full = await _history(api, room, include_all_metadata=True)

    assert "metadata" not in plain[0]
    assert (full[0]["text"], full[0]["metadata"]) == ("two", metadata)


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ("no json", "invalid_metadata_format"),
        ({"event_type": "said"}, "invalid_metadata_schema"),
        ({"event_type": "said", "event_payload": {"x": "y" * 20_000}}, "metadata_too_large"),
    ],
)
async def test_bad_metadata_is_refused(api: Api, room: str, metadata: object, error: str) -> None:
    answer = await api("chat.postMessage", channel=room, text="one", metadata=metadata)

    assert answer["error"] == error


async def test_a_thread_counts_its_replies_and_lists_the_parent_first(api: Api, room: str) -> None:
    parent = await api("chat.postMessage", channel=room, text="parent")
    first = await api("chat.postMessage", channel=room, text="one", thread_ts=parent["ts"])
    await api(
        "chat.postMessage",
        channel=room,
        text="two",
        thread_ts=first["ts"],
        reply_broadcast=True,
    )

    thread = await api("conversations.replies", channel=room, ts=parent["ts"])
    history = await api("conversations.history", channel=room, limit=2)

    assert [m["text"] for m in thread["messages"]] == ["parent", "one", "two"]
    assert thread["messages"][0]["reply_count"] == 2
    assert [m.get("subtype") for m in history["messages"]] == ["thread_broadcast", None]


async def test_a_thread_needs_a_parent_that_exists(api: Api, room: str) -> None:
    answer = await api("conversations.replies", channel=room, ts="1.000000")

    assert answer["error"] == "thread_not_found"


async def test_an_ephemeral_message_is_for_one_member_and_leaves_no_trace(
    api: Api, room: str, slack: Driver
) -> None:
    bob = slack.member("Bob")
    outside = await api("chat.postEphemeral", channel=room, user=bob.id, text="psst")
    await api("conversations.invite", channel=room, users=bob.id)

    inside = await api("chat.postEphemeral", channel=room, user=bob.id, text="psst")
    edit = await api("chat.update", channel=room, ts=inside["message_ts"], text="loud")

    assert outside["error"] == "user_not_in_channel"
    assert (await bob.sees_ephemeral("psst")).ts == inside["message_ts"]
    assert await _history(api, room) == []
    assert edit["error"] == "message_not_found"


async def test_text_and_blocks_come_back_as_slack_keeps_them(api: Api, room: str) -> None:
    await api("chat.postMessage", channel=room, text="see https://example.com & ✅")
    await api("chat.postMessage", channel=room, text="card", blocks=[section()])

    card, text = await _history(api, room)

    assert text["text"] == "see <https://example.com> &amp; :white_check_mark:"
    assert card["blocks"][0]["block_id"]  # type: ignore[index]


async def test_escaped_mentions_ping_nobody_and_real_ones_do(
    api: Api, room: str, standin: Standin, slack: Driver
) -> None:
    bob = slack.member("Bob")
    await api("conversations.invite", channel=room, users=bob.id)
    await api("chat.postMessage", channel=room, text="&lt;!channel&gt; is down")
    harmless = unread_of(standin.workspace, bob.channel(room), bob.id)

    await api("chat.postMessage", channel=room, text="<!channel> is down")
    await api("chat.postMessage", channel=room, text="x", blocks=[section(f"<@{bob.id}>")])

    assert harmless[1] == 0
    assert unread_of(standin.workspace, bob.channel(room), bob.id)[1] == 2


async def test_without_the_public_scope_a_bot_posts_only_where_it_is(
    session: aiohttp.ClientSession,
) -> None:
    manifest = wide_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove("chat:write.public")
    async with Standin(members=MEMBERS, manifest=manifest) as standin:
        api = Api(standin, session)

        answer = await api("chat.postMessage", channel="#general", text="hello")

    assert answer["error"] == "not_in_channel"


async def test_pins_and_reactions_are_refused_the_second_time(api: Api, room: str) -> None:
    posted = await api("chat.postMessage", channel=room, text="pin me")
    where = {"channel": room, "timestamp": posted["ts"]}

    pins = [await api("pins.add", **where) for _ in range(2)]
    reactions = [await api("reactions.add", name="eyes", **where) for _ in range(2)]

    assert [a.get("error") for a in pins] == [None, "already_pinned"]
    assert [a.get("error") for a in reactions] == [None, "already_reacted"]


async def test_a_bookmark_needs_a_web_link(api: Api, room: str) -> None:
    bad = await api(
        "bookmarks.add", channel_id=room, title="Runbook", type="link", link="file:///x"
    )
    good = await api(
        "bookmarks.add", channel_id=room, title="Runbook", type="link", link="https://x.example"
    )
    listed = await api("bookmarks.list", channel_id=room)

    assert bad["error"] == "invalid_link"
    assert [b["id"] for b in listed["bookmarks"]] == [good["bookmark"]["id"]]


async def test_a_message_can_be_scheduled_but_not_in_the_past(
    api: Api, room: str, standin: Standin
) -> None:
    now = standin.workspace.now()

    past = await api("chat.scheduleMessage", channel=room, text="late", post_at=now - 5)
    far = await api("chat.scheduleMessage", channel=room, text="far", post_at=now + 11_000_000)
    good = await api("chat.scheduleMessage", channel=room, text="soon", post_at=now + 3600)

    assert (past["error"], far["error"], good["ok"]) == ("time_in_past", "time_too_far", True)


async def test_a_reply_to_a_deleted_parent_stays_in_its_thread(api: Api, room: str) -> None:
    parent = await api("chat.postMessage", channel=room, text="parent")
    await api("chat.delete", channel=room, ts=parent["ts"])

    answer = await api("chat.postMessage", channel=room, text="late", thread_ts=parent["ts"])

    assert answer["message"]["thread_ts"] == parent["ts"]
    assert await _history(api, room) == []
