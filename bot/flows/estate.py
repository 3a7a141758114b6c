"""News about the catalogue itself, and the addresses that jobs ping."""

import hashlib
import hmac
from datetime import datetime

from bot.core.catalogue import Catalogue
from bot.core.effects import Say, What
from bot.ports import Tx

PUSHED = frozenset({"heartbeat", "webhook"})  # kinds that are told instead of asking
_TOKEN_LENGTH = 32


def catalogue_news(tx: Tx, catalogue: Catalogue, problems: tuple[str, ...], now: datetime) -> None:
    """Tell whoever guards the estate that the file is broken (with its problems) or mended
    (without). The last good catalogue stays in force meanwhile."""
    what = What.CATALOGUE_BROKEN if problems else What.CATALOGUE_MENDED
    facts = {"problems": list(problems[:10]), "more": max(0, len(problems) - 10)}
    for keeper in keepers(catalogue):
        tx.queue(Say(subject="catalogue", to=f"person:{keeper}", what=what, facts=facts), now)


def keepers(catalogue: Catalogue) -> tuple[str, ...]:
    """The architecture owners, each once."""
    owners = (item.owners.architecture for item in catalogue.connections.values())
    return tuple(dict.fromkeys(owner for owner in owners if owner))


def ping_token(tx: Tx, check: str) -> str:
    """The unguessable end of a check's ping address; the same as long as this database lives."""
    key = tx.install().encode()
    return hmac.new(key, check.encode(), hashlib.sha256).hexdigest()[:_TOKEN_LENGTH]


def check_of_token(tx: Tx, catalogue: Catalogue, token: str) -> str | None:
    """The heartbeat or webhook check whose address ends in `token`; None for any other text."""
    for connection in catalogue.connections.values():
        for spec in connection.checks:
            if spec.kind in PUSHED and hmac.compare_digest(
                ping_token(tx, spec.key).encode(), token.encode()
            ):
                return spec.key
    return None
