"""The browser's side: static files, JSON reads and deeds, and the WebSocket with changes."""

import asyncio
from pathlib import Path

from aiohttp import WSMsgType, web

from slack_standin import screens
from slack_standin.acts import members
from slack_standin.acts.member_actions import perform
from slack_standin.acts.services import Services
from slack_standin.state.entities import User
from slack_standin.state.refusal import Json, PersonError
from slack_standin.state.workspace import Change

UI_FOLDER = Path(__file__).with_name("ui")
_NO_CACHE = {"Cache-Control": "no-cache"}


class Browser:
    """Handlers for `/`, `/ui/...`. Only what a member may see is sent to that member."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._open: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/ui/static/{path:.+}", self._static),
            web.get("/ui/api/{what}", self._read),
            web.post("/ui/api/{deed}", self._deed),
            web.get("/ui/ws", self._changes),
        ]

    async def close(self) -> None:
        for socket in tuple(self._open):
            await socket.close()

    async def _index(self, request: web.Request) -> web.StreamResponse:
        page = UI_FOLDER / "index.html"
        if not page.is_file():
            return web.Response(text="The Slack stand-in runs; its browser pages are missing.")
        return web.FileResponse(page, headers=_NO_CACHE)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        wanted = (UI_FOLDER / request.match_info["path"]).resolve()
        if not wanted.is_relative_to(UI_FOLDER.resolve()) or not wanted.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(wanted, headers=_NO_CACHE)

    async def _read(self, request: web.Request) -> web.Response:
        try:
            member = self._viewer(request)
            answer = self._screen(request, member)
        except PersonError as problem:
            return web.json_response({"ok": False, "error": str(problem)}, status=404)
        return web.json_response(answer)

    def _viewer(self, request: web.Request) -> User:
        """The member the page is; a page that does not say so yet is the first member."""
        wanted = request.query.get("member", "")
        if wanted:
            return members.member_of(self._services, wanted)
        for user in self._services.workspace.users.values():
            if not user.is_bot and not user.deleted:
                return user
        raise PersonError("There is nobody in this workspace.")

    def _screen(self, request: web.Request, member: User) -> Json:
        ws = self._services.workspace
        match request.match_info["what"]:
            case "state":
                return screens.state(ws, member)
            case "browse":
                return screens.browse(ws, member)
            case "home":
                return screens.home(ws, member, request.query.get("app", ""))
            case "messages":
                wanted = request.query.get("channel", "")
                channel = members.channel_for(self._services, member, wanted, joined=False)
                return screens.messages(ws, member, channel.id, request.query.get("thread_ts"))
        raise PersonError("There is no such page.")

    async def _deed(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not isinstance(body, dict):
            raise web.HTTPBadRequest(text="a JSON object is expected")
        return web.json_response(await perform(self._services, request.match_info["deed"], body))

    async def _changes(self, request: web.Request) -> web.WebSocketResponse:
        ws = self._services.workspace
        try:
            member = self._viewer(request)
        except PersonError as problem:
            raise web.HTTPNotFound(text=str(problem)) from problem
        socket = web.WebSocketResponse(heartbeat=30, timeout=0.5)
        await socket.prepare(request)
        frames: asyncio.Queue[Json] = asyncio.Queue()

        def collect(change: Change) -> None:
            frame = screens.frame(ws, change, member.id)
            if frame is not None:
                frames.put_nowait(frame)

        stop = ws.listen(collect)
        self._open.add(socket)
        sender = asyncio.create_task(_send_all(socket, frames))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            stop()
            sender.cancel()
            self._open.discard(socket)
        return socket


async def _send_all(socket: web.WebSocketResponse, frames: asyncio.Queue[Json]) -> None:
    while not socket.closed:
        frame = await frames.get()
        try:
            await socket.send_json(frame)
        except ConnectionError:
            return
