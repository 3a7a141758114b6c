"""Requests that are none. The library that reads them repeats their lines, in its answer and in the
log, and the address of a heartbeat is a secret: here they are told without a word of theirs."""

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler


class QuietRunner(web.AppRunner):
    """Runs an application; nothing of a request that cannot be read comes back or is logged."""

    async def _make_server(self) -> web.Server:  # the one place where its class is chosen
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            loop=made._loop,
            **made._kwargs,
        )


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Reader(self, loop=self._loop, **self._kwargs)


class _Reader(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, HttpProcessingError):
            message = _without_its_words(exc)
        return super().handle_error(request, status, exc, message)


def _without_its_words(error: HttpProcessingError) -> str:
    """What is wrong, which is all that the error says from now on."""
    long = isinstance(error, LineTooLong)
    said = "a line of the request is too long" if long else "this is no request that can be read"
    error.message, error.args = said, (said,)
    # Whatever it came from, and the frames that it went through, hold them too.
    error.__cause__ = error.__context__ = error.__traceback__ = None
    return said
