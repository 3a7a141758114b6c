"""What was done to the estate and what will be: changes on record, releases, and when owners are
reminded of them.

What somebody said of a credential's new end, before the estate file says the same.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.estate.ids import ConnectionId, PersonId, SystemId
from bot.language.marks import when, who


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something somebody changed on a connection. The last three belong to changes that the bot
    keeps itself; `approve_until` is how long an approval may still follow."""

    connection: ConnectionId
    at: datetime
    what: str
    by: PersonId | None = None
    approved_by: PersonId | None = None
    number: int = 0
    approve_until: datetime | None = None
    documented: bool = True

    def unapproved(self, now: datetime) -> bool:
        """Whether nobody approved it although the time for that is over."""
        # An emergency is approved afterwards; until that time is over nothing is wrong with it.
        late = self.approve_until is None or self.approve_until <= now
        return self.approved_by is None and late


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


class ReleaseTrial(StrEnum):
    """What came of trying a release in a sandbox."""

    FINE = "fine"
    PROBLEM = "problem"
    NOT_TESTED = "not_tested"


TRIAL_WORDS: Mapping[ReleaseTrial, str] = {
    ReleaseTrial.FINE: "tested, fine",
    ReleaseTrial.PROBLEM: "tested, with a problem",
    ReleaseTrial.NOT_TESTED: "not tested",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialVerdict:
    """Somebody's word on a release for one connection."""

    release: str  # the release's id
    connection: ConnectionId
    verdict: ReleaseTrial
    by: PersonId
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release or maintenance of a system, as its maker announced it."""

    system: SystemId
    version: str
    at: datetime
    summary: str = ""
    notes: str = ""
    uid: str = ""  # of the calendar entry it was read from, in that calendar
    entry: str = ""  # the same entry in any calendar; empty where it says nothing of itself
    trials: tuple[TrialVerdict, ...] = ()

    @property
    def id(self) -> str:
        return self.uid or f"{self.system}/{self.version}"

    def called(self, system: str, noun: str = "") -> str:
        """What it is: `ERP 26.2`, and `ERP update 26.2` for a title that names its `system`
        itself; with a `noun` between the two where both are said."""
        # Makers title their entries “ERP 26.2”, which would be told as “ERP ERP 26.2”.
        named = f" {_plain(system)} " in f" {_plain(self.version)} "
        return " ".join(filter(None, ("" if named else system, noun, self.version)))

    def same_as(self, other: "Release") -> bool:
        """Whether two calendars mean one release: by its entry where what it is or when agrees as
        well, since some makers number their entries from one in each, else by both of these."""
        titled, timed = self.version == other.version, self.at == other.at
        known = bool(self.entry) and self.entry == other.entry
        alike = (titled or timed) if known else titled and timed
        return self.system == other.system and (alike or self.id == other.id)

    @property
    def traits(self) -> tuple[object, ...]:
        """What makes two releases one: those that are the same have one of these in common."""
        return self.id, ("entry", self.entry or self.id), (self.version, self.at)

    def trial_of(self, connection: str) -> TrialVerdict | None:
        return next((one for one in self.trials if one.connection == connection), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFeed:
    """A calendar that is read daily from an address; the address may hold a secret, so that `key`
    stands for it wherever it is stored."""

    url: str = field(repr=False)
    system: SystemId
    name: str = ""

    @property
    def key(self) -> str:
        # With the system: one address may be given for two of them.
        return f"feed-{hashlib.sha256(f'{self.system} {self.url}'.encode()).hexdigest()[:20]}"


class ReleaseStage(StrEnum):
    """What owners are reminded of, in this order."""

    NOTES = "notes"  # read the release notes
    SANDBOX = "sandbox"  # test it, and record the verdict
    FREEZE = "freeze"  # nobody changes anything from here on
    AFTER = "after"  # does everything still work?


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """How long before a release each stage is due; `after` counts from it."""

    notes: timedelta = timedelta(days=21)
    sandbox: timedelta = timedelta(days=10)
    freeze: timedelta = timedelta(days=2)
    after: timedelta = timedelta(days=1)

    def due(self, stage: ReleaseStage, release: Release) -> datetime:
        before = {
            ReleaseStage.NOTES: self.notes,
            ReleaseStage.SANDBOX: self.sandbox,
            ReleaseStage.FREEZE: self.freeze,
        }
        return release.at - before[stage] if stage in before else release.at + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """`filed` is the end that the file still gives, None when it gives none. `at` is None for
    what was said before the moment was kept."""

    ends: date
    by: str | None
    at: datetime | None
    filed: date | None

    def words(self) -> str:
        """Where the date comes from, in marks of `language.marks`."""
        moment = f" {when(self.at)}" if self.at else ""
        file = f"still says {self.filed}" if self.filed else "has no end date"
        return f"said by {who(self.by)}{moment}; the estate file {file}"
