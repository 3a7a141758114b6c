"""What a member reads when something goes wrong behind a click."""

import logging
import re
from collections.abc import Mapping

import pytest

from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import HookOutcome
from bot.language.errors import NotFound
from bot.slack.handler import Body, Handler, channel_of, took_reply, user_of
from bot.slack.platform.gateway import Later, Refusal
from bot.slack.platform.users import Users
from tests.builders import MINUTE
from tests.e2e.junk import JUNK
from tests.e2e.slack_proxy import Junk
from tests.slack.conftest import Bench

pytestmark = pytest.mark.anyio


def handler_at(bench: Bench) -> Handler:
    async def look(connection: str) -> None:
        raise AssertionError(f"nobody asked to look at {connection}")

    async def call(hook: Webhook, places: Mapping[str, str]) -> HookOutcome:
        raise AssertionError(f"nobody asked to call {hook.id}")

    people = Users(bench.runtime, bench.gateway)
    return Handler(
        bench.runtime,
        bench.gateway,
        people,
        wake=lambda: None,
        check_now=look,
        address="http://firstlane.example.com/{}".format,
        call_hook=call,
    )


async def told(bench: Bench, error: Exception) -> str:
    """What Bob reads when `error` happens to a click of his in #general."""
    bob = bench.slack.member("Bob")
    handler = handler_at(bench)

    async def work(body: Body) -> None:
        raise error

    handler.start(work, {"user": {"id": bob.id}, "channel": {"id": bench.general}})
    await handler.drain()
    return (await bob.sees_ephemeral("")).text


async def test_our_own_refusals_are_told_in_their_own_words(bench: Bench) -> None:
    text = await told(bench, NotFound("There is no incident INC-9. {person:bob} knows."))

    assert text.startswith("There is no incident INC-9.")


async def test_an_unforeseen_error_gets_a_number_that_the_log_has_too(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        text = await told(bench, ValueError("secret detail"))

    reference = re.search(r"ref ([0-9a-f]{6})", text)
    assert reference is not None
    assert f"ref={reference.group(1)}" in caplog.text
    assert "secret detail" not in text


async def test_slacks_refusal_is_named(bench: Bench) -> None:
    text = await told(bench, Refusal("views.open", "invalid_arguments"))

    assert "Slack says: invalid_arguments." in text


async def test_being_slowed_down_is_not_called_an_error(bench: Bench) -> None:
    text = await told(bench, Later(MINUTE, "ratelimited"))

    assert text == "Slack is slowing us down. Nothing was lost; try again shortly."


async def test_a_reply_address_that_is_used_up_is_replaced_by_a_message(bench: Bench) -> None:
    bob = bench.slack.member("Bob")
    handler = handler_at(bench)
    url = f"{bench.standin.url}/hooks/commands/gone"

    async def work(body: Body) -> None:
        raise NotFound("Nothing is called that.")

    handler.start(work, {"user_id": bob.id, "channel_id": bench.general, "response_url": url})
    await handler.drain()

    await bob.sees_ephemeral("Nothing is called that.")


@pytest.mark.parametrize(
    "junk", [one for one in JUNK.values() if not took_reply(one.body.decode("latin-1"))]
)
async def test_a_reply_that_somebody_else_than_slack_took_is_given_by_a_message(
    bench: Bench, junk: Junk
) -> None:
    bob = bench.slack.member("Bob")
    handler = handler_at(bench)
    bench.proxy.spoils("reply", junk, calls=1, done=False)

    async def work(body: Body) -> None:
        raise NotFound("Nothing is called that.")

    url = f"{bench.proxy.api_url}reply"
    handler.start(work, {"user_id": bob.id, "channel_id": bench.general, "response_url": url})
    await handler.drain()

    await bob.sees_ephemeral("Nothing is called that.")


@pytest.mark.parametrize("said", ["ok", "ok\n", '{"ok": true}'])
def test_slacks_own_thanks_for_a_reply_are_known(said: str) -> None:
    assert took_reply(said)


async def test_an_answer_that_is_not_slacks_is_not_called_slowness(bench: Bench) -> None:
    text = await told(bench, Later(MINUTE, "HTTP 200, text/html", maybe_done=True))

    assert text == "Slack does not answer me properly now. Nothing was lost; try again shortly."


@pytest.mark.parametrize(
    "body",
    [
        {"user_id": "U1", "channel_id": "C1"},
        {"user": {"id": "U1"}, "channel": {"id": "C1"}},
        {"user": {"id": "U1"}, "container": {"channel_id": "C1"}},
        {"event": {"user": "U1", "channel": "C1"}},
    ],
)
def test_who_and_where_are_read_from_every_kind_of_payload(body: Body) -> None:
    assert (user_of(body), channel_of(body)) == ("U1", "C1")


def test_a_payload_without_people_or_places_is_no_error() -> None:
    assert (user_of({}), channel_of({})) == ("", "")
