"""The catalogue with the new ends of credentials that people told us.

For whatever is shown or judged; the ladder of letters goes by the file and knows them by itself.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.catalogue import Catalogue, Connection, Credential
from bot.core.expiry import CredentialWatch
from bot.core.renewal import Renewal
from bot.ports import Tx

_Same = tuple[str, str]  # id and name: one credential that several connections use


def as_said(tx: Tx, catalogue: Catalogue) -> Catalogue:
    """`catalogue` itself when nobody said anything that the file does not say by now."""
    said = _said(catalogue, tx.credential_watches())
    if not said:
        return catalogue
    connections = {key: _renewed(item, said) for key, item in catalogue.connections.items()}
    return replace(catalogue, connections=connections)


def _said(
    catalogue: Catalogue, watches: tuple[CredentialWatch, ...]
) -> Mapping[_Same, CredentialWatch]:
    found: dict[_Same, CredentialWatch] = {}
    for watch in watches:
        connection, _, id = watch.key.partition("/")
        known = catalogue.connections.get(connection)
        for item in known.credentials if known and watch.override else ():
            if item.id == id:
                found[item.id, item.name] = watch
    return found


def _renewed(connection: Connection, said: Mapping[_Same, CredentialWatch]) -> Connection:
    credentials = tuple(
        _one(item, said.get((item.id, item.name))) for item in connection.credentials
    )
    return replace(connection, credentials=credentials)


def _one(item: Credential, watch: CredentialWatch | None) -> Credential:
    ends = watch.override if watch else None
    if watch is None or ends is None or (item.expires and item.expires >= ends):
        return item
    renewal = Renewal(ends=ends, by=watch.override_by, at=watch.override_at, filed=item.expires)
    rotated = watch.override_at.date() if watch.override_at else item.rotated
    return replace(item, expires=ends, rotated=rotated, renewed=renewal)
