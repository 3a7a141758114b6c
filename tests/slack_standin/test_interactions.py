"""Commands, clicks, forms: trigger ids, response URLs, deadlines, complete payloads."""

import asyncio
from typing import Any

import pytest

from slack_standin import Standin
from slack_standin.acts import interactions, members
from slack_standin.driver import Driver
from slack_standin.state.clock import Timing
from slack_standin.state.refusal import PersonError
from tests.slack_standin.conftest import HASTY, Api, Link, button, modal, section
from tests.slack_standin.forms import SELECT, commanded

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def posted(api: Api, slack: Driver, *blocks: Json) -> str:
    """Post a message for Bob in #orders and return its ts."""
    room = await api.channel("orders")
    await api("conversations.invite", channel=room, users=slack.member("Bob").id)
    answer = await api("chat.postMessage", channel=room, text="card", blocks=list(blocks))
    return str(answer["ts"])


async def test_a_command_brings_slacks_fields(slack: Driver, link: Link) -> None:
    async with link() as wire:
        payload = await commanded(slack, wire, "who owns x")

    assert payload["command"] == "/conn"
    assert payload["text"] == "who owns x"
    assert payload["channel_name"] == "general"
    assert payload["is_enterprise_install"] == "false"
    assert payload["user_id"] == slack.member("Bob").id


async def test_a_trigger_opens_one_view_once(api: Api, slack: Driver, link: Link) -> None:
    async with link() as wire:
        trigger = (await commanded(slack, wire))["trigger_id"]

    first = await api("views.open", trigger_id=trigger, view=modal())
    second = await api("views.open", trigger_id=trigger, view=modal())
    invented = await api("views.open", trigger_id="1.2.abc", view=modal())

    assert first["view"]["root_view_id"] == first["view"]["id"]
    assert (second["error"], invented["error"]) == ("exchanged_trigger_id", "invalid_trigger_id")


@pytest.mark.parametrize("timing", [Timing()])
async def test_a_trigger_expires_after_three_seconds(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        trigger = (await commanded(slack, wire))["trigger_id"]

    standin.services.clock.shift(3.1)
    answer = await api("views.open", trigger_id=trigger, view=modal())

    assert answer["error"] == "expired_trigger_id"


async def test_a_response_url_works_five_times_for_its_member_only(
    api: Api, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        url = (await commanded(slack, wire))["response_url"]

    answers = []
    for number in range(6):
        async with api.session.post(url, json={"text": f"answer {number}"}) as response:
            answers.append((response.status, await response.text()))

    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]
    assert (await slack.member("Bob").sees_ephemeral("answer 4")).message.viewer is not None


async def test_a_response_url_expires_after_half_an_hour(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        url = (await commanded(slack, wire))["response_url"]

    standin.services.clock.shift(1801)

    async with api.session.post(url, json={"text": "late"}) as response:
        assert (response.status, await response.text()) == (404, "expired_url")


@pytest.mark.parametrize("said", [True, "true"])
async def test_a_response_url_can_replace_and_delete_its_message(
    api: Api, slack: Driver, link: Link, said: object
) -> None:
    ts = await posted(api, slack, section(accessory=button()))
    bob = slack.member("Bob")
    card = await bob.sees("#orders", "hello")
    async with link() as wire:
        clicked = asyncio.create_task(card.click("Go"))
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await clicked
    url = frame["payload"]["response_url"]

    await api.session.post(url, json={"replace_original": said, "text": "replaced"})
    replaced = card.text
    await api.session.post(url, json={"delete_original": said})

    assert (card.ts, replaced, card.gone) == (ts, "replaced", True)


async def test_an_in_channel_answer_is_for_everybody(api: Api, slack: Driver, link: Link) -> None:
    async with link() as wire:
        url = (await commanded(slack, wire))["response_url"]

    await api.session.post(url, json={"text": "for all", "response_type": "in_channel"})

    await slack.member("Alice").sees("#general", "for all")


@pytest.mark.parametrize("timing", [HASTY])
async def test_a_member_is_told_when_the_app_does_not_answer_in_time(
    slack: Driver, link: Link
) -> None:
    bob = slack.member("Bob")

    async with link() as wire:
        with pytest.raises(PersonError, match="/conn failed because the app did not respond"):
            await bob.types("#general", "/conn status")
        frame = await wire.frame("slash_commands")
        await wire.ack(frame, {"text": "too late"})
        await slack.settled()

    assert "too late" not in slack.transcript()


async def test_a_member_is_told_when_no_app_is_connected(slack: Driver) -> None:
    with pytest.raises(PersonError, match="because the app is not connected"):
        await slack.member("Bob").types("#general", "/conn status")


async def test_commands_do_not_work_in_threads(api: Api, slack: Driver) -> None:
    bob = slack.member("Bob")
    parent = await bob.types("#general", "hello")

    with pytest.raises(PersonError, match="do not work in threads"):
        await bob.types("#general", "/conn status", thread=parent)


async def test_a_click_brings_the_whole_message_and_all_typed_values(
    api: Api, slack: Driver, link: Link
) -> None:
    actions = {"type": "actions", "block_id": "row", "elements": [SELECT, button(value="7")]}
    ts = await posted(api, slack, section(), actions)
    card = await slack.member("Bob").sees("#orders", "hello")

    async with link() as wire:
        chosen = asyncio.create_task(card.choose("Choose a lane", "Vendor"))
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await chosen
    payload = frame["payload"]

    assert frame["accepts_response_payload"] is False
    assert payload["type"] == "block_actions"
    assert payload["container"]["message_ts"] == ts
    assert payload["container"]["is_ephemeral"] is False
    assert payload["message"]["blocks"][0]["type"] == "section"
    assert payload["actions"][0]["selected_option"]["value"] == "vendor"
    assert payload["actions"][0]["placeholder"]["text"] == "Choose a lane"
    chosen_value = payload["state"]["values"]["row"]["lane"]["selected_option"]["value"]
    assert chosen_value == "vendor"
    assert payload["response_url"].startswith("http://127.0.0.1:")


async def test_a_button_action_repeats_its_text_and_value(
    api: Api, slack: Driver, link: Link
) -> None:
    await posted(api, slack, section(accessory=button(value="7", style="primary")))
    card = await slack.member("Bob").sees("#orders", "hello")

    async with link() as wire:
        clicked = asyncio.create_task(card.click("Go"))
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await clicked
    action = frame["payload"]["actions"][0]

    assert (action["type"], action["action_id"], action["value"]) == ("button", "go", "7")
    assert (action["text"]["text"], action["style"]) == ("Go", "primary")


async def test_shortcuts_bring_a_message_or_nothing(slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")
    typed = await bob.types("#general", "orders are late")
    async with link() as wire:
        frames = []
        for on in (None, typed):
            used = asyncio.create_task(bob.uses_shortcut("note", on=on))
            frames.append(await wire.frame("interactive"))
            await wire.ack(frames[-1])
            await used
    plain, on_message = (frame["payload"] for frame in frames)

    assert (plain["type"], "response_url" in plain) == ("shortcut", False)
    assert on_message["type"] == "message_action"
    assert on_message["message"]["text"] == "orders are late"
    assert on_message["response_url"]


async def test_the_home_tab_is_kept_per_member(api: Api, standin: Standin, slack: Driver) -> None:
    alice, bob = slack.member("Alice"), slack.member("Bob")
    view = {"type": "home", "blocks": [section("for Alice")]}

    await api("views.publish", user_id=alice.id, view=view)
    app = standin.app
    assert app is not None

    assert (await alice.opens_home()).text == "for Alice"
    assert members.open_home(standin.services, bob.user, app.id, "home") is None


async def test_buttons_in_attachments_containers_and_cards_work_without_ids(
    api: Api, slack: Driver, link: Link
) -> None:
    room = await api.channel("orders")
    await api("conversations.invite", channel=room, users=slack.member("Bob").id)
    inner = section("evidence", accessory=button("Inner"))
    card = {"type": "card", "title": {"type": "mrkdwn", "text": "A"}, "actions": [button("Card")]}
    blocks = [{"type": "container", "child_blocks": [inner]}, card]
    attachment = {"color": "#f00", "blocks": [section("stuck", accessory=button("Attached"))]}
    await api("chat.postMessage", channel=room, text="x", blocks=blocks, attachments=[attachment])
    seen = await slack.member("Bob").sees("#orders", "stuck")

    containers = []
    async with link() as wire:
        for label in ("Inner", "Card", "Attached"):
            clicked = asyncio.create_task(seen.click(label))
            frame = await wire.frame("interactive")
            await wire.ack(frame)
            await clicked
            assert frame["payload"]["actions"][0]["text"]["text"] == label
            containers.append(frame["payload"]["container"]["type"])

    assert seen.labels == ["Inner", "Card", "Attached"]
    assert containers == ["message", "message", "message_attachment"]


async def test_charlie_cannot_click_in_a_private_channel_he_is_not_in(
    api: Api, standin: Standin, slack: Driver
) -> None:
    room = await api.channel("secret", is_private=True)
    blocks = [section(block_id="row", accessory=button())]
    posted = await api("chat.postMessage", channel=room, text="x", blocks=blocks)
    container = {"type": "message", "channel": room, "ts": posted["ts"]}
    action = {"block_id": "row", "action_id": "go"}

    with pytest.raises(PersonError, match="no longer there"):
        await interactions.act(
            standin.services, slack.member("Charlie").user, container, action, {}
        )
