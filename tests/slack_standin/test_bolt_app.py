"""A real Bolt app talks to the stand-in, by socket and by HTTP."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp

from slack_standin import Standin
from slack_standin.driver import Driver
from tests.slack_standin.bolt_app import by_http, by_socket

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["socket", "http"])
async def app(standin: Standin, request: pytest.FixtureRequest) -> AsyncIterator[AsyncApp]:
    connect = by_socket if request.param == "socket" else by_http
    async with connect(standin) as running:
        if request.param == "socket":
            await Driver(standin).app_connected()
        yield running


async def test_a_slash_command_is_answered_for_the_member_only(
    app: AsyncApp, slack: Driver
) -> None:
    bob = slack.member("Bob")

    await bob.types("#general", "/conn status")

    answer = await bob.sees_ephemeral("you said status")
    assert answer.message.viewer == bob.id


async def test_a_button_changes_its_message(app: AsyncApp, slack: Driver) -> None:
    bob = slack.member("Bob")
    bob.invites_app("#general")
    await bob.types("#general", "/conn card")
    card = await bob.sees("#general", "Orders are stuck")

    await card.click("Acknowledge")

    await card.until("Acknowledged by @Bob Responder")


async def test_a_form_is_opened_filled_in_and_sent(app: AsyncApp, slack: Driver) -> None:
    bob = slack.member("Bob")
    await bob.types("#general", "/conn report")
    form = await bob.sees_modal("Report")

    await form.fill("What happened?", "orders are late")
    await form.fill("Lane", "Vendor")
    await form.submit()

    await bob.gets_dm("Reported: orders are late")
    await bob.sees_no_modal()


async def test_a_mention_is_answered_in_a_thread(app: AsyncApp, slack: Driver) -> None:
    bob = slack.member("Bob")
    bob.invites_app("#general")

    asked = await bob.mentions("#general", "who owns the orders?")

    reply = await bob.sees_thread(asked, "Hello @Bob Responder")
    assert reply.message.in_channel is False


async def test_opening_the_home_tab_shows_what_the_app_publishes(
    app: AsyncApp, slack: Driver
) -> None:
    alice = slack.member("Alice")

    home = await alice.opens_home("Welcome home")

    assert home.text == "Welcome home"


async def test_a_form_the_app_refuses_shows_its_reason_and_stays_open(
    app: AsyncApp, slack: Driver
) -> None:
    bob = slack.member("Bob")
    await bob.types("#general", "/conn report")
    form = await bob.sees_modal("Report")
    await form.fill("What happened?", "nothing")

    answer = await form.submit()

    assert answer["errors"] == {"what": "That is no report."}
    assert form.title == "Report"


async def test_closing_a_form_is_told_to_an_app_that_asked_for_it(
    app: AsyncApp, slack: Driver
) -> None:
    bob = slack.member("Bob")
    await bob.types("#general", "/conn report")
    form = await bob.sees_modal("Report")

    form.close()

    await bob.gets_dm("You gave up the report")
