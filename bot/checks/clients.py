"""HTTP clients, one per origin, kept open between checks.

A small pool per origin costs a fraction of one big pool, and a host that hangs can only use up
its own connections. The proxy and netrc settings of the environment are ignored on purpose.
"""

import asyncio
import os
import ssl
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from bot import __version__
from bot.checks.checked_address import PinnedTransport, Resolve, resolve

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
