"""Channels: names, members, archiving, topics, direct messages, pages."""

import pytest

from slack_standin import Standin
from slack_standin.acts import members
from slack_standin.acts.channels import set_archived
from slack_standin.driver import Driver
from tests.slack_standin.conftest import Api, Link

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("Orders", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        ("general", "name_taken"),
        ("alice", "name_taken"),
    ],
)
async def test_a_bad_channel_name_is_refused_not_repaired(api: Api, name: str, error: str) -> None:
    answer = await api("conversations.create", name=name)

    assert answer["error"] == error


async def test_the_name_of_an_archived_channel_stays_taken(api: Api) -> None:
    channel = await api.channel("orders")
    await api("conversations.archive", channel=channel)

    answer = await api("conversations.create", name="orders")

    assert answer["error"] == "name_taken"


async def test_the_name_of_a_hidden_private_channel_is_taken(
    api: Api, standin: Standin, slack: Driver
) -> None:
    alice = slack.member("Alice")
    members.create_channel(standin.services, alice.user, "secret", private=True)

    answer = await api("conversations.create", name="secret")

    assert answer["error"] == "name_taken"


async def test_an_invitation_takes_at_most_100_people(api: Api) -> None:
    channel = await api.channel("orders")

    answer = await api("conversations.invite", channel=channel, users=_ids(101))

    assert answer["error"] == "too_many_users"


def _ids(number: int) -> list[str]:
    return [f"U{n:010d}" for n in range(number)]


async def test_one_bad_id_stops_the_invitation_unless_forced(api: Api, slack: Driver) -> None:
    channel = await api.channel("orders")
    bob = slack.member("Bob").id

    strict = await api("conversations.invite", channel=channel, users=f"{bob},U0NOBODY")
    forced = await api("conversations.invite", channel=channel, users=f"{bob},U0NOBODY", force=True)

    assert strict["error"] == "user_not_found"
    assert forced["errors"] == [{"user": "U0NOBODY", "ok": False, "error": "user_not_found"}]
    assert bob in slack.member("Bob").channel("orders").members


async def test_inviting_those_inside_says_so(api: Api, slack: Driver) -> None:
    channel = await api.channel("orders")
    bob = slack.member("Bob").id
    await api("conversations.invite", channel=channel, users=bob)

    answer = await api("conversations.invite", channel=channel, users=bob)

    assert answer["error"] == "already_in_channel"
    assert answer["errors"][0]["user"] == bob


async def test_joining_twice_succeeds_with_a_warning(api: Api, slack: Driver) -> None:
    channel = await api.channel("orders")

    answer = await api("conversations.join", channel=channel)

    assert (answer["ok"], answer["warning"]) == (True, "already_in_channel")
    assert answer["response_metadata"]["warnings"] == ["already_in_channel"]


async def test_an_archived_channel_takes_no_posts_and_no_edits(api: Api) -> None:
    channel = await api.channel("orders")
    posted = await api("chat.postMessage", channel=channel, text="hello")
    await api("conversations.archive", channel=channel)

    post = await api("chat.postMessage", channel=channel, text="more")
    edit = await api("chat.update", channel=channel, ts=posted["ts"], text="changed")
    again = await api("conversations.archive", channel=channel)

    assert [post["error"], edit["error"], again["error"]] == [
        "is_archived",
        "is_inactive",
        "already_archived",
    ]


async def test_general_cannot_be_archived(api: Api, slack: Driver) -> None:
    general = slack.member("Bob").channel("general").id
    await api("conversations.join", channel=general)

    answer = await api("conversations.archive", channel=general)

    assert answer["error"] == "cant_archive_general"


async def test_a_topic_has_250_characters_and_shows_as_a_system_message(
    api: Api, slack: Driver
) -> None:
    channel = await api.channel("orders")

    long = await api("conversations.setTopic", channel=channel, topic="x" * 251)
    await api("conversations.setTopic", channel=channel, topic="Orders are late")
    history = await api("conversations.history", channel=channel)

    assert long["error"] == "too_long"
    assert history["messages"][0]["subtype"] == "channel_topic"
    assert history["messages"][0]["topic"] == "Orders are late"


async def test_private_channels_do_not_exist_for_outsiders(
    api: Api, standin: Standin, slack: Driver
) -> None:
    alice = slack.member("Alice")
    secret = members.create_channel(standin.services, alice.user, "secret", private=True)

    info = await api("conversations.info", channel=secret.id)
    post = await api("chat.postMessage", channel=secret.id, text="hello")
    listed = await api("conversations.list", types="public_channel,private_channel")

    assert (info["error"], post["error"]) == ("channel_not_found", "channel_not_found")
    assert secret.id not in [c["id"] for c in listed["channels"]]


async def test_opening_a_dm_twice_gives_the_same_one(api: Api, slack: Driver) -> None:
    bob = slack.member("Bob").id

    first = await api("conversations.open", users=bob)
    second = await api("conversations.open", users=bob)

    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["already_open"] is True


async def test_a_group_dm_has_at_most_eight_users(api: Api) -> None:
    answer = await api("conversations.open", users=",".join(_ids(9)))

    assert answer["error"] == "too_many_users"


async def test_a_deactivated_member_leaves_channels_and_takes_no_dm(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    bob = slack.member("Bob")
    async with link() as wire:
        await api.session.post(f"{standin.url}/control/deactivate", json={"user": "bob"})
        change = await wire.event("user_change")

    dm = await api("conversations.open", users=bob.id)
    found = await api("users.lookupByEmail", email="bob@example.com")

    assert change["payload"]["event"]["user"]["deleted"] is True
    assert bob.id not in bob.channel("general").members
    assert (dm["error"], found["error"]) == ("user_disabled", "users_not_found")


async def test_lists_come_in_pages_and_bad_cursors_are_refused(api: Api) -> None:
    for number in range(3):
        await api.channel(f"room-{number}")

    first = await api("conversations.list", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await api("conversations.list", limit=2, cursor=cursor)
    bad = await api("conversations.list", cursor="nonsense")
    greedy = await api("conversations.list", limit=1000)

    names = [c["name"] for c in first["channels"] + second["channels"]]
    assert names == ["general", "room-0", "room-1", "room-2"]
    assert second["response_metadata"]["next_cursor"] == ""
    assert (bad["error"], greedy["error"]) == ("invalid_cursor", "invalid_limit")


async def test_only_the_creator_renames_a_channel(api: Api, standin: Standin) -> None:
    mine = await api.channel("orders")
    general = standin.workspace.channel_named("general")
    assert general is not None
    await api("conversations.join", channel=general.id)

    renamed = await api("conversations.rename", channel=mine, name="orders-done")
    refused = await api("conversations.rename", channel=general.id, name="lobby")

    assert renamed["channel"]["name"] == "orders-done"
    assert refused["error"] == "not_authorized"


async def test_unarchiving_needs_an_archived_channel(api: Api, standin: Standin) -> None:
    channel = await api.channel("orders")

    early = await api("conversations.unarchive", channel=channel)
    set_archived(standin.workspace, standin.workspace.channels[channel], True, by="")
    late = await api("conversations.unarchive", channel=channel)

    assert (early["error"], late["ok"]) == ("not_archived", True)
