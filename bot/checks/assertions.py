"""Assertions by which a client proves itself with a private key (RFC 7523), as NetSuite wants.

A JSON Web Token of a few claims, signed with the algorithm that fits the key: PS256 for RSA, ES256
for the curve P-256.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_GOOD_FOR = timedelta(minutes=5)
_COORDINATE = 32  # bytes of one number of an ES256 signature


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
    header = {"typ": "JWT", "alg": algorithm, **({"kid": key_id} if key_id else {})}
    issued = int(now.timestamp())
    times = {"iat": issued, "exp": issued + int(_GOOD_FOR.total_seconds())}
    whole = {**claims, **times, "jti": str(uuid.uuid4())}
    signing = f"{_part(header)}.{_part(whole)}"
    return f"{signing}.{_encoded(_signature(private, signing.encode()))}"


def _signature(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
        return key.sign(data, pss, hashes.SHA256())
    numbers = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return b"".join(number.to_bytes(_COORDINATE, "big") for number in numbers)


def _part(value: Mapping[str, object]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
