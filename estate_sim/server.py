"""HTTP of the estate: status pages for the bot, a page of switches and a small API for people."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from typing import Any

from aiohttp import web

from estate_sim.failures import STORIES, Failure, Page, Scope
from estate_sim.world import UnknownSwitch, World

_HANG_SECONDS = 120.0
_FILES = {
    "": ("index.html", "text/html"),
    "style.css": ("style.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
_BROKEN_PAGE = """<!doctype html><title>500 Internal Server Error</title>
<h1>Internal Server Error</h1><p>NullReferenceException in StatusController.Get()</p>"""


def estate_app(
    world: World, *, clock: Callable[[], datetime], pace: float, slack_url: str
) -> web.Application:
    """The application; `slack_url` is linked from the page when it is not empty."""
    api = _Api(world, clock=clock, pace=pace, slack_url=slack_url)
    app = web.Application()
    app.add_routes(
        [
            web.get("/connectors/{id}/status", api.connector),
            web.get("/systems/{id}/status", api.system),
            web.get("/api/state", api.state),
            web.post("/api/failures", api.switch),
            web.post("/api/reset", api.reset),
            web.get("/{name:|style\\.css|page\\.js|icon\\.svg}", _static),
        ]
    )
    app.on_shutdown.append(api.let_go)
    return app


async def _static(request: web.Request) -> web.Response:
    name, kind = _FILES[request.match_info["name"]]
    content = files("estate_sim").joinpath("page", name).read_bytes()
    return web.Response(
        body=content, content_type=kind, charset="utf-8", headers={"cache-control": "no-cache"}
    )


class _Api:
    def __init__(
        self, world: World, *, clock: Callable[[], datetime], pace: float, slack_url: str
    ) -> None:
        self._world, self._clock = world, clock
        self._pace, self._slack_url = pace, slack_url
        self._closing = asyncio.Event()

    async def let_go(self, _: web.Application) -> None:
        """Release the status pages that are pretending to hang."""
        self._closing.set()

    async def connector(self, request: web.Request) -> web.Response:
        connection = request.match_info["id"]
        if connection not in self._world.connections:
            return _problem(404, f"there is no connection {connection!r}")
        effects, content = self._world.connector(connection, self._clock())
        if effects.delay:
            await self._pause(effects.delay)
        if effects.page is Page.HANGING:
            await self._pause(_HANG_SECONDS)
        if effects.page is Page.BROKEN:
            return web.Response(status=500, text=_BROKEN_PAGE, content_type="text/html")
        if effects.page is Page.FORBIDDEN:
            return _problem(401, "invalid_token")
        return web.json_response(content)

    async def system(self, request: web.Request) -> web.Response:
        content = self._world.system(request.match_info["id"])
        if content is None:
            return _problem(404, "no connection touches such a system")
        down = content["status"] == "down"
        return web.json_response(content, status=503 if down else 200)

    async def state(self, _: web.Request) -> web.Response:
        now = self._clock()
        return web.json_response(
            {
                "now": now.isoformat(),
                "pace": self._pace,
                "slack_url": self._slack_url,
                "connections": [self._card(id, now) for id in self._world.connections],
                "failures": [self._story(failure) for failure in Failure],
            }
        )

    async def switch(self, request: web.Request) -> web.Response:
        try:
            asked = await request.json()
            failure, on = Failure(asked["failure"]), asked["on"]
            if not isinstance(on, bool):
                raise TypeError
            self._world.switch(failure, asked.get("connection"), on, self._clock())
        except UnknownSwitch as error:
            return _problem(400, str(error))
        except (ValueError, KeyError, TypeError, AttributeError):
            wanted = '{"failure": one of the known ones, "connection": id or null, "on": true}'
            return _problem(400, f"expected {wanted}")
        return web.json_response({"ok": True})

    async def reset(self, _: web.Request) -> web.Response:
        self._world.reset(self._clock())
        return web.json_response({"ok": True})

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    def _card(self, id: str, now: datetime) -> dict[str, Any]:
        one, stream = self._world.connections[id], self._world.streams[id]
        _, content = self._world.connector(id, now)
        return {
            "id": id,
            "name": one.name,
            "source": one.source_name or one.source,
            "target": one.target_name or one.target,
            "both_ways": one.both_ways,
            "noun": stream.profile.noun,
            "health": self._world.health(id, now),
            "failures": [failure.value for failure in self._world.active(id)],
            "history": list(stream.history),
            **content,
        }

    def _story(self, failure: Failure) -> dict[str, Any]:
        story, members = STORIES[failure], self._world.members(failure)
        return {
            "id": failure.value,
            "title": story.title,
            "tells": story.tells,
            "shows": story.shows,
            "shared": story.scope is not Scope.CONNECTION,
            "members": members,
            "example": story.example if story.example in members else next(iter(members), None),
            "on": [one for one in members if self._world.is_on(failure, one)],
        }


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
