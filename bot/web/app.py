"""The aiohttp application, put together from what its caller hands in.

`/healthz` says that the process lives, `/readyz` whether it can do its work and why not.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import __version__
from bot.web.pings import TakePing, ping_routes

Ready = Callable[[], Mapping[str, str | bool]]


def web_app(
    *,
    ping: TakePing,
    ready: Ready,
    metrics: CollectorRegistry,
    now: Callable[[], datetime],
    routes: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """Build the application; whoever serves it owns its life.

    `ready` names each thing that must work: True means it does, False that it does not, and a
    text says why it does not. `routes` are added to our own.
    """

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "version": __version__})

    async def readyz(_: web.Request) -> web.Response:
        checks = {name: _reason(value) for name, value in ready().items()}
        fine = all(value == "ok" for value in checks.values())
        body = {"ready": fine, "checks": checks}
        return web.json_response(body, status=200 if fine else 503)

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
            *ping_routes(ping, now),
            *routes,
        ]
    )
    return app


def _reason(value: str | bool) -> str:
    if isinstance(value, str):
        return value or "not ready"
    return "ok" if value else "not ready"


@web.middleware
async def _careful_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers.setdefault("cache-control", "no-store")
        response.headers.setdefault("x-content-type-options", "nosniff")
    return response
