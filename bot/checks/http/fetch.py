"""One HTTP exchange within bounds: size of the answer, number of redirects and pages, where they
lead.

A redirect is an instruction from the far end, so it is followed only on the same origin or to a
public address, the one that was looked up, and off the origin it carries none of our headers.
Cookies live as long as the exchange: one that was kept could speak for another check's login.

An answer that comes in pages is joined to one, bounded by `most` pages and by the size of all
together. A next page on another origin is refused, since it would get our login.

What `Content-Encoding` says was done to a body is undone within the same bounds. Servers name plain
bodies in many ways, send deflate without its header and gzip in several members. A stream that ends
too early, or something that follows it, is not taken for whole.
"""

import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from bot.checks.clients import Clients, Identity, public
from bot.checks.http.document import Document, JsonDocument
from bot.checks.http.value_paths import Pages
from bot.checks.own_pace import answered
from bot.checks.setting_types import origin_of
from bot.language.headers import header_mistake

LARGEST_BODY = 2 * 1024 * 1024
_MOST_MEMBERS = 1000
_MOST_LAYERS = 3
_PLAIN = frozenset({"", "identity", "none", "utf-8", "utf8", "us-ascii", "iso-8859-1", "binary"})
_GZIP, _DEFLATE = frozenset({"gzip", "x-gzip"}), frozenset({"deflate"})
_GZIP_BEGINS = b"\x1f\x8b"


class TooLarge(ValueError):
    """Unpacked, it is larger than `LARGEST_BODY`."""


def decoded(raw: bytes, header: str) -> bytes:
    """The plain body. Raises ValueError, which says what is wrong with it."""
    names = [name.strip().lower() for name in header.split(",")]
    layers = [name for name in names if name not in _PLAIN]
    if any(name not in _GZIP | _DEFLATE for name in layers) or len(layers) > _MOST_LAYERS:
        raise ValueError("the answer is compressed in a way we did not ask for")
    # The header lists encodings in the order they were applied. An empty body has none to undo.
    for name in reversed(layers if raw else []):
        raw = _unpacked(raw, name)
    return raw


def _unpacked(raw: bytes, name: str) -> bytes:
    try:
        # By how it begins and not by its name: what is called deflate may be gzip.
        if raw.startswith(_GZIP_BEGINS):
            return _members(raw)
        return _stream(raw, zlib.MAX_WBITS)
    except zlib.error:
        pass
    try:
        if name in _DEFLATE:
            return _stream(raw, -zlib.MAX_WBITS)  # as IIS sends it, without a header
    except zlib.error:
        pass
    raise ValueError("the answer's compression is broken")


def _members(raw: bytes) -> bytes:
    """All members of a gzip stream, which some servers write one for each flush."""
    whole = bytearray()
    for _ in range(_MOST_MEMBERS):
        part, raw = _one(raw, 16 + zlib.MAX_WBITS, LARGEST_BODY - len(whole))
        whole += part
        if not raw.strip(b"\0"):  # padding
            return bytes(whole)
        if not raw.startswith(_GZIP_BEGINS):
            raise ValueError("something follows the compressed answer")
    raise ValueError("the answer is compressed in too many pieces")


def _stream(raw: bytes, window: int) -> bytes:
    whole, rest = _one(raw, window, LARGEST_BODY)
    if rest:
        raise ValueError("something follows the compressed answer")
    return whole


def _one(raw: bytes, window: int, most: int) -> tuple[bytes, bytes]:
    """(unpacked, what follows). Never unpacks much more than `most` bytes: 2 MB of zeros packed
    twice over would become gigabytes."""
    unpacking = zlib.decompressobj(window)
    whole = unpacking.decompress(raw, most + 1)
    if len(whole) > most:
        raise TooLarge("the answer is too large")
    if not unpacking.eof:
        raise ValueError("the compressed answer ends too early")
    return whole, unpacking.unused_data


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


LARGEST_TOGETHER = 8 * 1024 * 1024


Ask = Callable[[Call], Awaitable[HttpAnswer]]
Read = Callable[[HttpAnswer], Document]


async def all_pages(
    pages: Pages, call: Call, answer: HttpAnswer, document: Document, ask: Ask, read: Read
) -> str:
    """Join the items of the following pages to `document`, the first. Returns "" or a sentence
    when pages were left out. Raises what `ask` and `read` raise, and Unacceptable."""
    joined = _list(document, pages.items)
    if joined is None:
        return ""
    size, newest, page = len(answer.body), answer, document
    for _ in range(pages.most - 1):
        following = _following(pages, call, newest, page, len(joined))
        if following is None:
            return ""
        call, newest = following, await ask(following)
        # Each page is within its own limit, and twenty of them are kept at once.
        size += len(newest.body)
        if size > LARGEST_TOGETHER:
            raise Unacceptable("the pages are larger than 8 MB together")
        page = read(newest)
        more = _list(page, pages.items)
        if not more:
            return ""
        joined += more
    # Counts of pages that were cut are too low, so a reading says that they were.
    more_to_come = _following(pages, call, newest, page, len(joined)) is not None
    return f"only the first {pages.most} pages were read" if more_to_come else ""


def _list(document: Document, path: str) -> list[Any] | None:
    """The list at `path`, not a copy of it, so that items added to it are in the document."""
    found = document.values(path)
    return found[0] if len(found) == 1 and isinstance(found[0], list) else None


def _following(
    pages: Pages, call: Call, answer: HttpAnswer, page: Document, known: int
) -> Call | None:
    if pages.offset:
        items = _list(page, pages.items)
        return call.with_params({pages.offset: str(known)}) if items else None
    if pages.cursor and pages.param:
        mark = _first(page, pages.cursor)
        return call.with_params({pages.param: str(mark)}) if mark not in (None, "", False) else None
    address = _link(answer) if pages.link else _first(page, pages.next or "$")
    if not isinstance(address, str) or not address:
        return None
    try:
        target = call.url.join(address)
    except httpx.InvalidURL:
        raise Unacceptable("the address of the next page is not one") from None
    if not same_origin(target, call.url):
        raise Unacceptable(f"the next page is said to be at {target.host}; not followed")
    return call.at(target)


def _first(page: Document, path: str) -> Any:
    return next(iter(page.values(path)), None) if isinstance(page, JsonDocument) else None


def _link(answer: HttpAnswer) -> str | None:
    links = httpx.Response(200, headers={"link": answer.headers.get("link", "")}).links
    return links.get("next", {}).get("url")
