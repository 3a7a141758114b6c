"""Socket Mode: tickets, hello, several sockets, refresh, dead connections."""

import asyncio

import aiohttp
import pytest

from slack_standin import Standin
from slack_standin.driver import Driver
from slack_standin.state.clock import Timing
from tests.slack_standin.bolt_app import by_socket
from tests.slack_standin.conftest import MEMBERS, Api, Link, Wire

pytestmark = pytest.mark.anyio


async def _url(standin: Standin, session: aiohttp.ClientSession) -> str:
    api = Api(standin, session)
    api.token = standin.app_token
    return str((await api.send("apps.connections.open"))["url"])


async def test_hello_tells_the_number_of_connections(link: Link) -> None:
    async with link(), link(greeted=False) as second:
        hello = await second.frame()

    assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    assert hello["debug_info"]["approximate_connection_time"] == 18060


async def test_a_debug_connection_lives_six_minutes(link: Link) -> None:
    async with link("&debug_reconnects=true", greeted=False) as wire:
        hello = await wire.frame()

    assert hello["debug_info"]["approximate_connection_time"] == 360


async def test_a_ticket_opens_one_socket_once(
    standin: Standin, session: aiohttp.ClientSession
) -> None:
    url = await _url(standin, session)
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)

    assert refused.value.status == 403


async def test_the_eleventh_socket_is_turned_away(link: Link) -> None:
    async with (
        link(), link(), link(), link(), link(), link(), link(), link(), link(), link(),
        link(greeted=False) as eleventh,
    ):  # fmt: skip
        frame = await eleventh.frame()

    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")


async def test_each_event_goes_to_one_of_the_sockets(slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")
    async with link() as one, link() as two:
        await bob.dms("first")
        await bob.dms("second")
        got = [await wire.event("message") for wire in (one, two)]
        for wire, frame in zip((one, two), got, strict=True):
            await wire.ack(frame)
        await slack.settled()

    assert sorted(f["payload"]["event"]["text"] for f in got) == ["first", "second"]


async def test_a_refresh_warns_asks_and_closes(
    standin: Standin, session: aiohttp.ClientSession, link: Link
) -> None:
    async with link() as wire:
        await session.post(f"{standin.url}/control/refresh", json={})
        frames = [await wire.frame(), await wire.frame()]
        last = await wire.socket.receive()

    assert [f["reason"] for f in frames] == ["warning", "refresh_requested"]
    assert last.type is aiohttp.WSMsgType.CLOSE


async def test_sockets_are_renewed_when_their_time_is_up(
    session: aiohttp.ClientSession,
) -> None:
    timing = Timing(connection=0.05, warning=0.01)
    async with (
        Standin(members=MEMBERS, timing=timing) as standin,
        session.ws_connect(await _url(standin, session)) as socket,
    ):
        wire = Wire(socket)
        await wire.frame("hello")
        frames = [await wire.frame(), await wire.frame()]

    assert [f["reason"] for f in frames] == ["warning", "refresh_requested"]


async def test_switching_socket_mode_off_disables_the_link(
    standin: Standin, session: aiohttp.ClientSession, link: Link
) -> None:
    async with link() as wire:
        await session.post(f"{standin.url}/control/socket_mode", json={"enabled": False})
        frame = await wire.frame("disconnect")
    api = Api(standin, session)
    api.token = standin.app_token
    refused = await api.send("apps.connections.open")

    assert frame["reason"] == "link_disabled"
    assert refused["ok"] is False


async def test_the_server_pings_and_drops_a_peer_that_is_silent(
    session: aiohttp.ClientSession,
) -> None:
    async with Standin(members=MEMBERS, timing=Timing(ping=0.05)) as standin:
        url = await _url(standin, session)
        async with session.ws_connect(url, autoping=False) as socket:
            await socket.receive_json()
            ping = await socket.receive()
            end = await socket.receive()

    assert ping.type is aiohttp.WSMsgType.PING
    assert end.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)


async def test_a_stalled_connection_stays_open_and_answers_nothing(
    standin: Standin, session: aiohttp.ClientSession, link: Link
) -> None:
    async with link() as wire:
        await session.post(f"{standin.url}/control/stall", json={})
        await wire.socket.ping()

        with pytest.raises(asyncio.TimeoutError):
            await wire.socket.receive(timeout=0.1)

        assert not wire.socket.closed


async def test_a_bolt_app_recovers_from_a_broken_connection(
    standin: Standin, slack: Driver
) -> None:
    bob = slack.member("Bob")
    async with by_socket(standin):
        await slack.app_connected()
        assert standin.app is not None
        standin.services.courier.hub.cut(standin.app.id)
        await slack.until(
            lambda: None if standin.services.courier.hub.sockets(standin.app.id) else True,
            "the socket to go",
        )
        await slack.app_connected()

        await bob.types("#general", "/conn again")

        await bob.sees_ephemeral("you said again")


async def test_a_handshake_can_be_refused(standin: Standin, session: aiohttp.ClientSession) -> None:
    standin.faults.refuse_handshakes = 1

    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(await _url(standin, session))

    async with session.ws_connect(await _url(standin, session)) as socket:
        hello = await socket.receive_json()
    assert hello["type"] == "hello"
