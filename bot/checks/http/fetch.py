"""One HTTP exchange within bounds: size of the answer, number of redirects, where they may lead.

A redirect is an instruction from the far end, so it is followed only on the same origin or to
a public address, the one that was looked up, and off the origin it carries none of our headers.
Cookies live as long as the exchange: one that was kept could speak for another check's login.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from bot.checks.checked_address import public
from bot.checks.clients import Clients, Identity
from bot.checks.http.encodings import LARGEST_BODY, TooLarge, decoded
from bot.checks.own_pace import answered
from bot.checks.setting_types import origin_of
from bot.language.headers import header_mistake

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Unacceptable(Exception):
    """The far end answered in a way we refuse to take; the text says which, without secrets."""


class Unsendable(Exception):
    """Our own request cannot be made, so nobody was asked; the text says which part of it is
    wrong, without its value."""


# What `fetch` raises where an answer was asked for and none came that is taken.
EXCHANGE_FAILED = (httpx.HTTPError, httpx.InvalidURL, OSError, Unacceptable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What to send. `seconds` bounds each step (connect, read, write), not the whole."""

    method: str
    url: httpx.URL
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    login: tuple[str, str] | None = None

    def at(self, url: httpx.URL) -> "Call":
        """The same call to another address of the same origin."""
        return replace(self, url=url)

    def with_params(self, params: Mapping[str, str]) -> "Call":
        """The same call with these query parameters set."""
        return replace(self, url=self.url.copy_merge_params(params))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """The final response. `body` is decoded from its content encoding."""

    status: int
    reason: str
    headers: httpx.Headers
    charset: str
    body: bytes

    def text(self) -> str:
        """The body as text; what does not fit its charset is replaced, never an error."""
        try:
            text = self.body.decode(self.charset, errors="replace")
        except (LookupError, ValueError):  # the far end names a charset that does not exist
            text = self.body.decode("utf-8", errors="replace")
        return text.removeprefix("\ufeff")


async def fetch(
    clients: Clients,
    origin: str,
    call: Call,
    *,
    redirects: int,
    identity: Identity | None = None,
) -> HttpAnswer:
    """Send `call` with the client of `origin`, showing `identity` to it. Raises httpx.HTTPError
    or OSError when there is no answer, `Unacceptable` when there is one that breaks the bounds,
    `Unsendable` when nothing could be sent."""
    client, cookies = clients.of(origin, identity), httpx.Cookies()
    async with AsyncExitStack() as stack:
        for _ in range(redirects + 1):
            target, answer = await _exchange(client, call, cookies)
            if target is None:
                return answer
            if call.method != "GET":
                # Most clients turn a redirected POST into a GET, and a question sent twice may
                # count twice.
                raise Unacceptable(f"answers with a redirect to {target.host}; a POST follows none")
            if not same_origin(target, call.url):
                addresses = await _public_addresses(clients, target)
                client = await stack.enter_async_context(clients.passing(addresses))
                # Whoever can answer for this origin must not be able to collect its login
                # elsewhere.
                call, cookies = replace(call, headers={}, login=None), httpx.Cookies()
            # httpx would log in with a name that stands in an address, here one that the far end
            # chose.
            call = replace(call, url=target.copy_with(username=None, password=None))
    raise Unacceptable(f"redirects more than {redirects} times")


async def _exchange(
    client: httpx.AsyncClient, call: Call, cookies: httpx.Cookies
) -> tuple[httpx.URL | None, HttpAnswer]:
    """(where it redirects to or None, the answer). `cookies` gets those of the answer."""
    response = await _sent(client, call, cookies)
    # Noted before the body is read: whoever sent a head was there, even if the rest never comes.
    answered()
    try:
        cookies.extract_cookies(response)
        target = None
        if response.status_code in _REDIRECTS and "location" in response.headers:
            target = _target(call.url, response.headers["location"])
        answer = HttpAnswer(
            status=response.status_code,
            reason=response.reason_phrase,
            headers=response.headers,
            charset=response.charset_encoding or "utf-8",
            body=b"" if target else await _body(response),
        )
        return target, answer
    finally:
        await response.aclose()


async def _sent(client: httpx.AsyncClient, call: Call, cookies: httpx.Cookies) -> httpx.Response:
    wrong = next(filter(None, (header_mistake(*header) for header in call.headers.items())), "")
    if wrong:
        raise Unsendable(wrong)
    try:
        request = client.build_request(
            call.method,
            call.url,
            headers=call.headers,
            json=call.json,
            content=call.content,
            cookies=cookies,
            timeout=call.seconds,
        )
        login = httpx.BasicAuth(*call.login) if call.login else httpx.USE_CLIENT_DEFAULT
        return await client.send(request, auth=login, stream=True)
    except OSError:  # a bad certificate is a ValueError besides
        raise
    except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, ValueError, TypeError) as error:
        what = f"its address, login or body ({type(error).__name__})"
        raise Unsendable(f"{what} cannot be sent as it is") from None


def _target(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise Unacceptable("redirects to something that is not a web address") from None


async def _body(response: httpx.Response) -> bytes:
    raw = bytearray()
    async for chunk in response.aiter_raw():
        raw += chunk
        # The raw bytes are bounded as well, or an answer without an end would fill the memory.
        if len(raw) > LARGEST_BODY:
            raise Unacceptable("the answer is larger than 2 MB")
    try:
        return decoded(bytes(raw), response.headers.get("content-encoding", ""))
    except TooLarge:
        raise Unacceptable("the answer is larger than 2 MB") from None
    except ValueError as error:
        raise Unacceptable(str(error)) from None


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses share scheme, host and port."""
    return origin_of(str(one)) == origin_of(str(other))


async def _public_addresses(clients: Clients, url: httpx.URL) -> tuple[str, ...]:
    if url.scheme not in ("http", "https") or not url.host:
        raise Unacceptable("redirects to something that is not a web address")
    addresses = await clients.lookup(url.host, url.port or 443)
    if not public(addresses):
        raise Unacceptable(f"redirects to {url.host}, which is not a public address; not followed")
    return addresses
