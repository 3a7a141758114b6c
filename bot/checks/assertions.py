"""Assertions by which a client proves itself with a private key (RFC 7523), as NetSuite wants.

A JSON Web Token of a few claims, signed with the algorithm that fits the key: PS256 for RSA, ES256
for the curve P-256.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

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
