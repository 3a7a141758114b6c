"""The Web API endpoint: who calls, may they, how often, with what; then the method itself.

HTTP 200 with `ok: false` for refusals, 429 for rate limits; saved to disk before the answer.
"""

import asyncio
from datetime import UTC

from aiohttp import web

from slack_standin.acts.call_log import LoggedCall, redacted
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.services import Call, Services
from slack_standin.state.entities import App
from slack_standin.state.refusal import Json, Refusal
from slack_standin.webapi.arguments import RawCall, coerce, read_request
from slack_standin.webapi.method_table import MethodSpec, method_table
from slack_standin.webapi.methods import HANDLERS

_NOBODY = App(
    id="",
    name="",
    bot_user="",
    bot_id="",
    bot_token="",
    app_token="",
    signing_secret="",
    manifest={},
)


class WebApi:
    """Serves `/api/<method>`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        services = self._services
        await asyncio.sleep(services.faults.delay_of(method))
        raw: RawCall | None = None
        headers: dict[str, str] = {}
        status = 200
        try:
            raw = await read_request(request)
            body = {"ok": True, **self._call(method, raw, headers)}
            if raw.charset_missing:
                _warn(body, "missing_charset")
        except Refusal as refusal:
            body, status = refusal.body(), refusal.status
            headers.update(refusal.headers)
        services.workspace.flush()
        self._log(method, raw, body, status)
        return web.json_response(body, status=status, headers=headers)

    def _call(self, method: str, raw: RawCall, headers: dict[str, str]) -> Json:
        services = self._services
        spec = method_table().get(method)
        handler = HANDLERS.get(method)
        if spec is None or handler is None:
            raise Refusal("unknown_method", extra={"req_method": method})
        services.faults.check(method)
        app = self._caller(spec, raw)
        services.limiter.call(
            app.id, method, per_minute=spec.per_minute, now=services.clock.seconds()
        )
        scopes = read_manifest(app.manifest).scopes if app is not _NOBODY else frozenset[str]()
        if spec.bearer == "bot":
            headers["x-oauth-scopes"] = ",".join(sorted(scopes))
            headers["x-accepted-oauth-scopes"] = ",".join(spec.scopes)
        call = Call(services=services, app=app, method=method, args={}, scopes=scopes)
        if spec.scopes:
            call.need(*spec.scopes)
        # api.test echoes whatever it was sent.
        args = dict(raw.args) if method == "api.test" else coerce(spec, raw.args)
        return handler(Call(services=services, app=app, method=method, args=args, scopes=scopes))

    def _caller(self, spec: MethodSpec, raw: RawCall) -> App:
        if spec.bearer == "none":
            return _NOBODY
        token = raw.header_token if spec.bearer == "app" else raw.token
        if not token:
            raise Refusal("not_authed")
        for app in self._services.workspace.apps.values():
            right, wrong = app.bot_token, app.app_token
            if spec.bearer == "app":
                right, wrong = wrong, right
            if token == right:
                if app.revoked:
                    raise Refusal("token_revoked")
                return app
            if token == wrong:
                raise Refusal("not_allowed_token_type")
        raise Refusal("invalid_auth")

    def _log(self, method: str, raw: RawCall | None, body: Json, status: int) -> None:
        now = self._services.clock.now().astimezone(UTC)
        self._services.log.add(
            LoggedCall(
                ts=now.isoformat(timespec="milliseconds"),
                method=method,
                args=redacted(raw.args) if raw is not None else {},
                ok=bool(body["ok"]),
                error=body.get("error"),
                status=status,
            )
        )


def _warn(body: Json, warning: str) -> None:
    known = str(body.get("warning", ""))
    body["warning"] = ",".join(filter(None, (known, warning)))
    metadata = body.setdefault("response_metadata", {})
    metadata["warnings"] = [*metadata.get("warnings", []), warning]
