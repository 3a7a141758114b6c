"""An aiohttp server that speaks the stand-in's UI contract with a canned workspace behind it.

It keeps every POST in `posts`; `push` sends an event to the connected browsers. It is not a Slack:
it answers just enough for the UI to be looked at and tested. `python canned_server.py [port]`
serves it for a person.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.slack_standin_ui.canned_blocks import ALICE, BOB, incident_blocks
from tests.slack_standin_ui.canned_views import declare_modal
from tests.slack_standin_ui.canned_workspace import APP, DM_APP, workspace

Json = dict[str, Any]
UI = Path(__file__).parents[2] / "slack_standin" / "ui"


class Front:
    """One address for many servers, one after the other: a browser then keeps the UI's files."""

    def __init__(self) -> None:
        self.url = ""
        self.behind: CannedServer | None = None
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_static("/ui/static/", UI)
        for method, path in (("GET", "/ui/ws"), ("*", "/ui/api/{name}")):
            app.router.add_route(method, path, self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(UI / "index.html")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.behind is None:
            raise web.HTTPServiceUnavailable
        return await self.behind.answer(request)


class CannedServer:
    """Answers at `url`. `gate` holds back the answer to block actions while it is cleared."""

    def __init__(self, url: str) -> None:
        self.data = workspace()
        self.posts: list[tuple[str, Json]] = []
        self.sockets: dict[web.WebSocketResponse, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = url
        self._count = 0
        self._changed = asyncio.Condition()

    async def stop(self) -> None:
        for socket in list(self.sockets):
            await socket.close()

    async def push(self, event: Json, *, to: str | None = None) -> None:
        for socket, member in list(self.sockets.items()):
            if to in (None, member):
                with contextlib.suppress(ConnectionResetError):
                    await socket.send_json(event)

    async def connected(self, member: str) -> None:
        """Returns when a browser of this member listens."""
        async with self._changed:
            await self._changed.wait_for(lambda: member in self.sockets.values())

    async def posted(self, name: str, *, count: int = 1) -> Json:
        """The body of the `count`-th POST to `name`, once it is there."""

        def bodies() -> list[Json]:
            return [body for path, body in self.posts if path == name]

        async with self._changed:
            await self._changed.wait_for(lambda: len(bodies()) >= count)
        return bodies()[count - 1]

    async def say(self, channel: str, user: str, text: str, **extra: Any) -> Json:
        """Adds a message to a channel and pushes it."""
        self._count += 1
        ts = f"{time.time():.0f}.{self._count:06d}"
        message = {"type": "message", "ts": ts, "user": user, "text": text, **extra}
        self.data["messages"].setdefault(channel, []).append(message)
        await self.push({"type": "message", "channel": channel, "message": message})
        return message

    def message(self, channel: str, words: str) -> Json:
        found = [m for m in self.data["messages"][channel] if words in m["text"]]
        return found[0]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/ui/ws":
            return await self._socket(request)
        return await (self._post(request) if request.method == "POST" else self._get(request))

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets[socket] = request.query["member"]
        async with self._changed:
            self._changed.notify_all()
        async for frame in socket:
            if frame.type == WSMsgType.ERROR:
                break
        self.sockets.pop(socket, None)
        return socket

    async def _get(self, request: web.Request) -> web.Response:
        name, query = request.match_info["name"], request.query
        if name == "state":
            return web.json_response(self._state(query.get("member") or ALICE))
        if name == "messages":
            return web.json_response(
                {"messages": self._messages(query["channel"], query.get("thread_ts"))}
            )
        if name == "browse":
            public = [c for c in self.data["channels"] if not c["is_im"] and not c["is_private"]]
            other = {
                **public[0],
                "id": "C0ELSE",
                "name": "warehouse",
                "is_member": False,
                "topic": {"value": "Picking and packing"},
            }
            return web.json_response({"channels": [*public, other]})
        return web.json_response({"view": self.data["homes"].get(query["app"])})

    def _state(self, member: str) -> Json:
        users = self.data["users"]
        me = next(user for user in users if user["id"] == member)
        return {**{k: v for k, v in self.data.items() if k not in ("messages", "homes")}, "me": me}

    def _messages(self, channel: str, thread_ts: str | None) -> list[Json]:
        everything: list[Json] = self.data["messages"].get(channel, [])
        if thread_ts:
            return [m for m in everything if thread_ts in (m["ts"], m.get("thread_ts"))]
        return [m for m in everything if m.get("thread_ts") in (None, m["ts"])]

    async def _post(self, request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.json()
        async with self._changed:
            self.posts.append((name, body))
            self._changed.notify_all()
        handler = getattr(self, f"_on_{name}", None)
        answer = await handler(body) if handler else {}
        return web.json_response({"ok": True, **answer})

    async def _on_send(self, body: Json) -> Json:
        text, channel = body["text"], body["channel"]
        if text.startswith("/conn declare"):
            await self.push({"type": "view_open", "view": declare_modal()}, to=body["member"])
        elif text.startswith("/conn"):
            words = {
                "text": "All 12 connections: *11 ok*, 1 failing",
                "ts": f"{time.time():.6f}",
                "user": "U0FIRSTLANE",
                "bot_id": "B0APP",
            }
            await self.push(
                {"type": "ephemeral", "channel": channel, "message": words}, to=body["member"]
            )
        elif text.startswith("/"):
            return {"ok": False, "error": f"{text.split()[0]} is not a command of this workspace."}
        else:
            thread = {"thread_ts": body["thread_ts"]} if body.get("thread_ts") else {}
            await self.say(channel, body["member"], text, **thread)
        return {}

    async def _on_action(self, body: Json) -> Json:
        await self.gate.wait()
        container, action = body["container"], body["action"]
        if action["action_id"] == "ack":
            message = next(
                m for m in self.data["messages"][container["channel"]] if m["ts"] == container["ts"]
            )
            message["blocks"] = incident_blocks(int(time.time()), acknowledged_by=body["member"])
            await self.push(
                {"type": "message_changed", "channel": container["channel"], "message": message}
            )
        if action["action_id"] in ("declare", "handover"):
            await self.push({"type": "view_open", "view": declare_modal()}, to=body["member"])
        return {}

    async def _on_view_submit(self, body: Json) -> Json:
        title = body["state"].get("title", {}).get("value", {}).get("value") or ""
        if "duplicate" in title:
            return {
                "response_action": "errors",
                "errors": {"title": "Incident 7 is already open for this."},
            }
        await self.push({"type": "view_close", "view_id": body["view_id"]}, to=body["member"])
        return {"response_action": None}

    async def _on_suggest(self, body: Json) -> Json:
        orders = ["SO-1001 Delft", "SO-1002 Gent", "SO-2001 Lille"]
        hits = [one for one in orders if body["value"].lower() in one.lower()]
        return {
            "options": [
                {"text": {"type": "plain_text", "text": one}, "value": one[:7]} for one in hits
            ]
        }

    async def _on_react(self, body: Json) -> Json:
        message = next(m for m in self.data["messages"][body["channel"]] if m["ts"] == body["ts"])
        rest = [r for r in message.get("reactions", []) if r["name"] != body["name"]]
        users = [
            u for r in message.get("reactions", []) if r["name"] == body["name"] for u in r["users"]
        ]
        users = (
            [*users, body["member"]] if body["add"] else [u for u in users if u != body["member"]]
        )
        message["reactions"] = (
            [*rest, {"name": body["name"], "users": users, "count": len(users)}] if users else rest
        )
        await self.push({"type": "message_changed", "channel": body["channel"], "message": message})
        return {}

    async def _on_open_dm(self, body: Json) -> Json:
        return {"channel": DM_APP if body["with"] == APP else "D0ERP"}

    async def _on_shortcut(self, body: Json) -> Json:
        if body["callback_id"] == "declare":
            await self.push({"type": "view_open", "view": declare_modal()}, to=body["member"])
        return {}


async def serve(port: int) -> None:
    front = Front()
    await front.start(port)
    front.behind = CannedServer(front.url)
    print(front.url, BOB)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8765))
