"""The pieces of evidence that speak for or against a lane, each with its reason in words.

Points are whole and small on purpose: 3 is strong, 2 counts as much as how the connector was
built, 1 is a hint. A minus comes without words, since people are told what speaks *for* a lane.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.catalogue import LANE_NAMES, Build, Catalogue, Connection, Lane, Layer
from bot.core.facts import Facts, Shared, Sibling
from bot.core.hosts import host_lane
from bot.core.playbook import Entry, ErrorClass
from bot.core.releases import Release
from bot.core.signals import Signal
from bot.core.text import outside, when, who

FRESH = timedelta(hours=72)  # a release or change this close before the break is a suspect

_MAKER = {
    Build.NATIVE: Lane.VENDOR,
    Build.PUBLISHER: Lane.PUBLISHER,
    # On an integration platform and in our own code the flow is ours or our partner's work.
    Build.IPAAS: Lane.IT,
    Build.CUSTOM: Lane.IT,
    Build.SCRIPT: Lane.IT,
    Build.UNKNOWN: Lane.IT,
}
_DATA = frozenset({ErrorClass.MASTER_DATA, ErrorClass.PERIOD_CLOSED, ErrorClass.DUPLICATE})
_STRONG = _DATA | {
    ErrorClass.CREDENTIALS,
    ErrorClass.PERMISSION,
    ErrorClass.CERTIFICATE,
    ErrorClass.PLATFORM_OUTAGE,
    ErrorClass.VERSION_SUNSET,
}
# No release brings these about, and that one connection alone fails says nothing about whose they
# are: the error text has said it already.
_TELLS_ITSELF = _DATA | {
    ErrorClass.CREDENTIALS,
    ErrorClass.PERMISSION,
    ErrorClass.CERTIFICATE,
    ErrorClass.RATE_LIMIT,
}
# How one text spreads over the records tells something only where set-up may be at fault.
_CONFIGURED = frozenset(
    {None, ErrorClass.MAPPING, ErrorClass.PAYLOAD, ErrorClass.VERSION_SUNSET, ErrorClass.UNKNOWN}
)
# The words of public status pages that say the system itself is in trouble.
_RED = frozenset(
    {
        *("minor", "major", "critical", "maintenance"),
        *("degraded_performance", "partial_outage", "major_outage", "under_maintenance"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Points that one piece of evidence gives to a lane."""

    lane: Lane
    points: int
    words: str = ""
    layer: Layer = Layer.TECHNICAL


def maker_lane(connection: Connection) -> Lane:
    """The lane of whoever made the connector: where a break goes when nothing else is known."""
    return _MAKER[connection.build]


def acting_lane(lane: Lane, connection: Connection) -> Lane:
    """Who acts on this connection when a playbook entry or a runbook answer names `lane`. There
    `vendor` means the maker of the connector, and that is ourselves where we built it."""
    return maker_lane(connection) if lane is Lane.VENDOR else lane


def weigh(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> Iterator[Weight]:
    """Every weight the facts give; how the connector was built is not among them."""
    yield from _error_texts(facts, connection, catalogue)
    yield from _credentials(connection, now)
    yield from _signals(facts, connection, now)
    yield from _siblings(facts, connection, catalogue)
    yield from _changes(facts, now)
    if not _explained(facts):
        yield from _releases(facts, connection, catalogue, now)
        yield from _spread(facts, connection)


def _main_class(facts: Facts) -> ErrorClass | None:
    """The class of the error that most records fail with; None when the playbook knows none."""
    hit = next(iter(facts.hits), None)
    return hit.entry.error_class if hit else None


def _explained(facts: Facts) -> bool:
    """Whether the playbook knows the error most records fail with, and that it needs no cause
    from outside."""
    return _main_class(facts) in _TELLS_ITSELF


def _error_texts(facts: Facts, connection: Connection, catalogue: Catalogue) -> Iterator[Weight]:
    for hit in facts.hits:
        entry = hit.entry
        data = entry.error_class in _DATA
        lane = Lane.IT if data else acting_lane(entry.lane, connection)
        words = f"{_speaker(entry, connection, catalogue)}{entry.error_class.words} error"
        owned = _certificate_host(facts, entry, connection, catalogue)
        if owned is not None:
            lane, host = owned
            words += f" on {host}, a host of {LANE_NAMES[lane]}"
        yield Weight(
            lane=lane,
            points=3 if entry.error_class in _STRONG else 2,
            words=f"{words}: {entry.meaning}",
            layer=Layer.FUNCTIONAL if data else entry.layer,
        )


def _speaker(entry: Entry, connection: Connection, catalogue: Catalogue) -> str:
    """Which side refuses, where the entry belongs to what only one of the ends speaks."""
    ends = (catalogue.systems.get(system) for system in connection.systems)
    speaking = [end for end in ends if end and not set(end.speaks).isdisjoint(entry.systems)]
    if len(speaking) != 1:
        return "The error text is a "
    return f"{outside(speaking[0].name, 60)} says a "


def _certificate_host(
    facts: Facts, entry: Entry, connection: Connection, catalogue: Catalogue
) -> tuple[Lane, str] | None:
    """The owner of the host whose certificate is refused; only a text can name that host."""
    if entry.error_class is not ErrorClass.CERTIFICATE:
        return None
    texts = (text for text, hit in facts.best_hits.items() if hit.entry is entry)
    found = (host_lane(text, connection, catalogue) for text in texts)
    return next((owned for owned in found if owned), None)


def _credentials(connection: Connection, now: datetime) -> Iterator[Weight]:
    for credential in connection.credentials:
        if credential.expires is not None and credential.expires < now.date():
            name = outside(credential.name, 80)
            words = f"The credential “{name}” is past its date, {credential.expires.isoformat()}."
            yield Weight(lane=Lane.IT, points=3, words=words)


def _signals(facts: Facts, connection: Connection, now: datetime) -> Iterator[Weight]:
    status = facts.signals.get(Signal.STATUS)
    if isinstance(status, str) and status.strip().lower() in _RED:
        words = f"The system's own status says “{outside(status, 40)}”."
        yield Weight(lane=Lane.PUBLISHER, points=3, words=words)
    if facts.signals.get(Signal.ENABLED) is False:
        words = "The schedule, recipe or webhook is switched off."
        yield Weight(lane=Lane.IT, points=2, words=words)
    beat = facts.moment(Signal.HEARTBEAT)
    allowed = connection.tolerance or timedelta(hours=1)
    if beat is not None and now - beat > allowed:
        words = f"The bridge or job has given no sign of life since {when(beat)}."
        yield Weight(lane=Lane.IT, points=3, words=words)


def _siblings(facts: Facts, connection: Connection, catalogue: Catalogue) -> Iterator[Weight]:
    if _main_class(facts) is ErrorClass.RATE_LIMIT:
        yield from _same_quota(facts.siblings)
        return
    on_system = [item for item in facts.siblings if item.kind is Shared.SYSTEM]
    broken = [item for item in on_system if item.broken]
    systems = dict.fromkeys(item.shares for item in broken)
    if len(systems) > 1:
        words = f"Connections to {' and '.join(systems)} fail at once: look at the network first."
        yield Weight(lane=Lane.IT, points=3, words=words)
    elif broken and _other_makers(broken, connection, catalogue):
        words = f"{_names(broken)} on {broken[0].shares} fail too, by other makers."
        yield Weight(lane=Lane.PUBLISHER, points=3, words=words)
        yield Weight(lane=Lane.IT, points=1, words=words)
        yield Weight(lane=Lane.VENDOR, points=-1)
    elif on_system and all(item.fine for item in on_system) and not _explained(facts):
        yield from _only_this_one(on_system, maker_lane(connection))
    yield from _same_credential_or_vendor(facts.siblings)


def _same_quota(siblings: tuple[Sibling, ...]) -> Iterator[Weight]:
    """Throttled together is no outage: connections of ours share an allowance."""
    shared = [item for item in siblings if item.kind is not Shared.VENDOR and item.broken]
    if shared:
        words = f"{_names(shared)} on the same {shared[0].shares} fail too: they share a quota."
        yield Weight(lane=Lane.IT, points=5, words=words)


def _only_this_one(fine: list[Sibling], maker: Lane) -> Iterator[Weight]:
    words = f"Only this connection fails; {_names(fine)} on the same system work."
    yield Weight(lane=maker, points=2, words=words)
    if maker is not Lane.IT:
        yield Weight(lane=Lane.IT, points=1, words=words)
    if maker is not Lane.PUBLISHER:
        yield Weight(lane=Lane.PUBLISHER, points=-2)


def _same_credential_or_vendor(siblings: tuple[Sibling, ...]) -> Iterator[Weight]:
    by_key = [item for item in siblings if item.kind is Shared.CREDENTIAL and item.broken]
    if by_key:
        words = f"{_names(by_key)} with the same {by_key[0].shares} fail too."
        yield Weight(lane=Lane.IT, points=3, words=words)
    by_vendor = [item for item in siblings if item.kind is Shared.VENDOR and item.broken]
    if by_vendor:
        words = f"{_names(by_vendor)} by the same {by_vendor[0].shares} fail too."
        yield Weight(lane=Lane.VENDOR, points=2, words=words)


def _other_makers(broken: list[Sibling], connection: Connection, catalogue: Catalogue) -> bool:
    makers = (catalogue.connections[item.connection].maintained_by for item in broken)
    return any(maker is None or maker != connection.maintained_by for maker in makers)


def _releases(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> Iterator[Weight]:
    start = (facts.failing_since or now) - FRESH
    fresh = [item for item in facts.releases if item.at >= start and not _some_pass(facts)]
    for item in fresh:
        if item.system not in connection.systems:
            words = f"The connector's maker released {_came(item, catalogue)}, before the break."
            yield Weight(lane=maker_lane(connection), points=3, words=words)
    news = [_came(item, catalogue) for item in fresh if item.system in connection.systems]
    news += [f"{outside(o.what, 80)} at {when(o.at)}" for o in facts.observed if o.at >= start]
    if news and not _some_pass(facts):
        words = f"{news[-1]}, shortly before the break, and everything fails since."
        yield Weight(lane=Lane.PUBLISHER, points=2, words=words)
        if maker_lane(connection) is not Lane.PUBLISHER:
            yield Weight(lane=maker_lane(connection), points=2, words=words)


def _came(release: Release, catalogue: Catalogue) -> str:
    name = outside(catalogue.system_name(release.system), 60)
    return f"{name} {outside(release.version, 40)} came at {when(release.at)}"


def _changes(facts: Facts, now: datetime) -> Iterator[Weight]:
    start = (facts.failing_since or now) - FRESH
    for change in facts.changes:
        fresh = change.at >= start
        words = f"{who(change.by)} changed “{outside(change.what, 80)}” at {when(change.at)}."
        yield Weight(lane=Lane.IT, points=3 if fresh else 1, words=words)


def _spread(facts: Facts, connection: Connection) -> Iterator[Weight]:
    if _main_class(facts) not in _CONFIGURED:
        return
    total = sum(group.count for group in facts.failed)
    if total > 1 and len(facts.failed) == 1 and not _some_pass(facts):
        words = f"All {total} failed records carry the same text: configuration, not data."
        yield Weight(lane=maker_lane(connection), points=1, words=words)
    elif len(facts.failed) > 2:
        words = f"The failed records carry {len(facts.failed)} different texts: data, not set-up."
        yield Weight(lane=Lane.IT, points=1, words=words, layer=Layer.FUNCTIONAL)


def _some_pass(facts: Facts) -> bool:
    since, success = facts.failing_since, facts.last_success
    return since is not None and success is not None and success > since


def _names(siblings: list[Sibling]) -> str:
    shown = [outside(item.name, 60) for item in siblings[:3]]
    more = len(siblings) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
