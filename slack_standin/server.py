"""The running stand-in: one HTTP server with the Web API, Socket Mode, browser and control parts.

`async with Standin() as slack:` serves until the block ends.
"""

import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from slack_standin.acts.call_log import CallLog, LoggedCall
from slack_standin.acts.deliver_to_apps import Courier
from slack_standin.acts.links import Links
from slack_standin.acts.manifest_rules import ManifestRefused
from slack_standin.acts.seed import Member, Tokens, found_app, found_workspace
from slack_standin.acts.services import Services
from slack_standin.browser import Browser
from slack_standin.control import Control, set_request_url
from slack_standin.state.clock import Clock, Timing
from slack_standin.state.entities import App
from slack_standin.state.faults import Faults
from slack_standin.state.limits import LimitSettings, RateLimiter
from slack_standin.state.storage import Storage
from slack_standin.state.tickets import Tickets
from slack_standin.state.workspace import Change, Workspace
from slack_standin.transports.http_mode import HttpSender
from slack_standin.transports.socket_mode import SocketHub
from slack_standin.webapi.api import WebApi

__all__ = ["Member", "Standin", "Tokens"]

_MAX_BODY = 64 * 1024 * 1024
DEFAULT_MEMBERS = (
    Member(name="alice", real_name="Alice"),
    Member(name="bob", real_name="Bob"),
    Member(name="charlie", real_name="Charlie"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    members: Sequence[Member]
    manifest: Mapping[str, object] | None
    channels: Sequence[str]
    tokens: Tokens | None
    state: Path | None


@web.middleware
async def _same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse pages of other sites: the stand-in has no passwords, only its own pages may act."""
    origin = request.headers.get("Origin")
    guarded = request.path.startswith(("/ui/", "/control/"))
    if guarded and origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="another site may not act here")
    return await handler(request)


def _reachable(host: str) -> str:
    """The address for links to a server that listens on `host`."""
    try:
        everywhere = ip_address(host).is_unspecified
    except ValueError:
        return host
    return "127.0.0.1" if everywhere else host


class Standin:
    """A local Slack workspace with one installed app. More apps come with `install`.

    `state` is the SQLite file the workspace lives in (None: memory only). Entering raises
    OSError when the port is in use and ManifestRefused for a manifest Slack would not take.
    """

    def __init__(
        self,
        *,
        members: Sequence[Member] = DEFAULT_MEMBERS,
        manifest: Mapping[str, object] | None = None,
        channels: Sequence[str] = (),
        state: Path | None = None,
        log_calls: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: LimitSettings | None = None,
        timing: Timing | None = None,
        tokens: Tokens | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._plan = _Plan(
            members=members, manifest=manifest, channels=channels, tokens=tokens, state=state
        )
        self._host = host
        self._port = port
        self._log_calls = log_calls
        self._clock = clock or Clock()
        self._timing = timing or Timing()
        self._limits = limits or LimitSettings()
        self._runner: web.AppRunner | None = None
        self._services: Services | None = None
        self._browser: Browser | None = None
        self.app: App | None = None

    @property
    def services(self) -> Services:
        """The parts behind the server; only between entering and leaving."""
        assert self._services is not None, "the stand-in is not running"
        return self._services

    @property
    def workspace(self) -> Workspace:
        return self.services.workspace

    @property
    def faults(self) -> Faults:
        return self.services.faults

    @property
    def calls(self) -> tuple[LoggedCall, ...]:
        """The Web API calls so far, oldest first."""
        return tuple(self.services.log.calls)

    @property
    def url(self) -> str:
        """`http://HOST:PORT`, without a slash at the end."""
        return self.services.origin

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self._first.bot_token

    @property
    def app_token(self) -> str:
        return self._first.app_token

    @property
    def signing_secret(self) -> str:
        return self._first.signing_secret

    @property
    def _first(self) -> App:
        assert self.app is not None, "the stand-in is not running"
        return self.app

    def install(self, manifest: Mapping[str, object], *, tokens: Tokens | None = None) -> App:
        """Install a further app into the workspace."""
        app = found_app(self.workspace, manifest, tokens=tokens)
        self.workspace.flush()
        return app

    async def set_request_url(self, url: str) -> bool:
        """Switch the first app to HTTP mode with this URL; False if its challenge fails."""
        return await set_request_url(self.services, self._first, url)

    async def __aenter__(self) -> Self:
        services = self._build()
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[_same_origin])
        self._browser = Browser(services)
        api = WebApi(services)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link/", services.courier.hub.link)
        app.add_routes(Control(services, self._reset).routes())
        app.add_routes(Links(services).routes())
        app.add_routes(self._browser.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await self._listen(services)
        except OSError:
            await self._stop()
            raise
        services.courier.resume()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _listen(self, services: Services) -> None:
        assert self._runner is not None
        site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True)
        await site.start()
        if not self._runner.addresses:
            raise OSError(errno.EADDRNOTAVAIL, "no address to listen on")
        port = self._runner.addresses[0][1]
        services.origin = f"http://{_reachable(self._host)}:{port}"

    async def _stop(self) -> None:
        if self._browser is not None:
            await self._browser.close()
        await self.services.courier.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.services.log.close()
        self.workspace.close()

    def _build(self) -> Services:
        workspace = Workspace(storage=Storage(self._plan.state), clock=self._clock)
        try:
            self._found(workspace)
        except ManifestRefused:
            workspace.close()
            raise
        faults = Faults()
        tickets = Tickets(clock=self._clock, timing=self._timing)
        hub = SocketHub(tickets=tickets, timing=self._timing, faults=faults)
        courier = Courier(
            workspace=workspace,
            hub=hub,
            http=HttpSender(clock=self._clock),
            timing=self._timing,
            faults=faults,
        )
        self._services = Services(
            workspace=workspace,
            clock=self._clock,
            timing=self._timing,
            tickets=tickets,
            faults=faults,
            limiter=RateLimiter(replace(self._limits)),
            log=CallLog(self._log_calls),
            courier=courier,
        )
        return self._services

    def _found(self, workspace: Workspace) -> None:
        plan = self._plan
        found_workspace(workspace, members=plan.members, channels=plan.channels)
        self.app = found_app(workspace, plan.manifest, tokens=plan.tokens)
        workspace.flush()

    async def _reset(self) -> None:
        """Back to the first day: everything said and created is gone, tokens stay."""
        workspace = self.workspace
        workspace.empty()
        self.services.limiter.forget()
        self.services.log.calls.clear()
        self._found(workspace)
        workspace.publish(Change(type="reload"))
