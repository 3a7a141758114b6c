"""Calling the Web API: arguments, tokens, scopes, errors, warnings, rate limits."""

from datetime import UTC, datetime

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_standin import Standin
from slack_standin.acts import members
from slack_standin.acts.manifest import wide_manifest
from slack_standin.driver import Driver
from slack_standin.state.clock import Clock
from slack_standin.state.limits import LimitSettings
from tests.slack_standin.conftest import MEMBERS, Api

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "how",
    [
        {"json": {"name": "orders", "is_private": True}, "charset": "; charset=utf-8"},
        {"data": {"name": "orders", "is_private": "1"}},
        {"params": {"name": "orders", "is_private": "true"}},
        {"params": {"name": "orders"}, "data": {"is_private": "True"}},
    ],
    ids=["json", "form", "query", "query and form"],
)
async def test_arguments_come_in_any_of_slacks_places(api: Api, how: dict[str, object]) -> None:
    answer = await api.send("conversations.create", **how)  # type: ignore[arg-type]

    assert answer["channel"]["name"] == "orders"
    assert answer["channel"]["is_private"] is True


async def test_arguments_come_as_multipart_with_json_strings(api: Api) -> None:
    channel = await api.channel("orders")
    form = aiohttp.MultipartWriter("form-data")
    for name, value in (("channel", channel), ("blocks", '[{"type":"divider"}]')):
        form.append(value).set_content_disposition("form-data", name=name)

    answer = await api.send("chat.postMessage", data=form)

    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_the_sdks_query_string_posts_are_understood(client: AsyncWebClient) -> None:
    made = await client.conversations_create(name="orders")

    topic = await client.conversations_setTopic(channel=made["channel"]["id"], topic="All well")

    assert topic["channel"]["topic"]["value"] == "All well"


async def test_an_unknown_method_is_refused_with_status_200(api: Api) -> None:
    answer = await api("rtm.start")

    assert (api.status, answer["ok"], answer["error"]) == (200, False, "unknown_method")


async def test_a_missing_argument_is_named(api: Api) -> None:
    answer = await api("users.info")

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("none", "not_authed"), ("wrong", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_call_needs_the_right_kind_of_token(
    api: Api, standin: Standin, kind: str, error: str
) -> None:
    api.token = {"none": "", "wrong": "xoxb-wrong", "app": standin.app_token}[kind]

    answer = await api("auth.test")

    assert answer["error"] == error


async def test_the_app_token_counts_in_the_header_only(api: Api, standin: Standin) -> None:
    api.token = ""

    answer = await api.send("apps.connections.open", data={"token": standin.app_token})

    assert answer["error"] == "not_authed"


async def test_a_missing_scope_is_named_with_what_is_provided(
    session: aiohttp.ClientSession,
) -> None:
    manifest = wide_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = ["chat:write"]
    async with Standin(members=MEMBERS, manifest=manifest) as standin:
        api = Api(standin, session)

        answer = await api("pins.list", channel="C1")

        assert answer["error"] == "missing_scope"
        assert (answer["needed"], answer["provided"]) == ("pins:read", "chat:write")
        assert api.headers["x-oauth-scopes"] == "chat:write"


async def test_email_is_hidden_without_its_scope(session: aiohttp.ClientSession) -> None:
    manifest = wide_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = ["users:read"]
    async with Standin(members=MEMBERS, manifest=manifest) as standin:
        answer = await Api(standin, session)("users.list")

    assert all("email" not in user["profile"] for user in answer["members"])


async def test_a_json_body_without_charset_works_with_a_warning(api: Api) -> None:
    answer = await api.send("auth.test", json={})

    assert answer["ok"] is True
    assert answer["warning"] == "missing_charset"
    assert answer["response_metadata"]["warnings"] == ["missing_charset"]


async def test_a_tier_allows_a_minutes_burst_and_then_asks_to_wait(api: Api) -> None:
    for _ in range(20):
        await api("conversations.list")

    answer = await api("conversations.list")

    assert (api.status, answer["error"]) == (429, "ratelimited")
    assert api.headers["Retry-After"] == "3"


async def test_waiting_as_told_makes_room_for_the_next_call(
    session: aiohttp.ClientSession,
) -> None:
    moment = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    clock = Clock(lambda: moment)
    async with Standin(members=MEMBERS, clock=clock) as standin:
        api = Api(standin, session)
        for _ in range(21):
            await api("conversations.list")

        clock.shift(float(api.headers["Retry-After"]))
        answer = await api("conversations.list")

    assert answer["ok"] is True


async def test_one_channel_takes_one_message_a_second_after_a_small_burst(api: Api) -> None:
    busy, quiet = await api.channel("busy"), await api.channel("quiet")
    for _ in range(5):
        assert (await api("chat.postMessage", channel=busy, text="again"))["ok"]

    refused = await api("chat.postMessage", channel=busy, text="again")
    refused_status = api.status
    elsewhere = await api("chat.postMessage", channel=quiet, text="hello")

    assert (refused_status, refused["error"], elsewhere["ok"]) == (429, "ratelimited", True)


async def test_limits_can_be_switched_off(session: aiohttp.ClientSession) -> None:
    limits = LimitSettings(enabled=False)
    async with Standin(members=MEMBERS, limits=limits) as standin:
        api = Api(standin, session)

        answers = [await api("conversations.list") for _ in range(25)]

    assert all(answer["ok"] for answer in answers)


async def test_the_sdk_raises_the_refusal_with_its_wait(
    client: AsyncWebClient, standin: Standin
) -> None:
    standin.faults.limit("users.info", calls=1, retry_after=7)

    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user="U1")

    assert refused.value.response.headers["Retry-After"] == "7"


async def test_private_channels_need_scopes_of_their_own(
    session: aiohttp.ClientSession,
) -> None:
    manifest = wide_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove("groups:write")
    async with Standin(members=MEMBERS, manifest=manifest) as standin:
        api = Api(standin, session)
        bob = Driver(standin).member("Bob")
        secret = members.create_channel(standin.services, bob.user, "secret", private=True)
        bob.invites_app("secret")

        answers = [
            await api("conversations.create", name="other", is_private=True),
            await api("conversations.setTopic", channel=secret.id, topic="x"),
            await api("conversations.invite", channel=secret.id, users=bob.id),
            await api("conversations.archive", channel=secret.id),
        ]

    assert {(a["error"], a["needed"]) for a in answers} == {("missing_scope", "groups:write")}
