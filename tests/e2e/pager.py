"""A service that takes pages over HTTP, as Apprise's json:// sends them."""

import asyncio
from typing import Any, Self

from aiohttp import web


class Pager:
    """`url` is its Apprise address; `pages` is what arrived, oldest first."""

    def __init__(self) -> None:
        self.url = ""
        self.pages: list[dict[str, Any]] = []
        self.status = 200
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{tail:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"json://127.0.0.1:{self._runner.addresses[0][1]}/{{person}}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def gets(self, words: str) -> dict[str, Any]:
        """The first page with these words, once it is there."""
        while True:
            found = next((page for page in self.pages if words in str(page)), None)
            if found is not None:
                return found
            self._news.clear()
            await self._news.wait()

    async def _take(self, request: web.Request) -> web.Response:
        if self.status == 200:
            self.pages.append({**await request.json(), "to": request.match_info["tail"]})
        self._news.set()
        return web.Response(status=self.status)
