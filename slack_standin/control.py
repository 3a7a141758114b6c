"""`/control/...`: how a test orders trouble, moves the clock and looks behind the scenes.

POST bodies are JSON objects; every answer is `{"ok": true, ...}` or `{"ok": false, "error": ...}`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from aiohttp import web

from slack_standin.acts import channels as rooms
from slack_standin.acts.member_actions import perform
from slack_standin.acts.seed import Member, found_workspace
from slack_standin.acts.services import Services
from slack_standin.state.entities import App, Channel, User, UserGroup
from slack_standin.state.ids import ident
from slack_standin.state.refusal import Json
from slack_standin.state.shapes import user_shape
from slack_standin.transports.socket_mode import NoAnswer

_COUNTERS = (
    "deliver_twice",
    "drop_acks",
    "hold_events",
    "refuse_connections_open",
    "refuse_handshakes",
)

Order = Callable[[Services, Json], Awaitable[Json]]


def app_named(services: Services, body: Json) -> App:
    """The app the body names by id or name; the first one if it names none."""
    wanted = body.get("app")
    for app in services.workspace.apps.values():
        if wanted in (None, app.id, app.name):
            return app
    raise KeyError(f"app {wanted}")


def _user(services: Services, body: Json) -> User:
    wanted = str(body["user"])
    user = services.workspace.users.get(wanted) or services.workspace.user_named(wanted)
    if user is None:
        raise KeyError(f"user {wanted}")
    return user


def _channel(services: Services, body: Json) -> Channel:
    ws, wanted = services.workspace, str(body["channel"])
    channel = ws.channels.get(wanted) or ws.channel_named(wanted)
    if channel is None:
        raise KeyError(f"channel {wanted}")
    return channel


async def _fault(services: Services, body: Json) -> Json:
    """Set knobs: counters by name, plans per method. See `Faults`."""
    faults = services.faults
    method, calls = str(body.get("method", "*")), int(body.get("calls", 1))
    match body["kind"]:
        case "rate_limit":
            faults.limit(method, calls=calls, retry_after=int(body.get("retry_after", 1)))
        case "status":
            faults.fail(method, calls=calls, status=int(body.get("status", 500)))
        case "error":
            faults.refuse(method, calls=calls, error=str(body["error"]))
        case "delay":
            faults.slow(method, calls=calls, seconds=float(body["seconds"]))
        case "unknown_methods":
            faults.unknown_methods = set(body["methods"])
        case "late_acks":
            faults.late_acks, faults.late_ack_seconds = calls, float(body["seconds"])
        case knob if knob in _COUNTERS:
            setattr(faults, knob, calls)
        case other:
            raise KeyError(f"fault {other}")
    return {}


async def _cut(services: Services, body: Json) -> Json:
    return {"closed": services.courier.hub.cut(app_named(services, body).id)}


async def _stall(services: Services, body: Json) -> Json:
    services.courier.hub.stall(app_named(services, body).id)
    return {}


async def _refresh(services: Services, body: Json) -> Json:
    services.courier.spawn(services.courier.hub.refresh(app_named(services, body).id))
    return {}


async def _disable(services: Services, body: Json) -> Json:
    app = app_named(services, body)
    app.socket_mode = bool(body.get("enabled", False))
    services.workspace.save(app)
    if not app.socket_mode:
        await services.courier.hub.disable(app.id)
    return {}


async def _deactivate(services: Services, body: Json) -> Json:
    rooms.deactivate(services.workspace, _user(services, body))
    return {}


async def _archive(services: Services, body: Json) -> Json:
    archived = bool(body.get("archived", True))
    by = str(body.get("by", ""))
    rooms.set_archived(services.workspace, _channel(services, body), archived, by=by)
    return {}


async def _user_settings(services: Services, body: Json) -> Json:
    """Set `presence`, `dnd_until`, `title`, `tz` of a member."""
    user = _user(services, body)
    for name in ("presence", "dnd_until", "title", "tz", "real_name"):
        if name in body:
            setattr(user, name, body[name])
    rooms.user_changed(services.workspace, user)
    return {}


async def _revoke(services: Services, body: Json) -> Json:
    """Uninstall the app: it hears about it, then its tokens are refused."""
    app = app_named(services, body)
    tokens = {"oauth": [], "bot": [app.bot_user]}
    services.workspace.emit({"type": "tokens_revoked", "tokens": tokens}, app_id=app.id)
    services.workspace.emit({"type": "app_uninstalled"}, app_id=app.id)
    app.revoked = True
    services.workspace.save(app)
    return {}


async def _shift(services: Services, body: Json) -> Json:
    services.clock.shift(float(body["seconds"]))
    return {"now": services.clock.now().isoformat()}


async def _limits(services: Services, body: Json) -> Json:
    settings = asdict(services.limiter.settings) | {k: v for k, v in body.items() if k != "app"}
    services.limiter.settings = type(services.limiter.settings)(**settings)
    services.limiter.forget()
    return {}


async def _request_url(services: Services, body: Json) -> Json:
    """Switch the app to HTTP mode with this URL; Slack verifies it first."""
    return {
        "verified": await set_request_url(services, app_named(services, body), str(body["url"]))
    }


async def _ssl_check(services: Services, body: Json) -> Json:
    """Slack's probe of the certificate: a form with `ssl_check=1` that wants a 200."""
    app = app_named(services, body)
    try:
        await services.courier.http.send_form(
            app, app.request_url, {"ssl_check": "1", "token": "verification"}, timeout=3.0
        )
    except NoAnswer:
        return {"answered": False}
    return {"answered": True}


async def _add_member(services: Services, body: Json) -> Json:
    """Somebody new joins the workspace: `name`, `real_name` and what else a Member has."""
    ws = services.workspace
    known = set(ws.users)
    found_workspace(ws, members=[Member(**body)], channels=())
    new = next(user for user_id, user in ws.users.items() if user_id not in known)
    ws.emit({"type": "team_join", "user": user_shape(ws, new)})
    rooms.user_changed(ws, new)
    return {"user": new.id}


async def _usergroup(services: Services, body: Json) -> Json:
    """Create or change the user group `handle` with these `users` (ids or names)."""
    ws, handle = services.workspace, str(body["handle"])
    group = UserGroup(
        id=ident("S", handle),
        handle=handle,
        name=str(body.get("name", handle)),
        users=[_user(services, {"user": each}).id for each in body.get("users", ())],
        disabled=bool(body.get("disabled", False)),
    )
    ws.save(group)
    event = {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": ws.team.id}
    ws.emit({**event, "users_count": len(group.users)})
    return {"usergroup": group.id}


async def set_request_url(services: Services, app: App, url: str) -> bool:
    """Verify the URL and switch the app to HTTP mode; False (and no change) if it fails."""
    if not await services.courier.http.verify(app, url):
        return False
    app.request_url, app.socket_mode = url, False
    services.workspace.save(app)
    return True


ORDERS: Mapping[str, Order] = {
    "add_member": _add_member,
    "archive": _archive,
    "clock": _shift,
    "cut": _cut,
    "deactivate": _deactivate,
    "fault": _fault,
    "limits": _limits,
    "refresh": _refresh,
    "request_url": _request_url,
    "revoke": _revoke,
    "socket_mode": _disable,
    "ssl_check": _ssl_check,
    "stall": _stall,
    "user": _user_settings,
    "usergroup": _usergroup,
}


class Control:
    """Handlers for `/control/...`."""

    def __init__(self, services: Services, reset: Callable[[], Awaitable[None]]) -> None:
        self._services = services
        self._reset = reset

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/calls", self._calls),
            web.get("/control/state", self._state),
            web.post("/control/reset", self._forget),
            web.post("/control/act/{deed}", self._act),
            web.post("/control/{order}", self._order),
        ]

    async def _calls(self, request: web.Request) -> web.Response:
        method = request.query.get("method")
        log = self._services.log
        calls = log.of(method) if method else list(log.calls)
        return web.json_response({"ok": True, "calls": [asdict(call) for call in calls]})

    async def _state(self, request: web.Request) -> web.Response:
        ws = self._services.workspace
        courier = self._services.courier
        apps = [
            {
                "id": app.id,
                "name": app.name,
                "sockets": len(courier.hub.sockets(app.id)),
                "socket_mode": app.socket_mode,
            }
            for app in ws.apps.values()
        ]
        users = {user.name: user.id for user in ws.users.values()}
        channels = {channel.name: channel.id for channel in ws.channels.values()}
        body = {"apps": apps, "users": users, "channels": channels, "underway": courier.underway}
        return web.json_response({"ok": True, **body})

    async def _forget(self, request: web.Request) -> web.Response:
        await self._reset()
        return web.json_response({"ok": True})

    async def _act(self, request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response(await perform(self._services, request.match_info["deed"], body))

    async def _order(self, request: web.Request) -> web.Response:
        order = ORDERS.get(request.match_info["order"])
        if order is None:
            raise web.HTTPNotFound
        body = await request.json() if request.can_read_body else {}
        try:
            answer = await order(self._services, body)
        except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
            return web.json_response({"ok": False, "error": str(problem)}, status=400)
        self._services.workspace.flush()
        return web.json_response({"ok": True, **answer})
