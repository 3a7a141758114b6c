"""Probe kind `credential`: a known end date of a key, secret or certificate. Calls nobody."""

from datetime import UTC, date, datetime, time

from pydantic import Field

from bot.checks.probe import ProbeSettings, Tools
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Observation, Reading, Signal


class CredentialSettings(ProbeSettings):
    """Watches a date that only the register knows."""

    expires: date = Field(description="First day on which the credential no longer works.")

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.EXPIRES_AT})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """Always a Reading with `expires_at`; there is no `reachable`, since nobody was asked."""
    # UTC, since the register gives a day without a zone: off by hours where days are warned of.
    ends = datetime.combine(CredentialSettings.of(spec).expires, time.min, UTC)
    return Reading(at=now, signals={Signal.EXPIRES_AT: ends})
