"""Installing apps: manifests Slack would refuse, several apps, who may act from where."""

from typing import Any

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.acts.manifest import wide_manifest
from slack_standin.acts.manifest_rules import ManifestRefused
from slack_standin.driver import Driver
from slack_standin.state.refusal import PersonError
from tests.patience import UNHURRIED
from tests.slack_standin.conftest import MEMBERS, Api, Wire

pytestmark = pytest.mark.anyio


def _command(**changes: object) -> dict[str, Any]:
    return {"command": "/conn", "description": "Connections", **changes}


@pytest.mark.parametrize(
    ("section", "key", "value", "problem"),
    [
        ("display_information", "name", "x" * 36, "must be less than 36 characters"),
        ("features", "slash_commands", [_command(command="conn")], "must match regex pattern"),
        ("features", "slash_commands", [_command(colour="red")], "additional property: colour"),
        ("features", "slash_commands", [_command()] * 51, "no more than 50 items allowed"),
        ("features", "shortcuts", [{"name": "Declare"}], "missing required field: callback_id"),
    ],
)
async def test_a_manifest_slack_would_refuse_is_refused(
    section: str, key: str, value: object, problem: str
) -> None:
    manifest = wide_manifest()
    manifest[section][key] = value

    with pytest.raises(ManifestRefused, match=problem):
        async with Standin(members=MEMBERS, manifest=manifest):
            pass


async def test_two_apps_have_their_own_tokens_commands_and_messages(
    standin: Standin, session: aiohttp.ClientSession
) -> None:
    manifest = wide_manifest()
    manifest["display_information"]["name"] = "Second"
    manifest["features"]["bot_user"]["display_name"] = "second"
    second = standin.install(manifest)
    one, two = Api(standin, session), Api(standin, session)
    two.token = second.bot_token
    room = await one.channel("orders")
    posted = await one("chat.postMessage", channel=room, text="mine")
    await two("conversations.join", channel=room)

    stolen = await two("chat.update", channel=room, ts=posted["ts"], text="yours")
    who = [(await api("auth.test"))["user"] for api in (one, two)]

    assert stolen["error"] == "cant_update_message"
    assert who == ["app", "second"]


async def test_an_app_hears_the_messages_of_another(
    standin: Standin, session: aiohttp.ClientSession
) -> None:
    manifest = wide_manifest()
    manifest["display_information"]["name"] = "Second"
    second = standin.install(manifest)
    one, two = Api(standin, session), Api(standin, session)
    two.token = second.app_token
    url = (await two.send("apps.connections.open"))["url"]
    two.token = second.bot_token
    room = await one.channel("orders")
    await two("conversations.join", channel=room)

    async with session.ws_connect(url) as socket:
        await one("chat.postMessage", channel=room, text="for both")
        wire = Wire(socket)
        while (frame := await wire.event("message"))["payload"]["event"]["text"] != "for both":
            await wire.ack(frame)

    assert frame["payload"]["api_app_id"] == second.id


async def test_members_cannot_write_to_an_app_without_a_messages_tab(
    session: aiohttp.ClientSession,
) -> None:
    manifest = wide_manifest()
    manifest["features"]["app_home"]["messages_tab_enabled"] = False
    async with Standin(members=MEMBERS, manifest=manifest, timing=UNHURRIED) as standin:
        bob = Driver(standin).member("Bob")
        answer = await Api(standin, session)("chat.postMessage", channel=bob.id, text="hi")

        with pytest.raises(PersonError, match="turned off"):
            await bob.dms("hello")

    assert answer["error"] == "messages_tab_disabled"


async def test_a_home_tab_must_be_enabled(session: aiohttp.ClientSession) -> None:
    manifest = wide_manifest()
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with Standin(members=MEMBERS, manifest=manifest) as standin:
        bob = Driver(standin).member("Bob")
        view = {"type": "home", "blocks": [{"type": "divider"}]}

        answer = await Api(standin, session)("views.publish", user_id=bob.id, view=view)

    assert answer["error"] == "not_enabled"


async def test_pages_of_other_sites_may_not_act(
    standin: Standin, session: aiohttp.ClientSession
) -> None:
    foreign = {"Origin": "https://evil.example"}
    own = {"Origin": standin.url}

    async with session.post(f"{standin.url}/control/reset", headers=foreign) as response:
        refused = response.status
    async with session.post(f"{standin.url}/control/reset", headers=own) as response:
        allowed = response.status

    assert (refused, allowed) == (403, 200)


async def test_a_server_for_all_addresses_names_one_that_can_be_reached() -> None:
    async with Standin(members=MEMBERS, host="0.0.0.0") as standin:
        assert standin.url.startswith("http://127.0.0.1:")
