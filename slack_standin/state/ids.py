"""Identifiers that look like Slack's. Derived from names, so that a restart gives the same ones."""

import base64
import hashlib
import secrets


def ident(prefix: str, *parts: object) -> str:
    """An id such as `U7KQ2M4X1A`: the same prefix and parts always give the same id."""
    digest = hashlib.sha256("\x1f".join((prefix, *map(str, parts))).encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:10]


def secret_hex(*parts: object) -> str:
    """32 hex digits derived from the parts; secret only in the sense of this local workspace."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]


def random_id(prefix: str) -> str:
    """An unpredictable id for things that live shortly: triggers, events, hooks."""
    return prefix + base64.b32encode(secrets.token_bytes(10)).decode()[:11]
