"""Events: envelopes, who hears what, redelivery."""

from typing import Any

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.acts import members
from slack_standin.acts.manifest import wide_manifest
from slack_standin.driver import Driver
from slack_standin.state.clock import Timing
from tests.patience import UNHURRIED
from tests.slack_standin.conftest import HASTY, MEMBERS, Api, Link, Wire

pytestmark = pytest.mark.anyio


async def _heard(wire: Wire, until: str) -> list[dict[str, object]]:
    """Acknowledge and collect events until a message with these words."""
    events = []
    while True:
        frame = await wire.frame("events_api")
        await wire.ack(frame)
        events.append(frame["payload"]["event"])
        if events[-1]["type"] == "message" and events[-1].get("text") == until:
            return events


async def test_an_event_comes_in_slacks_envelope(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        await slack.member("Bob").dms("hello")
        frame = await wire.event("message")
    payload = frame["payload"]

    assert frame["accepts_response_payload"] is False
    assert (frame["retry_attempt"], frame["retry_reason"]) == (0, "")
    assert payload["type"] == "event_callback"
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"][0]["is_bot"] is True
    assert payload["event"]["channel_type"] == "im"
    assert payload["event"]["blocks"][0]["type"] == "rich_text"


async def test_a_mention_comes_twice_as_mention_and_as_message(slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")
    bob.invites_app("#general")

    async with link() as wire:
        await bob.mentions("#general", "help")
        await bob.types("#general", "end")
        heard = await _heard(wire, "end")

    about = [e["type"] for e in heard if "help" in str(e.get("text"))]
    assert sorted(about) == ["app_mention", "message"]


async def test_an_app_hears_channels_it_is_in_and_no_others(slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")

    async with link() as wire:
        await bob.types("#general", "not for apps")
        await bob.dms("end")
        heard = await _heard(wire, "end")

    assert "not for apps" not in [e.get("text") for e in heard]


async def test_an_app_hears_its_own_messages_and_its_own_joining(
    api: Api, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        room = await api.channel("orders")
        await api("chat.postMessage", channel=room, text="end")
        heard = await _heard(wire, "end")

    kinds = [e["type"] for e in heard]
    assert "member_joined_channel" in kinds
    assert heard[-1]["bot_id"]


async def test_only_subscribed_events_are_delivered(session: aiohttp.ClientSession) -> None:
    manifest = wide_manifest()
    manifest["settings"]["event_subscriptions"]["bot_events"] = ["message.im"]
    async with Standin(members=MEMBERS, manifest=manifest, timing=UNHURRIED) as standin:
        slack, api = Driver(standin), Api(standin, session)
        await api.channel("orders")
        api.token = standin.app_token
        url = (await api.send("apps.connections.open"))["url"]
        async with session.ws_connect(url) as socket:
            wire = Wire(socket)
            await slack.member("Bob").dms("end")
            heard = await _heard(wire, "end")

    assert [e["type"] for e in heard] == ["message"]


async def test_edits_and_deletions_come_as_subtypes(slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")
    async with link() as wire:
        typed = await bob.dms("frist")
        members.edit(slack.services, bob.user, typed.message.channel, typed.ts, "first")
        members.delete(slack.services, bob.user, typed.message.channel, typed.ts)
        await bob.dms("end")
        heard = await _heard(wire, "end")

    changed = next(e for e in heard if e.get("subtype") == "message_changed")
    deleted = next(e for e in heard if e.get("subtype") == "message_deleted")
    assert changed["message"]["text"] == "first"  # type: ignore[index]
    assert changed["previous_message"]["text"] == "frist"  # type: ignore[index]
    assert deleted["deleted_ts"] == typed.ts


@pytest.mark.parametrize("timing", [HASTY])
async def test_an_event_without_ack_comes_again_with_the_same_id(slack: Driver, link: Link) -> None:
    async with link() as wire:
        await slack.member("Bob").dms("hello")
        frames = [await wire.event("message") for _ in range(4)]

    assert len({f["payload"]["event_id"] for f in frames}) == 1
    assert len({f["envelope_id"] for f in frames}) == 4
    tries = [(f["retry_attempt"], f["retry_reason"]) for f in frames]
    assert tries == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]


async def test_an_event_is_delivered_again_when_its_socket_is_lost(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        await slack.member("Bob").dms("hello")
        first = await wire.event("message")

    async with link() as wire:
        second = await wire.event("message")
        await wire.ack(second)

    assert second["payload"]["event_id"] == first["payload"]["event_id"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "connection_failed")


async def test_events_wait_for_an_app_that_is_away(slack: Driver, link: Link) -> None:
    await slack.member("Bob").dms("while you were out")

    async with link() as wire:
        frame = await wire.event("message")
        await wire.ack(frame)

    assert frame["payload"]["event"]["text"] == "while you were out"


@pytest.mark.parametrize("timing", [HASTY])
async def test_a_test_can_order_a_dropped_ack_and_a_double_delivery(
    standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        standin.faults.drop_acks = 1
        await slack.member("Bob").dms("once")
        dropped = await wire.event("message")
        await wire.ack(dropped)
        again = await wire.event("message")
        await wire.ack(again)
        standin.faults.deliver_twice = 1
        await slack.member("Bob").dms("twice")
        pair: list[dict[str, Any]] = []
        while len(pair) < 2:
            frame = await wire.event("message")
            await wire.ack(frame)
            pair += [frame] if frame["payload"]["event"]["text"] == "twice" else []

    assert again["retry_attempt"] == 1
    assert pair[0]["payload"]["event_id"] == pair[1]["payload"]["event_id"]


async def test_a_revoked_app_is_told_and_its_tokens_are_refused(
    api: Api, standin: Standin, link: Link
) -> None:
    async with link() as wire:
        await api.session.post(f"{standin.url}/control/revoke", json={})
        told = await wire.event("app_uninstalled")

    answer = await api("auth.test")

    assert told["payload"]["event"]["type"] == "app_uninstalled"
    assert answer["error"] == "token_revoked"


async def test_events_are_given_up_when_the_app_stays_away(
    session: aiohttp.ClientSession,
) -> None:
    timing = Timing(undelivered=0.01)
    async with Standin(members=MEMBERS, timing=timing) as standin:
        slack, api = Driver(standin), Api(standin, session)
        await slack.member("Bob").dms("lost")
        await slack.until(lambda: True if not standin.services.courier.waiting else None, "end")
        api.token = standin.app_token
        url = (await api.send("apps.connections.open"))["url"]
        async with session.ws_connect(url) as socket:
            await slack.member("Bob").dms("found")
            frame = await Wire(socket).event("message")

    assert frame["payload"]["event"]["text"] == "found"


async def test_a_test_can_let_one_event_overtake_another(
    standin: Standin, slack: Driver, link: Link
) -> None:
    bob = slack.member("Bob")
    async with link() as wire:
        standin.faults.hold_events = 1
        await bob.dms("first")
        await slack.until(lambda: None if standin.faults.hold_events else True, "the hold")
        await bob.dms("second")
        got = [await wire.event("message") for _ in range(2)]
        for frame in got:
            await wire.ack(frame)

    assert [f["payload"]["event"]["text"] for f in got] == ["second", "first"]


async def test_new_members_and_groups_are_announced(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        newcomer = {"name": "dora", "real_name": "Dora"}
        await api.session.post(f"{standin.url}/control/add_member", json=newcomer)
        joined = await wire.event("team_join")
        await wire.ack(joined)
        group = {"handle": "erp-oncall", "users": ["dora", "bob"]}
        await api.session.post(f"{standin.url}/control/usergroup", json=group)
        changed = await wire.event("subteam_members_changed")
        await wire.ack(changed)
    listed = await api("usergroups.list", include_users=True)

    assert joined["payload"]["event"]["user"]["name"] == "dora"
    assert listed["usergroups"][0]["users"] == [slack.member("dora").id, slack.member("bob").id]
    assert slack.member("dora").id in slack.member("Bob").channel("general").members
