"""What the register says of a credential, held against what is seen of it.

A date in a register is a claim like any other: where the other end or a good sync says the
opposite, that is a finding, and neither of the two is told as if it were certain.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Credential
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import ErrorClass, PlaybookEntry
from bot.language.marks import when

_BOOKED_LATE = timedelta(days=1)  # zones and caches let a secret work so long past its day


class RegisterDoubt(StrEnum):
    """How the register and what is seen disagree."""

    ENDED = "ended"  # by the register it is valid, the error says that it ended
    REFUSED = "refused"  # by the register it is valid, yet the login is refused
    OUTLIVED = "outlived"  # by the register it ended, yet something still worked later


def doubt_of(credential: Credential, facts: Facts, now: datetime) -> RegisterDoubt | None:
    """How the register and what is seen contradict each other; None where they do not, or where the
    register names no end."""
    if credential.expires is None:
        return None
    if credential.expires < now.date():
        return RegisterDoubt.OUTLIVED if _worked_later(credential, facts) else None
    said = [hit.entry for hit in facts.hits]
    # ENDED before REFUSED: a refused login has many causes, and this text names its own.
    if any(entry.ended and _of_kind(entry, credential) for entry in said):
        return RegisterDoubt.ENDED
    refused = any(entry.error_class is ErrorClass.CREDENTIALS for entry in said)
    return RegisterDoubt.REFUSED if refused else None


def words_of(doubt: RegisterDoubt, name: str, expires: date, facts: Facts) -> str:
    """The contradiction as a sentence without its full stop, in `language.marks` marks; `name` is
    harmless already."""
    ends = when(datetime.combine(expires, time(), tzinfo=UTC))
    if doubt is RegisterDoubt.ENDED:
        return (
            f"The register says that {name} ends {ends}, the error says that it has ended:"
            " the register is wrong, or another one is meant"
        )
    if doubt is RegisterDoubt.REFUSED:
        return f"The register says that {name} is valid until {ends}, yet the login is refused"
    good = facts.last_success
    worked = f", yet it still worked {when(good)}" if good else ""
    return f"The register says that {name} ended {ends}{worked}: the register is wrong"


def past_its_end(credential: Credential, facts: Facts, now: datetime) -> bool:
    """Whether the register's date is over and nothing on record speaks against that."""
    over = credential.expires is not None and credential.expires < now.date()
    return over and doubt_of(credential, facts, now) is None


def _worked_later(credential: Credential, facts: Facts) -> bool:
    good = facts.last_success
    if good is None or credential.expires is None:
        return False
    return good.date() - credential.expires > _BOOKED_LATE


def _of_kind(entry: PlaybookEntry, credential: Credential) -> bool:
    """A certificate that ended is no secret that ended, where the register tells them apart."""
    certificate = credential.kind == ErrorClass.CERTIFICATE
    about = entry.error_class is ErrorClass.CERTIFICATE
    return not credential.kind or certificate is about
