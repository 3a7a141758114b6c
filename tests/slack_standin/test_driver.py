"""The words end-to-end tests speak, and what they say when something is missing."""

import asyncio
from typing import Any

import pytest

from slack_standin import Standin
from slack_standin.driver import Driver, Missing
from slack_standin.state.visible import message_text
from tests.slack_standin.conftest import Api, Link, button, modal, section

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def room(api: Api, slack: Driver) -> str:
    room = await api.channel("orders")
    await api("conversations.invite", channel=room, users=slack.member("Bob").id)
    return room


async def test_a_message_that_never_comes_fails_with_the_transcript(
    api: Api, slack: Driver, room: str
) -> None:
    slack.wait = 0.05
    await api("chat.postMessage", channel=room, text="something else")

    with pytest.raises(Missing) as missing:
        await slack.member("Bob").sees("#orders", "the expected words")

    assert "the expected words" in str(missing.value)
    assert "[#orders] app: something else" in str(missing.value)


async def test_charlie_does_not_see_a_channel_he_is_not_in(
    api: Api, slack: Driver, room: str
) -> None:
    slack.wait = 0.05
    await api("chat.postMessage", channel=room, text="for members")

    with pytest.raises(Missing):
        await slack.member("Charlie").sees("#orders", "for members")


async def test_nothing_else_means_nothing_after(api: Api, slack: Driver, room: str) -> None:
    await api("chat.postMessage", channel=room, text="one")
    one = await slack.member("Bob").sees("#orders", "one")
    await slack.expect_nothing_else(one)
    await api("chat.postMessage", channel=room, text="two")

    with pytest.raises(Missing, match="two"):
        await slack.expect_nothing_else(one)


async def test_a_click_on_nothing_names_what_there_is(api: Api, slack: Driver, room: str) -> None:
    await api("chat.postMessage", channel=room, text="x", blocks=[section(accessory=button())])
    card = await slack.member("Bob").sees("#orders", "hello")

    with pytest.raises(AssertionError, match=r"nothing to click says 'Stop'; there is \['Go'\]"):
        await card.click("Stop")


async def test_an_overflow_entry_is_clicked_by_its_label(
    api: Api, slack: Driver, room: str, link: Link
) -> None:
    options = [
        {"text": {"type": "plain_text", "text": text}, "value": text.lower()}
        for text in ("Pause", "Dossier")
    ]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    await api("chat.postMessage", channel=room, text="x", blocks=[section(accessory=menu)])
    card = await slack.member("Bob").sees("#orders", "hello")

    async with link() as wire:
        clicked = asyncio.create_task(card.click("Dossier"))
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await clicked

    assert frame["payload"]["actions"][0]["selected_option"]["value"] == "dossier"


async def test_names_typed_with_an_at_sign_become_mentions(slack: Driver) -> None:
    bob, alice = slack.member("Bob"), slack.member("Alice")

    typed = await bob.types("#general", "ask @alice, not a@b.example, in #general")

    assert f"<@{alice.id}>" in typed.message.body["text"]
    assert typed.text == "ask @Alice Owner, not a@b.example, in #general"


@pytest.mark.parametrize(
    ("escape", "pattern"), [(False, "cover @alice"), (True, "cover <@{alice}|alice>")]
)
async def test_a_command_gets_names_as_its_manifest_asks(
    standin: Standin, slack: Driver, link: Link, escape: bool, pattern: str
) -> None:
    assert standin.app is not None
    command = {"command": "/conn", "description": "x", "should_escape": escape}
    standin.app.manifest["features"]["slash_commands"] = [command]

    async with link() as wire:
        typed = asyncio.create_task(slack.member("Bob").types("#general", "/conn cover @alice"))
        frame = await wire.frame("slash_commands")
        await wire.ack(frame)
        await typed

    assert frame["payload"]["text"] == pattern.format(alice=slack.member("Alice").id)


async def test_text_reads_as_on_screen(standin: Standin, slack: Driver) -> None:
    alice = slack.member("Alice").id
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Orders <late>"}},
        section(f"*<@{alice}>* has it, see <https://x.example|the runbook> &lt;now&gt;"),
        section("since <!date^1763629200^{time}|09:00 UTC>", accessory=button("Acknowledge")),
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "_vendor_ `E1` snake_case_name"}],
        },
    ]

    text = message_text(standin.workspace, {"blocks": blocks, "text": "fallback"})

    assert text.splitlines() == [
        "Orders <late>",
        "@Alice Owner has it, see the runbook <now>",
        "since 09:00 UTC",
        "Acknowledge",
        "vendor E1 snake_case_name",
    ]


async def test_a_form_that_is_closed_says_so(api: Api, standin: Standin, slack: Driver) -> None:
    bob = slack.member("Bob")
    assert standin.app is not None
    trigger = standin.services.tickets.trigger(standin.app.id, bob.id)
    await api("views.open", trigger_id=trigger, view=modal())
    form = await bob.sees_modal("Form")

    form.close()

    with pytest.raises(AssertionError, match="this view is closed"):
        await form.fill("What", "x")


async def test_a_member_reacts_and_sees_a_message_go(api: Api, slack: Driver, room: str) -> None:
    posted = await api("chat.postMessage", channel=room, text="for a moment")
    seen = await slack.member("Bob").sees("#orders", "for a moment")

    await seen.reacts("eyes")
    reactions = seen.message.body["reactions"]
    await api("chat.delete", channel=room, ts=posted["ts"])
    await seen.until_gone()

    assert reactions[0]["users"] == [slack.member("Bob").id]
