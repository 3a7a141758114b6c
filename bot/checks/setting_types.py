"""Web addresses and time zones in settings, refused when they are written rather than when used."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]")
_BESIDE_HOST = re.compile(r"[/\\@?#:]")
# 253 characters by DNS, with a dot counted behind the last part as well.
_LONGEST_NAME = 254


def require_web_address(url: str) -> str:
    """`url` itself. Raises ValueError when it is not an http or https address."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        # `urlsplit` drops tabs and line breaks in silence, so they are looked for in the text
        # itself.
        good = good and _ODD.search(str.__str__(url)) is None and _labels_fit(parts.hostname or "")
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected an address such as https://host/path")
    return url


def require_host(host: str) -> str:
    """`host` itself. Raises ValueError, saying what is too much, when it is no name or address of
    a machine."""
    text = str.__str__(host)
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    else:
        return host
    if _ODD.search(text):
        raise ValueError("a host has no blanks or control characters")
    if "://" in text or _BESIDE_HOST.search(text):
        raise ValueError(
            "write the host alone, such as host.example.com: no https://, no path, no login; a"
            " port has a key of its own"
        )
    if not _labels_fit(text):
        raise ValueError("no host has this name: a part between its dots is empty or too long")
    return host


def _labels_fit(host: str) -> bool:
    """Whether the name can be asked for: no name server takes a part of more than 63 octets."""
    if ":" in host:  # an address of version 6
        return True
    try:
        parts = [part.encode("idna") for part in host.removesuffix(".").split(".")]
    except UnicodeError:
        return False
    return all(parts) and sum(len(part) + 1 for part in parts) <= _LONGEST_NAME


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


Host = Annotated[str, AfterValidator(require_host)]
WebAddress = Annotated[str, AfterValidator(require_web_address)]
Zone = Annotated[str, AfterValidator(require_zone)]
