"""HTTP clients, one per origin, kept open between checks.

A small pool per origin costs a fraction of one big pool, and a host that hangs can only use up its
own connections. The proxy and netrc settings of the environment are ignored on purpose.

A client connects to the addresses that were checked, whatever the name resolves to by then: a name
server that is not ours may change its answer between a look-up and a connection (DNS rebinding),
and a redirect to a "public" host would end in our own network. The name is kept for the Host header
and for the certificate.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from bot import __version__

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of `host`, in the order to try them. Raises OSError when there is none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def public(addresses: tuple[str, ...]) -> bool:
    """Whether there are addresses and all of them lie in the public internet."""
    found = [ipaddress.ip_address(address.split("%")[0]) for address in addresses]
    return bool(found) and all(address.is_global for address in found)


class PinnedTransport(httpx.AsyncHTTPTransport):
    """Goes to `addresses` for every request, one after the other until one answers. For requests
    without a body only, since a body cannot be sent twice."""

    def __init__(
        self, addresses: tuple[str, ...], *, verify: ssl.SSLContext, limits: httpx.Limits
    ) -> None:
        super().__init__(verify=verify, limits=limits, trust_env=False)
        self._addresses = addresses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        *others, last = self._addresses
        for address in others:
            try:
                return await super().handle_async_request(_to(address, request))
            # Any other error may have come after the request was sent, and nothing is sent twice.
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await super().handle_async_request(_to(last, request))


def _to(address: str, request: httpx.Request) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # Host is among them already
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


CONNECTIONS_PER_ORIGIN = 8
KEEP_ALIVE_SECONDS = 120.0
_HEADERS = {
    "user-agent": f"firstlane/{__version__}",
    "accept": "application/json, */*;q=0.5",
    # httpx would offer br and zstd where they are installed; only these are unpacked in bounds.
    "accept-encoding": "gzip, deflate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Files of a client certificate. `stamp` changes when they do, so a renewed certificate is
    used at once; it is made by `Clients.identity`."""

    certificate: str
    key: str | None
    passphrase: str | None = field(repr=False)
    stamp: tuple[int, ...]


class Clients:
    """Owns the clients. `ssl_context` replaces the system's trust store and `lookup` its name
    service, mostly for tests."""

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, lookup: Resolve = resolve
    ) -> None:
        self._context = ssl_context
        self.lookup = lookup
        self._clients: dict[tuple[str, Identity | None], httpx.AsyncClient] = {}
        self._contexts: dict[Identity, ssl.SSLContext] = {}

    def of(self, origin: str, identity: Identity | None = None) -> httpx.AsyncClient:
        """The client kept for an origin (`https://host:443`), made at its first use. `identity`
        must have come from `identity()`."""
        client = self._clients.get((origin, identity))
        if client is None or client.is_closed:
            context = self._contexts[identity] if identity else self._trust_for(origin)
            client = _client(verify=context, limits=_limits(KEEP_ALIVE_SECONDS))
            self._clients[origin, identity] = client
        return client

    async def identity(self, certificate: str, key: str | None, passphrase: str | None) -> Identity:
        """Read a client certificate. Raises OSError or ssl.SSLError when it cannot be used."""
        return await asyncio.to_thread(self._read, certificate, key, passphrase)

    def passing(self, addresses: tuple[str, ...]) -> httpx.AsyncClient:
        """A client for one visit to where a redirect leads, at `addresses` and nowhere else; the
        caller closes it."""
        transport = PinnedTransport(addresses, verify=self.trust(), limits=_limits(0.0))
        return _client(transport=transport)

    async def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def trust(self) -> ssl.SSLContext:
        """Whom we trust. Reading the trust store takes tens of milliseconds, so all share it."""
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _trust_for(self, origin: str) -> ssl.SSLContext:
        """Where nothing is encrypted nobody needs to be trusted, and no trust store be read."""
        if httpx.URL(origin).scheme == "https":
            return self.trust()
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _read(self, certificate: str, key: str | None, passphrase: str | None) -> Identity:
        stamp = tuple(os.stat(file).st_mtime_ns for file in (certificate, key) if file is not None)
        identity = Identity(certificate=certificate, key=key, passphrase=passphrase, stamp=stamp)
        if identity not in self._contexts:
            context = ssl.create_default_context()
            for authority in self.trust().get_ca_certs(binary_form=True):
                context.load_verify_locations(cadata=authority)
            # Without a callback, OpenSSL would ask for a passphrase on the terminal.
            context.load_cert_chain(certificate, key, password=lambda: passphrase or "")
            self._contexts[identity] = context
        return identity


def _client(**how: Any) -> httpx.AsyncClient:
    # A jar that stays empty: checks of one origin share a client, not a login.
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(trust_env=False, headers=_HEADERS, cookies=jar, **how)


def _limits(keep_alive: float) -> httpx.Limits:
    return httpx.Limits(
        max_connections=CONNECTIONS_PER_ORIGIN,
        max_keepalive_connections=2,
        keepalive_expiry=keep_alive,
    )
