"""Keeps secrets out of what a check reports: every text that leaves a probe passes `scrub`.

Secrets are the values marked as such in the settings, and whatever an address carries in its
user part, its query or a token-like part of its path.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, SecretStr

HIDDEN = "***"
_SHORTEST = 4  # hiding shorter values would only garble the text
_TOKEN_LIKE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~-]{24,}")


def secrets_in(value: Any) -> Iterator[str]:
    """All values in settings, however nested, that are marked secret. Marks are pydantic's
    `SecretStr` and any subclass of str, which is how values from the environment arrive."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        if type(value) is not str and not isinstance(value, Enum):
            yield str.__str__(value)
    elif isinstance(value, BaseModel):
        yield from secrets_in(dict(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from secrets_in(item)


def secrets_of_url(url: str) -> Iterator[str]:
    """What an address holds that others must not read."""
    parts = urlsplit(url)
    for login in (parts.username, parts.password):
        if login:
            yield from (login, unquote(login))
    for _, value in parse_qsl(parts.query):
        yield value
    yield from (segment for segment in parts.path.split("/") if _TOKEN_LIKE.fullmatch(segment))


def shown_url(url: str) -> str:
    """Host and path, for people: no login, no query, token-like parts of the path hidden."""
    parts = urlsplit(url)
    path = "/".join(
        HIDDEN if _TOKEN_LIKE.fullmatch(segment) else segment for segment in parts.path.split("/")
    )
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{path.rstrip('/')}"


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret replaced; longest first, so that no tail of one survives."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    return text
