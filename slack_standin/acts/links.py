"""Addresses the stand-in hands out: response URLs, uploads, files, links to messages."""

import base64
import mimetypes

from aiohttp import web

from slack_standin.acts.app_answers import handle_response_url
from slack_standin.acts.services import Services
from slack_standin.state.refusal import Refusal
from slack_standin.webapi.methods.files import receive

# A file is shown or saved, but never runs as a page of this origin.
_FILE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


class Links:
    """Handlers for `/hooks`, `/upload`, `/files-pri` and `/archives`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/hooks/{kind}/{key}", self._response_url),
            web.post("/upload/v1/{file}", self._upload),
            web.get("/files-pri/{file}", self._file),
            web.get("/files-pri/{file}/{name}", self._file),
            web.get("/archives/{place:.+}", self._message),
        ]

    async def _response_url(self, request: web.Request) -> web.Response:
        return await handle_response_url(self._services, request)

    async def _upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        try:
            text = receive(self._services, request.match_info["file"], content)
        except Refusal as refusal:
            return web.Response(status=refusal.status, text=refusal.error)
        self._services.workspace.flush()
        return web.Response(text=text)

    async def _file(self, request: web.Request) -> web.Response:
        file = self._services.workspace.files.get(request.match_info["file"])
        if file is None or file.deleted:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        body = base64.b64decode(file.data)
        return web.Response(body=body, content_type=kind, headers=_FILE_HEADERS)

    async def _message(self, request: web.Request) -> web.Response:
        """A permalink opened from outside leads to the same place in the browser pages."""
        query = f"?{request.query_string}" if request.query_string else ""
        raise web.HTTPFound(f"/#/archives/{request.match_info['place']}{query}")
