"""Access tokens for checks, by OAuth 2.0 client credentials.

A token is fetched once however many checks wait for it, kept while it lasts and renewed a little
before it ends. Time is that of a steady clock, so a clock that jumps ends no token.

Where a client proves itself with a private key (RFC 7523), as NetSuite wants it, the assertion is a
JSON Web Token of a few claims, signed with the algorithm that fits the key: PS256 for RSA, ES256
for the curve P-256.
"""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bot.checks.clients import Clients
from bot.checks.http.fetch import EXCHANGE_FAILED, Call, HttpAnswer, Unsendable, fetch
from bot.checks.login import OAuth
from bot.checks.outcomes import Clean, cause_of
from bot.checks.secrets.secrecy import shown_url
from bot.checks.setting_types import origin_of
from bot.checks.values import to_number
from bot.core.monitoring.signals import Cause
from bot.language.marks import outside

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_GOOD_FOR = timedelta(minutes=5)


class BadKey(Exception):
    """The key cannot be used; the text never holds any of it."""


def signed_assertion(claims: Mapping[str, str], key: str, key_id: str | None, now: datetime) -> str:
    """`claims`, issued `now` and good for five minutes, signed by the PEM `key`. Raises BadKey."""
    try:
        private = serialization.load_pem_private_key(key.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("the private key of the client cannot be read") from None
    if isinstance(private, rsa.RSAPrivateKey):
        algorithm = "PS256"
    elif isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
        algorithm = "ES256"
    else:
        raise BadKey("the private key of the client must be RSA or of the curve P-256")
    issued = int(now.timestamp())
    times = {"iat": issued, "exp": issued + int(_GOOD_FOR.total_seconds())}
    whole = {**claims, **times, "jti": str(uuid.uuid4())}
    return jwt.encode(whole, private, algorithm, headers={"kid": key_id} if key_id else None)


_USUAL_LIFE = 300.0  # seconds, when the endpoint does not say how long its token lasts
_SHARE_KEPT = 0.9
_LATEST_RENEWAL = 60.0  # seconds before the end


class NoToken(Exception):
    """There is no token; the text says why, without secrets, and `cause` for us."""

    def __init__(self, text: str, cause: Cause | None = None) -> None:
        super().__init__(text)
        self.cause = cause


_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: float


class Tokens:
    """Keeps one token per client. `steady` gives seconds that only ever go up."""

    def __init__(self, steady: Callable[[], float] = monotonic) -> None:
        self._steady = steady
        self._kept: dict[_Key, _Kept] = {}
        self._issued: dict[str, float] = {}  # all that may be good still, with their ends
        self._turns: defaultdict[_Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(
        self, client: OAuth, clients: Clients, *, now: datetime, seconds: float, clean: Clean
    ) -> str:
        """A token that is good now. Raises NoToken, whose text has passed `clean`. `seconds` bounds
        each step of a fetch."""
        async with self._turns[_key(client)]:
            kept = self._kept.get(_key(client))
            if kept is None or kept.until <= self._steady():
                kept = await self._fetched(client, clients, now, seconds, clean)
                self._kept[_key(client)] = kept
            return kept.token

    def issued(self) -> frozenset[str]:
        """Every token that we were given and that may still be good, replaced or not."""
        now = self._steady()
        self._issued = {token: end for token, end in self._issued.items() if end > now}
        return frozenset(self._issued)

    def forget(self, client: OAuth, token: str) -> None:
        """Drop a token that was refused, unless it has been replaced already."""
        kept = self._kept.get(_key(client))
        if kept and kept.token == token:
            del self._kept[_key(client)]

    async def _fetched(
        self, client: OAuth, clients: Clients, now: datetime, seconds: float, clean: Clean
    ) -> _Kept:
        where = f"the token endpoint {shown_url(client.token_url)}"
        try:
            origin = origin_of(client.token_url)
            # No redirect: the request holds the client's secret.
            answer = await fetch(clients, origin, _request(client, now, seconds), redirects=0)
        except BadKey as error:
            raise NoToken(str(error)) from None
        except Unsendable as error:
            raise NoToken(f"{where} was not asked: {clean(str(error))}") from None
        except EXCHANGE_FAILED as error:
            said = outside(clean(str(error)), 120)
            said = f"{where} cannot be reached: {type(error).__name__} {said}"
            raise NoToken(said, cause_of(error)) from None
        body = _object(answer)
        token = body.get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not token.strip():
            said = body.get("error_description") or body.get("error") or answer.reason
            said = f"{where} refused ({answer.status}): {outside(clean(str(said)), 160)}"
            raise NoToken(said, Cause.STATUS)
        life = to_number(body.get("expires_in")) or _USUAL_LIFE
        # Early enough for the look that uses it, and of a short life most is still used.
        kept = max(life * _SHARE_KEPT, life - _LATEST_RENEWAL)
        # A token that was replaced may be good until its end, so it is hidden until then.
        self._issued[token.strip()] = self._steady() + life
        return _Kept(token.strip(), self._steady() + kept)


def _key(client: OAuth) -> _Key:
    more = tuple(sorted(client.more.items()))
    proof = (client.client_secret, client.key, client.key_id)
    return (client.token_url, client.client_id, proof, client.scope, more)


def _request(client: OAuth, now: datetime, seconds: float) -> Call:
    fields = {"grant_type": "client_credentials", **client.more}
    if client.scope:
        fields["scope"] = client.scope
    login = None
    if client.key is not None:
        fields |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": _proof(client, now)}
    elif client.client_secret is not None:
        secret = client.client_secret.get_secret_value().strip()
        if client.send == "basic":
            login = (client.client_id, secret)
        else:
            fields |= {"client_id": client.client_id, "client_secret": secret}
    as_json = client.send == "json"
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    return Call(
        method="POST",
        url=httpx.URL(client.token_url),
        seconds=seconds,
        headers={"content-type": kind},
        content=(json.dumps(fields) if as_json else urlencode(fields)).encode(),
        login=login,
    )


def _proof(client: OAuth, now: datetime) -> str:
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": client.token_url}
    if client.scope:
        claims["scope"] = client.scope
    key = client.key.get_secret_value() if client.key else ""
    return signed_assertion(claims, key, client.key_id, now)


def _object(answer: HttpAnswer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
