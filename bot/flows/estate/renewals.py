"""The catalogue with the new ends of credentials that people told us.

For whatever is shown or judged; the ladder of letters goes by the file and knows them by itself.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.estate.catalogue import Catalogue, Connection, Credential
from bot.core.estate.renewal import Renewal
from bot.core.governance.credential_expiry import CredentialWatch
from bot.store.tx import Tx


def as_said(tx: Tx, catalogue: Catalogue) -> Catalogue:
    """`catalogue` itself when nobody said anything that the file does not say by now."""
    filed = {one.key_of(it) for one in catalogue.connections.values() for it in one.credentials}
    watches = (watch for watch in tx.credential_watches() if watch.override)
    said = {watch.key: watch for watch in watches if watch.key in filed}
    if not said:
        return catalogue
    connections = {key: _renewed(item, said) for key, item in catalogue.connections.items()}
    return replace(catalogue, connections=connections)


def _renewed(connection: Connection, said: Mapping[str, CredentialWatch]) -> Connection:
    credentials = tuple(
        _one(item, said.get(connection.key_of(item))) for item in connection.credentials
    )
    return replace(connection, credentials=credentials)


def _one(item: Credential, watch: CredentialWatch | None) -> Credential:
    ends = watch.override if watch else None
    if watch is None or ends is None or (item.expires and item.expires >= ends):
        return item
    renewal = Renewal(ends=ends, by=watch.override_by, at=watch.override_at, filed=item.expires)
    rotated = watch.override_at.date() if watch.override_at else item.rotated
    return replace(item, expires=ends, rotated=rotated, renewed=renewal)
