"""HTTP clients, one per origin, kept open between checks.

A small pool per origin costs a fraction of one big pool, and a host that hangs can only use up
its own connections. The proxy and netrc settings of the environment are ignored on purpose.
"""

import ssl

import httpx

from bot import __version__

CONNECTIONS_PER_ORIGIN = 8
KEEP_ALIVE_SECONDS = 120.0


class Clients:
    """Owns the clients. `ssl_context` replaces the system's trust store, mostly for tests."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self._context = ssl_context
        self._clients: dict[str, httpx.AsyncClient] = {}

    def of(self, origin: str) -> httpx.AsyncClient:
        """The client kept for an origin (`https://host:443`), made at its first use."""
        client = self._clients.get(origin)
        if client is None or client.is_closed:
            client = self._clients[origin] = self._new(KEEP_ALIVE_SECONDS)
        return client

    def passing(self) -> httpx.AsyncClient:
        """A client for one visit, such as where a redirect leads; the caller closes it."""
        return self._new(0.0)

    async def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def trust(self) -> ssl.SSLContext:
        """Whom we trust. Reading the trust store takes tens of milliseconds, so all share it."""
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _new(self, keep_alive: float) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self.trust(),
            trust_env=False,
            follow_redirects=False,
            headers={
                "user-agent": f"firstlane/{__version__}",
                "accept": "application/json, */*;q=0.5",
                "accept-encoding": "gzip, deflate",
            },
            limits=httpx.Limits(
                max_connections=CONNECTIONS_PER_ORIGIN,
                max_keepalive_connections=2,
                keepalive_expiry=keep_alive,
            ),
        )
