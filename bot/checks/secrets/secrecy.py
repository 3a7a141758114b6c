"""Keeps secrets out of what a check reports: every text that leaves a probe passes
`redact_secrets`, and so does what others push to us before it is kept.

Secrets are the values marked as such in the settings, and whatever an address carries in its
user part, its query or a token-like part of its path.
"""

import re
from base64 import b32encode, b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel, SecretStr

from bot.checks.secrets.notations import (
    SHORTEST,
    Forms,
    decoded,
    pieces_of,
    random_looking,
    sought,
    spans_of,
)
from bot.core.monitoring.heartbeat import Ping
from bot.core.monitoring.signals import Blind, FailedRecords, Observation
from bot.language.marks import cleaned

HIDDEN = "***"
Clean = Callable[[str], str]
LONGEST = 8000  # characters of a text that are looked through; of none so many are told
_SHORTEST_WITHIN = 8  # of base64 or base32: fewer letters stand in other texts by chance
_BASE64 = re.compile(r"[\w+/-]{8,}={0,2}", re.ASCII)
_UNMARKED = frozenset({str, int, float, bool, type(None)})  # most of all settings
_TOKEN_LIKE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~-]{24,}")


def secrets_in(value: Any) -> Iterator[str]:
    """All values in settings, however nested, that are marked secret, and the values from outside
    that they were put together of. Marks are pydantic's `SecretStr` and any subclass of str,
    which is how values from the environment arrive."""
    if isinstance(value, SecretStr):
        yield from with_path(value.get_secret_value())
    elif isinstance(value, str):
        if type(value) is not str and not isinstance(value, Enum):
            yield str.__str__(value)
            for part in getattr(value, "parts", ()) or (str.__str__(value),):
                yield from with_path(part)
    elif isinstance(value, BaseModel):
        yield from secrets_in(dict(value))
    elif isinstance(value, Mapping):
        yield from _in_each(value.values())
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from _in_each(value)


def _in_each(values: Iterable[Any]) -> Iterator[str]:
    for item in values:
        if type(item) not in _UNMARKED:
            yield from secrets_in(item)


def with_path(secret: str) -> Iterator[str]:
    """The secret, and of one that is a whole address also its path, whatever host it stands by."""
    yield secret
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", secret):
        try:
            parts = urlsplit(secret)
            yield from (parts.path.rstrip("/"), *secrets_of_url(secret))
            # A way to page somebody may have a part of its token where others have the host.
            host = parts.netloc.rpartition("@")[2]
            alone = [*parts.path.split("/"), *([] if "." in host else [host])]
            for part in filter(random_looking, alone):
                yield from (part, *pieces_of(part))
        except ValueError:  # no address; whoever reads the settings says so
            return


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


def redact_secrets(text: str, secrets: Iterable[str], beside: Forms | None = None) -> str:
    """`text` without any secret, however it is written (see `notations`), nor those `beside`, nor
    a password in an address. Secrets that overlap go as one piece, so that no rest of one survives;
    at the end of a text that was cut (`…`), a beginning of one goes as well. What nobody can read
    goes first: a secret must not come together once it is taken out of it. Of a text no more is
    left than is looked through."""
    text = cleaned(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    if len(text) < SHORTEST:
        return text
    own = _forms_of(frozenset(secrets))
    spans = sorted(spans_of(text, *((own,) if beside is None else (own, beside))))
    return _without(text, spans) if spans else text


# Working out all notations of a secret costs far more than looking through one text.
@lru_cache(maxsize=256)
def _forms_of(secrets: frozenset[str]) -> Forms:
    return forms_of(secrets)


def forms_of(secrets: Iterable[str]) -> Forms:
    """Every way in which any of them may be written, to be looked for in many texts."""
    return sought(form for secret in secrets for form in written(secret))


@lru_cache(maxsize=1024)
def written(secret: str) -> frozenset[str]:
    """What to look for in a decoded text, so that a far end can repeat the secret in no way. What
    is too short to hide is left out."""
    # A value that stands in an address is given as it is written there, and heard decoded.
    plain = {part for one in decoded(str.__str__(secret)) for part in (one, *_parts(one))}
    return frozenset(
        form
        for one in plain
        for found in _forms(one)
        for form in (found, cleaned(found))
        if len(form.strip()) >= SHORTEST
    )


def _parts(secret: str) -> Iterator[str]:
    """What a far end that takes it for a login, or for the base64 of one, makes of it."""
    if "://" in secret:
        return  # of addresses: see `secrets_of_url`
    for word in (secret, *secret.split()):
        login = word if ":" in word else _login_in(word)
        if login:
            yield from (login, *login.split(":"), login.partition(":")[2])


def _login_in(word: str) -> str:
    """The login that is written in base64; empty where there is none."""
    if not _BASE64.fullmatch(word):
        return ""
    coded = word.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        text = b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except ValueError:
        return ""
    return text if ":" in text and text.isprintable() else ""


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    for one in {secret, secret.strip(), " ".join(secret.split()), *secret.splitlines()}:
        yield from (one, one.replace(" ", "+"))
    yield raw.decode("latin-1")  # how its octets read where each is taken for a character
    # OAuth codes a login for a form before it becomes base64 (RFC 6749, 2.3.1).
    for octets in {raw, quote_plus(raw).encode(), quote(raw, safe="").encode()}:
        for code, bits in ((b64encode, 6), (urlsafe_b64encode, 6), (b32encode, 5)):
            yield code(octets).decode().rstrip("=")
            yield from _within(octets, code, bits)
    yield from (separator.join(f"{octet:02x}" for octet in raw) for separator in ("", ":", "-"))


def _within(raw: bytes, code: Callable[[bytes], bytes], bits: int) -> Iterator[str]:
    """How it reads in the base64 or base32 of a longer text, wherever it begins there: without the
    letters that hold bits of its neighbours, too. A letter stands for so many `bits`."""
    for before in range(3 if bits == 6 else 5):
        letters = slice(-(-before * 8 // bits), (before + len(raw)) * 8 // bits)
        written = code(bytes(before) + raw).decode()[letters]
        if len(written) >= _SHORTEST_WITHIN:
            yield written


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept: list[str] = []
    end = 0
    for place, (start, stop) in enumerate(spans):
        if place == 0 or start > end:
            kept += [text[end:start], HIDDEN]
        end = max(end, stop)
    return "".join((*kept, text[end:]))


def redacted(seen: Observation, clean: Clean) -> Observation:
    """What a look saw, with every text in it made `clean`."""
    if isinstance(seen, Blind):
        return replace(seen, reason=clean(seen.reason))
    return replace(
        seen,
        error=clean(seen.error),
        signals={
            name: clean(value) if isinstance(value, str) else value
            for name, value in seen.signals.items()
        },
        failed=_failed(seen.failed, clean),
    )


def redacted_ping(ping: Ping, clean: Clean) -> Ping:
    """A ping with every text in it made `clean`."""
    return replace(
        ping,
        rid=clean(ping.rid),
        failed=_failed(ping.failed, clean),
        note=clean(ping.note),
        changed=tuple(clean(one) for one in ping.changed),
        about=clean(ping.about),
        unread=clean(ping.unread),
    )


def _failed(groups: Iterable[FailedRecords], clean: Clean) -> tuple[FailedRecords, ...]:
    return tuple(
        replace(
            group,
            text=clean(group.text),
            sample_ids=tuple(clean(one) for one in group.sample_ids),
            currency=clean(group.currency),
        )
        for group in groups
    )
