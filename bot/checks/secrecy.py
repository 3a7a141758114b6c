"""Keeps secrets out of what a check reports: every text that leaves a probe passes `scrub`.

Secrets are the values marked as such in the settings, and whatever an address carries in its
user part, its query or a token-like part of its path.
"""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel, SecretStr

from bot.core.signals import Blind, Observation

HIDDEN = "***"
_SHORTEST = 4  # hiding shorter values would only garble the text
_TOKEN_LIKE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~-]{24,}")


def secrets_in(value: Any) -> Iterator[str]:
    """All values in settings, however nested, that are marked secret, and the values from outside
    that they were put together of. Marks are pydantic's `SecretStr` and any subclass of str,
    which is how values from the environment arrive."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        if type(value) is not str and not isinstance(value, Enum):
            yield str.__str__(value)
            yield from getattr(value, "parts", ())
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
    """`text` without any secret, as it is or as it is written in an address, in JSON, in HTML, in
    Python or in base64. Secrets that overlap go as one piece, so that no rest of one survives; at
    the end of a text that was cut (`…`), a beginning of one goes as well."""
    forms = {form for secret in secrets for form in written(secret)}
    spans = [span for form in forms for span in _found(text, form)]
    if text.endswith("…"):
        spans += [span for form in forms for span in _cut_off(text[:-1], form)]
    if not spans:
        return text
    return _without(text, sorted(spans))


@lru_cache(maxsize=1024)
def written(secret: str) -> frozenset[str]:
    """The ways in which a far end may repeat a secret. What is too short to hide is left out."""
    # A value that stands in an address is given as it is written there, and heard decoded.
    forms = {form for plain in {secret, unquote(secret)} for form in _notations(plain)}
    forms |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in forms}
    return frozenset(form for form in forms if len(form.strip()) >= _SHORTEST)


def _notations(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    for one in {secret, secret.strip(), " ".join(secret.split()), *secret.splitlines()}:
        yield from (
            one,
            *(code(one, safe=safe) for code in (quote, quote_plus) for safe in ("", "/")),
        )
    yield from (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False))
    yield from (html.escape(secret, quote=quoted) for quoted in (True, False))
    yield repr(secret)[1:-1]
    yield from (code(raw).decode().rstrip("=") for code in (b64encode, urlsafe_b64encode))


def _found(text: str, form: str) -> Iterator[tuple[int, int]]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + 1)


def _cut_off(text: str, form: str) -> Iterator[tuple[int, int]]:
    for length in range(min(len(form), len(text)), _SHORTEST - 1, -1):
        if text.endswith(form[:length]):
            yield len(text) - length, len(text)
            return


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept: list[str] = []
    end = 0
    for place, (start, stop) in enumerate(spans):
        if place == 0 or start > end:
            kept += [text[end:start], HIDDEN]
        end = max(end, stop)
    return "".join((*kept, text[end:]))


def scrubbed(seen: Observation, secrets: Iterable[str]) -> Observation:
    """The same look with every text in it scrubbed."""
    clean = partial(scrub, secrets=frozenset(secrets))
    if isinstance(seen, Blind):
        return replace(seen, reason=clean(seen.reason))
    return replace(
        seen,
        error=clean(seen.error),
        signals={
            name: clean(value) if isinstance(value, str) else value
            for name, value in seen.signals.items()
        },
        failed=tuple(
            replace(
                group,
                text=clean(group.text),
                sample_ids=tuple(clean(one) for one in group.sample_ids),
                currency=clean(group.currency),
            )
            for group in seen.failed
        ),
    )
