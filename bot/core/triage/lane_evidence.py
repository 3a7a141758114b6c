"""The pieces of evidence that speak for or against a lane, each with its reason in words.

Points are whole and small on purpose: 3 is strong, 2 counts as much as how the connector was
built, 1 is a hint.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.index import host_lane, own_network
from bot.core.estate.lane import LANE_NAMES, Lane, Layer
from bot.core.monitoring.signals import Cause, Signal
from bot.core.triage import lane_rules as rules
from bot.core.triage.credential_register import RegisterDoubt, doubt_of, past_its_end, words_of
from bot.core.triage.error_class import (
    CONFIGURED,
    DATA,
    LOGIN,
    TELLS_ITSELF,
    main_class,
    red_pages,
    vague,
)
from bot.core.triage.facts import Facts
from bot.core.triage.lane_neighbours import of_neighbours, same_quota
from bot.core.triage.lane_rules import LanePoints, latest_act, of_changes
from bot.core.triage.party_lanes import (
    acting_lane,
    credential_owner_lane,
    maker_lane,
    orphaned,
    owner_of,
    page_of,
    person_lane,
    somebody_for,
    system_lane,
)
from bot.core.triage.playbook import ErrorClass, PlaybookEntry
from bot.language.marks import outside, when, who

_DROP = "sftp"  # the kind of check that looks for files
_STRONG = (
    DATA | LOGIN | {ErrorClass.CERTIFICATE, ErrorClass.PLATFORM_OUTAGE, ErrorClass.VERSION_SUNSET}
)
# What became of a call once it was on its way to the right place.
_AT_FAR_END = frozenset(
    {Cause.STATUS, Cause.TIMEOUT, Cause.REFUSED, Cause.CLOSED, Cause.UNREADABLE}
)
_BLAMES_NOBODY = frozenset({ErrorClass.MAPPING, ErrorClass.PAYLOAD, ErrorClass.RATE_LIMIT})


def weigh(
    facts: Facts, connection: Connection, catalogue: Catalogue, now: datetime
) -> Iterator[LanePoints]:
    """Every weight the facts give; how the connector was built is not among them."""
    kind = main_class(facts)
    told = kind in TELLS_ITSELF
    awaited = tuple(_awaited(facts, connection, catalogue))
    yield from awaited
    yield from _error_texts(facts, connection, catalogue)
    yield from _credentials(facts, catalogue, now, refused=kind in LOGIN)
    yield from _pages(facts, connection, catalogue, told=told)
    yield from _signals(facts, connection, now)
    # Neighbours that are throttled, too, are no sign of an outage but of a common allowance.
    if kind is ErrorClass.RATE_LIMIT:
        yield from same_quota(facts, connection, catalogue)
    else:
        acted = latest_act(facts, connection, catalogue, kind)
        main = _texts_of(facts, facts.hits[0].entry) if facts.hits else []
        known = _known_host(facts, connection, catalogue, main) is not None
        answered = any(map(facts.asked_when_it_said, facts.check_errors))
        blamed = told or known or bool(red_pages(facts) or awaited or acted or answered)
        yield from of_neighbours(facts, connection, catalogue, kind, blamed=blamed)
    yield from of_changes(facts, connection, catalogue, kind, releases=not told, now=now)
    yield from _spread(facts, connection, kind)


def _error_texts(
    facts: Facts, connection: Connection, catalogue: Catalogue
) -> Iterator[LanePoints]:
    for hit in facts.hits:
        entry = hit.entry
        data = entry.error_class in DATA
        # Master data and periods are ours to mend, whoever's system complains of them.
        lane = Lane.IT if data else acting_lane(entry.lane, connection)
        strong = entry.error_class in _STRONG
        words = f"{_speaker(entry, connection, catalogue)}{entry.error_class.words} error"
        owned = _owner(facts, entry, connection, catalogue)
        if owned is not None:
            lane, why = owned
            words += why
            strong = strong or _calls_of_ours(facts, _texts_of(facts, entry))
        yield LanePoints(
            rule=rules.of_entry(entry.id),
            lane=lane,
            points=3 if strong else 2,
            words=f"{words}: {entry.meaning}",
            layer=Layer.FUNCTIONAL if data else entry.layer,
        )


def _speaker(entry: PlaybookEntry, connection: Connection, catalogue: Catalogue) -> str:
    """Which side refuses, where the entry belongs to what only one of the ends speaks."""
    speaking = _speaking(entry, connection, catalogue)
    if len(speaking) != 1:
        return "The error text is a "
    return f"{outside(catalogue.system_name(speaking[0]), 60)} says a "


def _speaking(entry: PlaybookEntry, connection: Connection, catalogue: Catalogue) -> list[str]:
    ends = ((one, catalogue.systems.get(one)) for one in dict.fromkeys(connection.systems))
    return [one for one, end in ends if end and not set(end.speaks).isdisjoint(entry.systems)]


def _owner(
    facts: Facts, entry: PlaybookEntry, connection: Connection, catalogue: Catalogue
) -> tuple[Lane, str] | None:
    """Whose the failing thing is, where the catalogue or the text itself names its owner."""
    texts, kind = _texts_of(facts, entry), entry.error_class
    if kind is ErrorClass.CERTIFICATE:
        found = (host_lane(text, connection, catalogue) for text in texts)
        owned = next((one for one in found if one), None)
        return (owned[0], f" on {owned[1]}, a host of {LANE_NAMES[owned[0]]}") if owned else None
    if kind in LOGIN:
        lane = credential_owner_lane(connection, catalogue)
        return (lane, f" and {LANE_NAMES[lane]} keeps the login") if lane else None
    if kind in (ErrorClass.CONNECTIVITY, ErrorClass.PLATFORM_OUTAGE):
        explained = _unreachable(facts, entry, texts, connection, catalogue)
        return explained or _answering(facts, entry, texts, connection, catalogue)
    if kind in _BLAMES_NOBODY:
        acted = latest_act(facts, connection, catalogue, kind)
        return (acted, f" and {LANE_NAMES[acted]} changed something last") if acted else None
    return _answering(facts, entry, texts, connection, catalogue)


def _answering(
    facts: Facts,
    entry: PlaybookEntry,
    texts: list[str],
    connection: Connection,
    catalogue: Catalogue,
) -> tuple[Lane, str] | None:
    """The answer to a call of ours is the word of whoever was asked, whatever system could say
    it."""
    hosts = [facts.asked_when_it_said(text) for text in texts]
    if not hosts or not all(hosts):
        return None
    for host in hosts:
        lane = owner_of(host, connection, catalogue)
        if lane is not None:
            return lane, f" on {outside(host, 80)}, a host of {LANE_NAMES[lane]}"
    return somebody_for(acting_lane(entry.lane, connection), connection, catalogue), ""


def _unreachable(
    facts: Facts,
    entry: PlaybookEntry,
    texts: list[str],
    connection: Connection,
    catalogue: Catalogue,
) -> tuple[Lane, str] | None:
    """A text that any system could say is explained by the one whose own page is red. What came of
    a call of our own is told of the host that it went to, and of no end of the connection."""
    # First, since no page and no party outside can explain an address within.
    if any(own_network(f"{text} {facts.hosts.get(text, '')}") for text in texts):
        return Lane.IT, " inside our own network"
    pages = red_pages(facts)
    if pages and (vague(entry) or entry.error_class is ErrorClass.CONNECTIVITY):
        _, lane = page_of(pages[0].address, connection, catalogue)
        return lane, " and the status page explains it"
    known = _known_host(facts, connection, catalogue, texts)
    speaking = _speaking(entry, connection, catalogue)
    if known is None and entry.error_class is ErrorClass.PLATFORM_OUTAGE and len(speaking) == 1:
        return system_lane(speaking[0], connection, catalogue), ""
    if known is None and _calls_of_ours(facts, texts):
        host = outside(facts.hosts.get(texts[0], ""), 80) or "what our check asks"
        return maker_lane(connection), f" of {host}, which our own check called"
    return known


def _texts_of(facts: Facts, entry: PlaybookEntry) -> list[str]:
    return [text for text, hit in facts.best_hits.items() if hit.entry is entry]


def _calls_of_ours(facts: Facts, texts: list[str]) -> bool:
    """Whether all of these are how calls of our own ended at the far end, and none of a record."""
    return bool(texts) and all(facts.calls.get(text) in _AT_FAR_END for text in texts)


def _known_host(
    facts: Facts, connection: Connection, catalogue: Catalogue, texts: list[str]
) -> tuple[Lane, str] | None:
    """The lane of the party whose host our own calls went to; None where nobody is known to run
    it, or who does has nothing to do with the connection."""
    host = facts.hosts.get(texts[0], "") if _calls_of_ours(facts, texts) else ""
    if own_network(host):
        return Lane.IT, " inside our own network"
    lane = owner_of(host, connection, catalogue)
    if lane is None:
        return None
    return lane, f" on {outside(host, 80)}, a host of {LANE_NAMES[lane]}"


def _credentials(
    facts: Facts, catalogue: Catalogue, now: datetime, *, refused: bool
) -> Iterator[LanePoints]:
    connection = facts.connection
    for credential in connection.credentials:
        lane = person_lane(credential.owner, connection, catalogue)
        name = f"The credential “{outside(credential.name, 80)}”"
        if credential.expires is not None and past_its_end(credential, facts, now):
            words = f"{name} is past its date, {credential.expires.isoformat()}."
            yield LanePoints(rule=rules.CREDENTIAL, lane=lane, points=3, words=words)
        doubt = doubt_of(credential, facts, now)
        if doubt is RegisterDoubt.ENDED and credential.expires is not None:
            named = name[0].lower() + name[1:]
            words = f"{words_of(doubt, named, credential.expires, facts)}."
            yield LanePoints(rule=rules.REGISTER, lane=lane, points=1, words=words)
        if refused and orphaned(credential, catalogue):
            words = f"{name} belongs to {who(credential.owner)}, who left."
            yield LanePoints(rule=rules.OWNER_LEFT, lane=lane, points=2, words=words)


def _pages(
    facts: Facts, connection: Connection, catalogue: Catalogue, *, told: bool
) -> Iterator[LanePoints]:
    """Whose page is red; a hint only where the error says by itself what is wrong."""
    for page in red_pages(facts):
        party, lane = page_of(page.address, connection, catalogue)
        known = catalogue.parties.get(party) if party else None
        whose = f"The status page of {outside(known.name, 60)}" if known else "Its own status"
        words = f"{whose} says “{outside(page.status, 40)}”."
        yield LanePoints(rule=rules.STATUS_PAGE, lane=lane, points=1 if told else 3, words=words)


def _awaited(facts: Facts, connection: Connection, catalogue: Catalogue) -> Iterator[LanePoints]:
    """A counter-party puts files on a server of its own, that server answers, and none has come."""
    silent = not (facts.failed or facts.check_errors or facts.number(Signal.QUEUE_DEPTH))
    source = catalogue.systems.get(connection.source)
    party = source.publisher if source else None
    if not silent or party is None or _DROP not in facts.answered:
        return
    drops = (one.settings for one in connection.checks if one.kind == _DROP)
    hosts = (host for settings in drops for host in settings.hosts())
    if any(page_of(host, connection, catalogue)[0] == party for host in hosts):
        name = outside(catalogue.parties[party].name, 60)
        words = f"The server of {name} answers, and what they should put there has not come."
        lane = system_lane(connection.source, connection, catalogue)
        # Five outweigh how it was built and that it fails alone: nothing of ours can bring their
        # files.
        yield LanePoints(rule=rules.AWAITED, lane=lane, points=5, words=words)


def _signals(facts: Facts, connection: Connection, now: datetime) -> Iterator[LanePoints]:
    if facts.signals.get(Signal.ENABLED) is False:
        words = "The schedule, recipe or webhook is switched off."
        yield LanePoints(rule=rules.SWITCHED_OFF, lane=Lane.IT, points=2, words=words)
    beat = facts.moment(Signal.HEARTBEAT)
    allowed = connection.tolerance or timedelta(hours=1)
    if beat is not None and now - beat > allowed:
        words = f"The bridge or job has given no sign of life since {when(beat)}."
        yield LanePoints(rule=rules.SILENT_BRIDGE, lane=Lane.IT, points=3, words=words)


def _spread(facts: Facts, connection: Connection, kind: ErrorClass | None) -> Iterator[LanePoints]:
    if facts.some_pass and (kind in DATA or (kind in CONFIGURED and facts.failed)):
        words = "Other records pass: these ones differ in their data."
        # The text of a data error has said it already; this only agrees.
        points = 1 if kind in DATA else 2
        rule, data = rules.OTHERS_RUN, Layer.FUNCTIONAL
        yield LanePoints(rule=rule, lane=Lane.IT, points=points, words=words, layer=data)
    if kind not in CONFIGURED:
        return
    total = sum(group.count for group in facts.failed)
    if total > 1 and len(facts.failed) == 1 and not facts.some_pass:
        words = f"All {total} failed records carry the same text: configuration, not data."
        lane = maker_lane(connection)
        yield LanePoints(rule=rules.ONE_TEXT, lane=lane, points=1, words=words)
    elif len(facts.failed) > 2:
        words = f"The failed records carry {len(facts.failed)} different texts: data, not set-up."
        rule, data = rules.MANY_TEXTS, Layer.FUNCTIONAL
        yield LanePoints(rule=rule, lane=Lane.IT, points=1, words=words, layer=data)
