"""A proxy between the bot and Slack that lets calls through and, on demand, keeps the answer or
gives another one in its place."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from slack_standin.server import Standin

_PASSED_ON = ("Content-Type", "Authorization", "Retry-After")


@dataclass(frozen=True, slots=True, kw_only=True)
class Junk:
    """What somebody between us and Slack answers in Slack's place."""

    status: int = 200
    kind: str | None = "text/html"
    body: bytes = b"<html><body>Sign in to the network</body></html>"
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        headers = dict(self.headers)
        if self.kind is not None:
            headers["Content-Type"] = self.kind
        return web.Response(status=self.status, body=self.body, headers=headers)


class SlackProxy:
    """`api_url` leads to the Web API of the stand-in behind it."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self._lost: Counter[str] = Counter()
        self._held: dict[str, asyncio.Event] = {}
        self._came: dict[str, asyncio.Event] = {}
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.api_url = ""
        self._junk: dict[str, tuple[Junk, int, bool]] = {}
        self.spoilt: Counter[str] = Counter()  # calls that got junk for an answer
        self.shut = False  # nothing gets through, as when Slack or the way to it is down

    def loses(self, method: str, *, calls: int) -> None:
        """Slack does what the next `calls` calls ask for, and the answers never arrive."""
        self._lost[method] = calls

    def holds(self, method: str) -> asyncio.Event:
        """Calls of this method wait at the proxy until the event is set."""
        self._held[method], self._came[method] = asyncio.Event(), asyncio.Event()
        return self._held[method]

    async def waits(self, method: str) -> None:
        """Return once a call of this method waits at the proxy."""
        await self._came[method].wait()

    def spoils(self, method: str, junk: Junk, *, calls: int, done: bool = True) -> None:
        """The next `calls` calls of a method (`*` = any) get `junk` for an answer; Slack does what
        they ask for when `done`, else never hears of them."""
        self._junk[method] = (junk, calls, done)

    def clear(self) -> None:
        """No more junk."""
        self._junk.clear()

    def _spoilt(self, method: str) -> tuple[Junk, bool] | None:
        for key in (method, "*"):
            junk, calls, done = self._junk.get(key, (Junk(), 0, False))
            if calls:
                self._junk[key] = (junk, calls - 1, done)
                self.spoilt[method] += 1
                return junk, done
        return None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._pass)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.api_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.Response:
        assert self._session is not None
        method = request.match_info["method"]
        if self.shut:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=503)
        if method in self._held:
            self._came[method].set()
            await self._held[method].wait()
        spoilt = self._spoilt(method)
        if spoilt and not spoilt[1]:
            return spoilt[0].response()
        async with self._session.request(
            request.method,
            f"{self._standin.api_url}{method}",
            params=request.query,
            data=await request.read(),
            headers=_kept(request.headers),
        ) as answer:
            content = await answer.read()
        if spoilt:
            return spoilt[0].response()
        if self._lost[method] > 0:
            self._lost[method] -= 1
            assert request.transport is not None
            request.transport.close()
        return web.Response(body=content, status=answer.status, headers=_kept(answer.headers))


def _kept(headers: "aiohttp.typedefs.LooseHeaders") -> dict[str, str]:
    return {name: value for name, value in dict(headers).items() if name in _PASSED_ON}
