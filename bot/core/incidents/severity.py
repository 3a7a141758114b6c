"""How grave a break is: what the connection means to the company, raised by what it does now.

Severity rises with the effect and never falls while the incident lives. Rule of this file: every
level has its reasons in words.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Catalogue, Connection, Criticality, PeriodClose
from bot.core.monitoring.signals import Signal
from bot.core.triage.facts import Facts, payloads_hidden
from bot.language.local_time import local_day
from bot.language.marks import outside
from bot.language.units import say_count, say_duration


class Severity(StrEnum):
    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"

    @property
    def pace(self) -> float:
        """What the times of ladder and lease are multiplied by."""
        return 0.5 if self is Severity.SEV1 else 1.0


_BY_CRITICALITY = {
    Criticality.CRITICAL: Severity.SEV2,
    Criticality.IMPORTANT: Severity.SEV3,
    Criticality.SUPPORTING: Severity.SEV4,
    # Nobody has decided, so it must not be taken lightly.
    Criticality.UNKNOWN: Severity.SEV3,
}
_MOST_RAISES = 2  # so that a supporting connection never becomes a sev1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`reasons` are sentences without a full stop; the first says where it starts."""

    severity: Severity
    reasons: tuple[str, ...]


def assess(facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime) -> Assessment:
    """Starts from the criticality and goes up one level for each effect, at most two."""
    criticality = connection.criticality
    base = (
        "nobody has said how critical it is"
        if criticality is Criticality.UNKNOWN
        else f"{criticality} connection"
    )
    raises = [reason for reason in _effects(facts, connection, catalogue, now) if reason]
    levels = list(Severity)
    place = levels.index(_BY_CRITICALITY[criticality])
    raised = levels[max(0, place - min(len(raises), _MOST_RAISES))]
    return Assessment(severity=raised, reasons=(base, *raises))


def graver(one: Severity | None, other: Severity | None) -> bool:
    """Whether `one` is graver than `other`; anything is graver than none."""
    if one is None or other is None:
        return other is None and one is not None
    return one.value < other.value


def _effects(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> tuple[str, ...]:
    return (
        _too_late(facts, connection, now),
        _too_much(facts, connection, catalogue),
        _close_ahead(connection, catalogue, now),
    )


def _too_late(facts: Facts, connection: Connection, now: datetime) -> str:
    tolerance = connection.tolerance
    if tolerance is None:
        return ""
    oldest = facts.moment(Signal.QUEUE_OLDEST)
    # What waits longest is what the business feels; the others only bound it.
    begun = oldest or facts.last_success or facts.failing_since
    if begun is None or now - begun <= tolerance:
        return ""
    what = "the oldest record waits" if oldest else "nothing came through"
    return f"{what} for {say_duration(now - begun)}, {say_duration(tolerance)} can be borne"


def _too_much(facts: Facts, connection: Connection, catalogue: Catalogue) -> str:
    limit, records = catalogue.effect, waiting_records(facts)
    amounts = amounts_waiting(facts)
    if limit.amount is not None and any(sum_ >= limit.amount for sum_ in amounts.values()):
        # The sum of a payroll is personal data already.
        if payloads_hidden(connection):
            return "the amount waiting is above the limit set for the estate"
        return f"{say_amounts(amounts)} wait"
    if limit.records is not None and records >= limit.records:
        return f"{say_count(records, 'record')} wait"
    return ""


def waiting_records(facts: Facts) -> int:
    """Records waiting or standing in error, whichever is more."""
    depth, failed = facts.number(Signal.QUEUE_DEPTH), facts.number(Signal.FAILED)
    return int(max(depth or 0, failed or 0, sum(group.count for group in facts.failed)))


def amounts_waiting(facts: Facts) -> dict[str, float]:
    """What the failed records are worth, by currency; empty when no source says so."""
    found: dict[str, float] = {}
    for group in facts.failed:
        if group.amount is not None:
            found[group.currency] = found.get(group.currency, 0.0) + group.amount
    return found


def say_amounts(amounts: dict[str, float]) -> str:
    return " and ".join(
        f"{amount:,.2f} {outside(currency, 8)}".rstrip()
        for currency, amount in sorted(amounts.items())
    )


def _close_ahead(connection: Connection, catalogue: Catalogue, now: datetime) -> str:
    close = catalogue.close
    domain = connection.domain.casefold()
    concerned = domain in {one.casefold() for one in close.domains}
    # A connection without a domain may still carry finance's records.
    concerned = concerned or ("finance" in connection.compliance and "finance" in close.domains)
    if concerned and in_close(close, now, catalogue.timezone):
        return "the period is being closed"
    return ""


def in_close(close: PeriodClose, now: datetime, timezone: str) -> bool:
    """Whether the local day is one of the close's working days. A weekend between two of them
    belongs to the close as well."""
    today = local_day(now, timezone)
    number = _working_days_until(today)
    if today.isoweekday() <= 5:
        return number in close.working_days
    # On a weekend `number` is the working day that has just passed.
    return {number, number + 1} <= set(close.working_days)


def _working_days_until(day: date) -> int:
    """Mondays to Fridays of the month up to and with `day`."""
    days = (day - timedelta(days=back) for back in range(day.day))
    return sum(one.isoweekday() <= 5 for one in days)
