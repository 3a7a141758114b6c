"""A client for servers of ours on this machine."""

import ssl

import httpx


def client_of(url: str) -> httpx.AsyncClient:
    """It speaks plain HTTP and trusts nobody: reading the trust store costs a tenth of a second."""
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(base_url=url, trust_env=False, verify=nobody)
