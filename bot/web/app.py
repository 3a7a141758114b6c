"""The aiohttp application, put together from what its caller hands in, with the registry behind
`/metrics`: whoever measures something adds it; nothing here measures.

`/healthz` says whether the process gets on with its work, `/readyz` whether everything that it
depends on works: what does not, since when, and what to do. JSON, or text for whoever asks for
`text/plain` (or `?text`).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import __version__
from bot.core.monitoring.vitals import Part
from bot.language.marks import cleaned
from bot.web.bodies import QuietRunner
from bot.web.pings import Clean, Mailbox, ping_routes

Parts = Callable[[], Sequence[Part]]


def web_app(
    *,
    mailbox: Mailbox,
    ready: Parts,
    metrics: CollectorRegistry,
    now: Callable[[], datetime],
    routes: Iterable[web.AbstractRouteDef] = (),
    alive: Parts = tuple,
    clean: Clean = cleaned,
) -> web.Application:
    """Build the application; whoever serves it owns its life.

    `ready` is each thing that must work, `alive` what of these the process itself is. `routes` are
    added to our own. `clean` takes secrets out of what pings say.
    """

    async def healthz(request: web.Request) -> web.Response:
        parts = alive()
        # A supervisor starts a process anew that is not healthy, and that mends no full disk.
        ours = [part for part in parts if not part.outside]
        status = "ok" if _fine(ours) else "stuck"
        head = {"status": status, "version": __version__}
        return _answer(request, head, parts, fine=_fine(ours))

    async def readyz(request: web.Request) -> web.Response:
        parts = ready()
        return _answer(request, {"ready": _fine(parts)}, parts, fine=_fine(parts))

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(metrics), headers={"content-type": CONTENT_TYPE_LATEST}
        )

    app = web.Application(middlewares=[_careful_headers])
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", show_metrics),
            *ping_routes(mailbox, now, clean),
            *routes,
        ]
    )
    return app


async def set_up(app: web.Application, *, shutdown_s: float) -> web.AppRunner:
    """A runner for the application, ready for its addresses. It unpacks no body: whoever reads one
    does, within bounds."""
    # No access log: addresses of heartbeats are secrets and would stand in it.
    runner = QuietRunner(app, access_log=None, shutdown_timeout=shutdown_s, auto_decompress=False)
    await runner.setup()
    return runner


def _fine(parts: Sequence[Part]) -> bool:
    return all(part.fine for part in parts)


def _answer(
    request: web.Request, head: dict[str, Any], parts: Sequence[Part], *, fine: bool
) -> web.Response:
    status = 200 if fine else 503
    if "text" in request.query or request.headers.get("Accept", "").startswith("text/plain"):
        return web.Response(status=status, text="".join(_line(part) for part in parts) or "ok\n")
    checks = {part.name: _said(part) for part in parts}
    body = {**head, "checks": checks, "parts": {part.name: _told(part) for part in parts}}
    return web.json_response(body, status=status)


def _said(part: Part) -> str:
    return part.wrong or (f"unknown: {part.unknown}" if part.unknown else "ok")


def _line(part: Part) -> str:
    if not part.wrong and not part.unknown:
        return f"{part.name}: ok\n"
    since = f" (since {part.since:%Y-%m-%d %H:%M:%S} UTC)" if part.since else ""
    return f"{part.name}: {_said(part)}{since}. {part.todo}\n"


def _told(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {"ok": None if part.unknown and not part.wrong else not part.wrong}
    if part.age_s is not None:
        told["age_seconds"] = round(part.age_s, 1)
    if part.wrong or part.unknown:
        since = part.since.isoformat(timespec="seconds") if part.since else None
        told |= {"what": part.wrong or part.unknown, "since": since, "todo": part.todo}
    return told


@web.middleware
async def _careful_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers.setdefault("cache-control", "no-store")
        response.headers.setdefault("x-content-type-options", "nosniff")
    return response


def registry(connections: Callable[[], int]) -> CollectorRegistry:
    """A fresh registry with the size of the estate in it."""
    made = CollectorRegistry()
    size = Gauge("firstlane_connections", "Connections in the catalogue.", registry=made)
    size.set_function(connections)
    return made
