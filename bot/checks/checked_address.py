"""Connecting to the addresses that were checked, whatever the name resolves to by then.

Between a look-up and a connection a name server that is not ours may change its answer (DNS
rebinding), so a redirect to a "public" host could end in our own network. The name is kept for the
Host header and for the certificate.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable

import httpx

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
