"""News about the catalogue itself, and the addresses that jobs ping."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.estate.notices import CatalogueBroken, CatalogueMended
from bot.core.monitoring.heartbeat import PUSHED, Kinds
from bot.core.outbox.address import ToPerson
from bot.core.people.next_in_line import estate_owners
from bot.core.people.permissions import Deed, DeedAbout, Doer, Role, permit
from bot.flows.work import Work
from bot.language.errors import Invalid
from bot.language.marks import outside
from bot.store.tx import Tx

_TOKEN_LENGTH = 32
_GENERATION = "ping-generation"  # how often a check's token was rotated; no row is never


def catalogue_news(work: Work, problems: tuple[str, ...]) -> None:
    """Tell whoever guards the estate that the file is broken (with its problems) or mended
    (without). The last good catalogue stays in force meanwhile."""
    told = (
        CatalogueBroken(problems=problems[:10], more=max(0, len(problems) - 10))
        if problems
        else CatalogueMended()
    )
    for owner in estate_owners(work.catalogue):
        work.tell(ToPerson(owner), told, about="catalogue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where one check is told. `path` has no leading slash and ends in the token."""

    check: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The check behind every token, by its kind, and what that was worked out from."""

    catalogue: Catalogue
    generations: Mapping[str, str]
    checks: Mapping[str, CheckSpec] = field(repr=False)

    def check(self, token: str, kinds: Kinds) -> str | None:
        """The key of the check that the token is of, if it is one of these kinds."""
        spec = self.checks.get(token)
        return spec.key if spec and spec.kind in kinds else None


def ping_token(tx: Tx, check: str) -> str:
    """The unguessable end of a check's address; the same until `rotate`, in this database."""
    return _token(tx.install(), check, tx.recall(_GENERATION, check))


def _token(install: str, check: str, generation: str | None) -> str:
    # A line break is in no check's key, so no two pairs are signed as the same text.
    signed = f"{check}\n{generation}" if generation else check
    return hmac.new(install.encode(), signed.encode(), hashlib.sha256).hexdigest()[:_TOKEN_LENGTH]


def path_of(kind: str, token: str) -> str:
    return f"ping/{token}" if kind == "heartbeat" else f"hooks/<source>/{token}"


def addresses(work: Work, before: Addresses | None = None) -> Addresses:
    """The tokens in force; `before` itself while it is still true."""
    generations = work.tx.recall_all(_GENERATION)
    # Signing an address for each check costs more than the ping that asks for it.
    if before and before.catalogue is work.catalogue and before.generations == generations:
        return before
    install = work.tx.install()
    # A dictionary does not tell by its time how much of a token was right: it compares hashes.
    tokens = {
        _token(install, spec.key, generations.get(spec.key)): spec
        for connection in work.catalogue.connections.values()
        for spec in connection.checks
        if spec.kind in PUSHED
    }
    return Addresses(catalogue=work.catalogue, generations=generations, checks=tokens)


def rotate(work: Work, connection: Connection, by: str) -> tuple[Address, ...]:
    """New addresses for every check of the connection that is told; the old ones end with this
    transaction. What was told before still counts, so a job has its usual time to learn the new
    one. Raises NotAllowed, and Invalid when there is no such check."""
    _may_rotate(connection, by)
    pushed = [spec for spec in connection.checks if spec.kind in PUSHED]
    if not pushed:
        name = outside(connection.name)
        raise Invalid(f"{name} has no heartbeat or webhook check, so no address to rotate.")
    for spec in pushed:
        generation = int(work.tx.recall(_GENERATION, spec.key) or 0) + 1
        work.tx.remember(_GENERATION, spec.key, str(generation))
    return tuple(
        Address(check=spec.key, path=path_of(spec.kind, ping_token(work.tx, spec.key)))
        for spec in pushed
    )


def _may_rotate(connection: Connection, by: str) -> None:
    """Stand-ins may not: whoever enters their own cover would get at the addresses."""
    owner = connection.owners.technical or connection.owners.architecture
    cast = {Role.TECHNICAL: (owner,)} if owner else {}
    permit(Deed.ROTATE, DeedAbout(name=connection.name, cast=cast), Doer(person=by, speaks_for=()))
