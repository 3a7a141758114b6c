"""One cause, one incident: when a failure belongs to an incident that is already open.

Connections that share a system often fail together, and often do not: two secrets that expire in
the same week are two breaks. So what is shared must explain the kind of error. A dead ERP explains
outages of everything that talks to it; only a shared credential explains a shared login failure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import SystemId
from bot.core.estate.lane import Lane
from bot.core.triage.facts import Facts, LaneFactKind
from bot.core.triage.party_lanes import maker_of
from bot.core.triage.playbook import ErrorClass

WINDOW = timedelta(minutes=30)  # a failure joins an incident that opened at most so long before
BY_HAND = "Several connections"  # merged by a person, until a cause is known
UNREACHABLE = "unreachable"  # the connector itself does not answer; says nothing of its ends

# While one of these lasts it explains that others on the system fall silent.
OUTAGES = frozenset({ErrorClass.PLATFORM_OUTAGE.value, ErrorClass.CONNECTIVITY.value})

_BY_SYSTEM = frozenset(
    {
        ErrorClass.PLATFORM_OUTAGE,
        ErrorClass.CONNECTIVITY,
        ErrorClass.RATE_LIMIT,
        ErrorClass.VERSION_SUNSET,
        ErrorClass.MAPPING,
        ErrorClass.PERIOD_CLOSED,
    }
)
_BY_CREDENTIAL = frozenset(
    {ErrorClass.CREDENTIALS, ErrorClass.PERMISSION, ErrorClass.CERTIFICATE, ErrorClass.RATE_LIMIT}
)
_BY_UPDATE = frozenset(
    {ErrorClass.MAPPING, ErrorClass.PAYLOAD, ErrorClass.MASTER_DATA, ErrorClass.VERSION_SUNSET}
)
_OUR_OWN = frozenset({*_BY_CREDENTIAL, ErrorClass.PERIOD_CLOSED})
_FOLLOWS = timedelta(hours=1)  # a break this near to an update followed it
_SAYS_NOTHING = frozenset({"", UNREACHABLE, ErrorClass.UNKNOWN.value})
# With these every system says that something went wrong, and not what.
_OF_ANY_ERROR = (
    "an code err error errors exception exceptions failed failure fault general generic http id"
    " internal message occurred status the unexpected unknown unspecified was"
    " fehler unbekannter interner fout onbekende interne erreur inconnue"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_VARYING = re.compile(r"[0-9a-f]{8,}|\d+", re.IGNORECASE)


def signature(facts: Facts) -> str:
    """What kind of failure it is, as far as two of them can be told alike: the update that it
    followed, else an error class, else the error's words without its numbers, and `unknown` where
    these tell nothing; empty for a silent one."""
    hit = next(iter(facts.hits), None)
    update = _update_before(facts)
    # An expired secret an hour after an update has nothing to do with it.
    if update and (hit is None or hit.entry.error_class in _BY_UPDATE):
        return update
    if hit is not None:
        return hit.entry.error_class.value
    if facts.failed:
        # What most records say is what broke; single ones fail on any day.
        largest = max(facts.failed, key=lambda group: group.count)
        words = _VARYING.sub("#", largest.text)[:200]
        distinctive = {word.lower() for word in _WORD.findall(words)} - {*_OF_ANY_ERROR.split()}
        return words if distinctive else ErrorClass.UNKNOWN.value
    return UNREACHABLE if facts.said_errors else ""


def same_failure(one: str, other: str) -> bool:
    """Whether two signatures say that the same kind of failure was seen. That no text was known
    either time says nothing: what is unknown is not known to be equal."""
    return one == other and one not in _SAYS_NOTHING


def _update_before(facts: Facts) -> str:
    """The newest change of the far end that we saw within an hour of the break; empty for none.

    An update often breaks ten connections in ten ways: one lacks a field, one meets a new rule,
    one is only incomplete so far. That they all followed it is what they have in common.
    """
    since = facts.failing_since
    updates = (item for item in facts.observed if item.kind is LaneFactKind.VERSION)
    before = (item for item in updates if facts.came_before(item.at))
    seen = [item for item in before if since and since - item.at <= _FOLLOWS]
    return f"after {seen[-1].what}" if seen else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every one of several connections has: credentials with their names by their keys,
    systems, and who maintains them."""

    credentials: Mapping[str, str]
    systems: tuple[SystemId, ...]
    maintainer: str | None

    @classmethod
    def of(cls, one: Connection, *others: Connection) -> "Common":
        credentials = {one.key_of(item): item.name for item in one.credentials}
        found = cls(credentials=credentials, systems=one.systems, maintainer=one.maintained_by)
        for other in others:
            found = found.and_of(other)
        return found

    def and_of(self, other: Connection) -> "Common":
        # By the key and not the id: “api-token” is the name of many.
        theirs = {other.key_of(item) for item in other.credentials}
        return Common(
            credentials={key: name for key, name in self.credentials.items() if key in theirs},
            systems=tuple(system for system in self.systems if system in other.systems),
            maintainer=self.maintainer if self.maintainer == other.maintained_by else None,
        )

    def cause(self, kind: str, catalogue: Catalogue) -> str | None:
        """What explains that all of them fail in this way, in words; None when nothing does."""
        if not kind:
            return None
        if kind in _BY_CREDENTIAL and self.credentials:
            return next(iter(self.credentials.values()))
        if kind == UNREACHABLE:
            return self._vendor(catalogue)
        if self.systems and (kind in _BY_SYSTEM or kind not in set(ErrorClass)):
            return catalogue.system_name(self.systems[0])
        return None

    def named(self, cause: str, kind: str, catalogue: Catalogue) -> str:
        """`cause` where all of them have it, else what they do have that explains it."""
        systems = (catalogue.system_name(system) for system in self.systems)
        if cause in (*self.credentials.values(), *systems, self._vendor(catalogue)):
            return cause
        return self.cause(kind, catalogue) or BY_HAND

    def _vendor(self, catalogue: Catalogue) -> str | None:
        if self.maintainer is None:
            return None
        party = catalogue.parties.get(self.maintainer)
        return party.name if party else self.maintainer


def alike_words(text: str) -> str:
    """An error text without its numbers and ids, to tell whether another one is news."""
    return _VARYING.sub("#", text)


def whole_lane(members: Sequence[Connection], kind: str, cause: str) -> tuple[Lane, str] | None:
    """Whose lane it is when connectors of several makers fail alike, and why in words; None when
    that says nothing: one maker that is known, or a kind that our own side has to mend."""
    makers = [maker_of(member) for member in members]
    known = {maker for maker in makers if maker is not None}
    if len(known) < 2 or kind in _OUR_OWN:
        return None
    words = f"{len(members)} connections by {len(known)} makers fail alike on {cause}."
    if unknown := makers.count(None):
        made = f"{len(members) - unknown} connections by {len(known)} makers fail alike on {cause}"
        words = f"{made}, and {unknown} of which nobody knows the maker."
    return Lane.PUBLISHER, words


def in_time(opened_at: datetime, now: datetime) -> bool:
    """Whether an incident opened near enough to a failure to share its cause."""
    return abs(now - opened_at) <= WINDOW
