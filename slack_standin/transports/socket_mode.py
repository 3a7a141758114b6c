"""Socket Mode: tickets become sockets, envelopes go out on one of them, acks come back.

Up to ten sockets per app; each envelope takes any one. An ack may arrive on another socket.
"""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from aiohttp import WSMsgType, web

from slack_standin.state.clock import Timing
from slack_standin.state.faults import Faults
from slack_standin.state.refusal import Json
from slack_standin.state.tickets import Tickets

MAX_SOCKETS = 10


class NoAnswer(Exception):
    """The app did not acknowledge; `reason` as Slack words it in retries."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, eq=False)
class Socket:
    """One open connection of an app. A stalled one neither reads nor writes."""

    app_id: str
    response: web.WebSocketResponse
    transport: asyncio.Transport | None
    stalled: bool = False
    renewal: asyncio.Task[None] | None = None

    async def send(self, frame: Json) -> None:
        if not self.stalled and not self.response.closed:
            await self.response.send_json(frame)


@dataclass(slots=True)
class _Pending:
    answer: asyncio.Future[Json | None]
    socket: Socket
    fails_with_socket: bool


@dataclass(slots=True)
class _AppSockets:
    sockets: list[Socket] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    turn: "count[int]" = field(default_factory=count)


class SocketHub:
    """All sockets of all apps."""

    def __init__(self, *, tickets: Tickets, timing: Timing, faults: Faults) -> None:
        self._tickets = tickets
        self._timing = timing
        self._faults = faults
        self._apps: dict[str, _AppSockets] = defaultdict(_AppSockets)
        self._pending: dict[str, _Pending] = {}

    def sockets(self, app_id: str) -> tuple[Socket, ...]:
        return tuple(self._apps[app_id].sockets)

    async def connected(self, app_id: str, timeout: float) -> bool:
        """Wait until the app has a socket; False when `timeout` seconds have passed."""
        try:
            async with asyncio.timeout(timeout):
                await self._apps[app_id].ready.wait()
        except TimeoutError:
            return False
        return True

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """The WebSocket endpoint behind `apps.connections.open`."""
        app_id = self._tickets.redeem_socket(request.query.get("ticket", ""))
        if self._faults.take("refuse_handshakes") or app_id is None:
            raise web.HTTPForbidden(text="ticket refused")
        response = web.WebSocketResponse(heartbeat=self._timing.ping, autoping=False, timeout=0.5)
        await response.prepare(request)
        transport = request.transport
        assert transport is None or isinstance(transport, asyncio.Transport)
        socket = Socket(app_id, response, transport)
        if len(self._apps[app_id].sockets) >= MAX_SOCKETS:
            await socket.send(_disconnect("too_many_websockets"))
            await response.close()
            return response
        debug = request.query.get("debug_reconnects") == "true"
        await self._serve(socket, request.host, debug=debug)
        return response

    async def _serve(self, socket: Socket, host: str, *, debug: bool) -> None:
        here = self._apps[socket.app_id]
        lifetime = self._timing.debug_connection if debug else self._timing.connection
        here.sockets.append(socket)
        try:
            await socket.send(_hello(socket.app_id, len(here.sockets), host, lifetime))
            here.ready.set()
            socket.renewal = asyncio.create_task(self._renew(socket, lifetime))
            await self._read(socket)
        except ConnectionError:
            pass  # The peer left between two frames; `finally` tidies up.
        finally:
            self._retire(socket)
            if socket.renewal is not None:
                socket.renewal.cancel()
            self._lose(socket)

    def _retire(self, socket: Socket) -> None:
        """Send nothing more this way; acks that still come in count."""
        here = self._apps[socket.app_id]
        if socket in here.sockets:
            here.sockets.remove(socket)
        if not here.sockets:
            here.ready.clear()

    async def _read(self, socket: Socket) -> None:
        async for message in socket.response:
            if socket.stalled:
                continue
            if message.type is WSMsgType.PING:
                await socket.response.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    async def _renew(self, socket: Socket, lifetime: float) -> None:
        await asyncio.sleep(max(0.0, lifetime - self._timing.warning))
        await self._refresh(socket)

    async def refresh(self, app_id: str) -> None:
        """Ask the app's sockets to be replaced: warning, refresh_requested, close."""
        await asyncio.gather(*(self._refresh(s) for s in self.sockets(app_id)))

    async def _refresh(self, socket: Socket) -> None:
        await socket.send(_disconnect("warning"))
        await asyncio.sleep(self._timing.warning)
        await socket.send(_disconnect("refresh_requested"))
        self._retire(socket)
        await socket.response.close()

    async def disable(self, app_id: str) -> None:
        """Switch Socket Mode off: `link_disabled` on all sockets, then close."""
        for socket in self.sockets(app_id):
            await socket.send(_disconnect("link_disabled"))
            self._retire(socket)
            await socket.response.close()

    def cut(self, app_id: str) -> int:
        """Break the app's TCP connections without a close frame; returns how many."""
        sockets = self.sockets(app_id)
        for socket in sockets:
            if socket.transport is not None:
                socket.transport.abort()
        return len(sockets)

    def stall(self, app_id: str) -> None:
        """Leave the connections open but dead: nothing is read, sent or ponged any more."""
        for socket in self.sockets(app_id):
            socket.stalled = True

    async def close(self) -> None:
        for app_id in list(self._apps):
            for socket in self.sockets(app_id):
                await socket.response.close()

    async def deliver(
        self, app_id: str, frame: Json, *, timeout: float, fails_with_socket: bool = False
    ) -> Json | None:
        """Send one envelope and return the payload of its ack (None for an empty ack).

        Raises NoAnswer after `timeout` seconds, or at once when there is no socket.
        """
        here = self._apps[app_id]
        if not here.sockets:
            raise NoAnswer("connection_failed")
        socket = here.sockets[next(here.turn) % len(here.sockets)]
        envelope_id = str(uuid4())
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._pending[envelope_id] = _Pending(answer, socket, fails_with_socket)
        try:
            async with asyncio.timeout(timeout):
                await socket.send({"envelope_id": envelope_id, **frame})
                return await answer
        except TimeoutError as late:
            raise NoAnswer("timeout") from late
        except ConnectionError as lost:
            raise NoAnswer("connection_failed") from lost
        finally:
            del self._pending[envelope_id]

    async def send_copy(self, app_id: str, frame: Json) -> None:
        """Deliver once more without waiting for the ack."""
        for socket in self.sockets(app_id)[:1]:
            await socket.send({"envelope_id": str(uuid4()), **frame})

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict) or "envelope_id" not in frame:
            return
        if self._faults.take("drop_acks"):
            return
        delay = self._faults.late_ack_seconds if self._faults.take("late_acks") else 0.0
        asyncio.get_running_loop().call_later(delay, self._resolve, frame)

    def _resolve(self, frame: Json) -> None:
        pending = self._pending.get(str(frame["envelope_id"]))
        if pending is not None and not pending.answer.done():
            payload = frame.get("payload")
            pending.answer.set_result(payload if isinstance(payload, dict) else None)

    def _lose(self, socket: Socket) -> None:
        for pending in self._pending.values():
            if pending.socket is socket and pending.fails_with_socket and not pending.answer.done():
                pending.answer.set_exception(NoAnswer("connection_failed"))


def _hello(app_id: str, connections: int, host: str, lifetime: float) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": app_id},
        "debug_info": {
            "host": host,
            "build_number": 1,
            "approximate_connection_time": int(lifetime),
        },
    }


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
