"""Web addresses and time zones in settings, refused when they are written rather than when used."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def require_web_address(url: str) -> str:
    """`url` itself. Raises ValueError when it is not an http or https address."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected an address such as https://host/path")
    return url


def require_zone(name: str) -> str:
    """`name` itself. Raises ValueError when there is no such time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("unknown time zone; write for example Europe/Amsterdam") from None
    return name


def origin_of(url: str) -> str:
    """`scheme://host:port` of an address, with the usual port where it names none."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"
