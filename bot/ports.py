"""What the flows need from the outside, described and nothing more.

A `Tx` is one open transaction. Every method reads or writes at once; nothing is seen by others
before the flow that holds the transaction returns, and nothing remains of it when the flow raises.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.blindness import Line
from bot.core.catalogue import Catalogue
from bot.core.cover import Absence, Cover
from bot.core.effects import Effect
from bot.core.expiry import CredentialWatch
from bot.core.governance.records import Attestation, KnownFinding, Score
from bot.core.health import CheckHealth, ConnectionHealth, Flip
from bot.core.heartbeat import Ping
from bot.core.incident import Incident, State
from bot.core.index import Index
from bot.core.ledger import Handover, Holding
from bot.core.outbox import Letter, SentLetter
from bot.core.playbook import Playbook
from bot.core.profile import Hour
from bot.core.runbook import Progress, Runbook
from bot.core.tally import Tally

Clock = Callable[[], datetime]
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything that files say: the estate, the runbooks and the playbook entries."""

    catalogue: Catalogue
    runbooks: Mapping[str, Runbook]
    playbook: Playbook
    index: Index  # of the catalogue's words, for questions


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened to an incident. `text` is in `core.text` marks; `by` is a person's
    id or None for the bot itself."""

    at: datetime
    kind: str
    text: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message we keep current. `ts` is None between the intention to post and its proof."""

    subject: str
    slot: str
    channel: str
    ts: str | None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackUser:
    """Whom a catalogue person is in Slack. `problem` says why there is no user."""

    person: str
    user: str | None
    dm: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a ping: `state` is waiting, delivered or failed."""

    person: str
    state: str
    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A response time that a party did not keep."""

    incident: int
    connection: str
    party: str
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A plain mail. `message_id` is the same for every try of the same letter."""

    to: str
    subject: str
    body: str
    message_id: str


class NotMailed(Exception):
    """The mail was not accepted; `final` when trying again is of no use."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


Mailer = Callable[[Mail], Awaitable[None]]


class HealthTx(Protocol):
    def check_health(self, key: str) -> CheckHealth | None: ...
    def save_check_health(self, health: CheckHealth) -> None: ...
    def checks_of(self, connection: str) -> tuple[CheckHealth, ...]: ...
    def all_check_health(self) -> tuple[CheckHealth, ...]: ...
    def due_checks(self, now: datetime) -> frozenset[str]:
        """Keys of known checks whose time has come."""
        ...

    def known_checks(self) -> frozenset[str]: ...
    def put_off_check(self, key: str, until: datetime) -> None:
        """Claim a due check: nobody else takes it before `until`."""
        ...

    def connection_health(self, connection: str) -> ConnectionHealth | None: ...
    def all_connection_health(self) -> Mapping[str, ConnectionHealth]: ...
    def save_connection_health(self, health: ConnectionHealth) -> None: ...
    def add_flip(self, flip: Flip) -> None: ...
    def observe(self, connection: str, at: datetime, what: str) -> None:
        """Record a change that we saw ourselves, such as a new served version."""
        ...

    def observed(self, connection: str, since: datetime) -> tuple[tuple[datetime, str], ...]: ...
    def save_ping(self, check: str, ping: Ping) -> None: ...
    def last_ping(self, check: str) -> Ping | None: ...


class IncidentTx(Protocol):
    def add_incident(self, incident: Incident) -> Incident:
        """Store a new incident; its id is ignored and the stored one returned."""
        ...

    def save_incident(self, incident: Incident) -> None: ...
    def incident(self, number: int) -> Incident | None: ...
    def live_incident(self, connection: str) -> Incident | None: ...
    def incidents(self, states: Collection[State]) -> tuple[Incident, ...]:
        """Newest first."""
        ...

    def opened_since(self, moment: datetime) -> tuple[Incident, ...]:
        """Of any state, newest first."""
        ...

    def incidents_of(self, connection: str, limit: int) -> tuple[Incident, ...]: ...
    def parts_of(self, incident: int) -> tuple[Incident, ...]:
        """The incidents merged into this one, oldest first."""
        ...

    def part_for(self, connection: str) -> Incident | None:
        """The connection's part in an incident that is still live, the newest."""
        ...

    def put_off_incident(self, number: int, until: datetime) -> None:
        """Its deadlines stay as they are, but it is not due again before `until`."""
        ...

    def due_incidents(self, now: datetime) -> tuple[Incident, ...]:
        """Incidents with any deadline at or before `now`: live ones, and resolved ones whose
        review is to be asked for."""
        ...

    def add_timeline(self, incident: int, entry: TimelineEntry) -> None: ...
    def timeline(self, incident: int) -> tuple[TimelineEntry, ...]: ...
    def walks(self, incident: int) -> tuple[Progress, ...]:
        """The runbooks walked in this incident, the present one last."""
        ...

    def save_progress(self, incident: int, progress: Progress) -> None: ...
    def turn_to(self, incident: int, runbook: str) -> None:
        """Make `runbook` the present one; what was answered in it before still stands."""
        ...


class OutboxTx(Protocol):
    def queue(self, effect: Effect, now: datetime) -> None: ...
    def claim_letters(
        self, now: datetime, until: datetime, claimer: str, limit: int
    ) -> tuple[Letter, ...]:
        """Take the next letter of every free stream, most urgent first."""
        ...

    def claimers(self) -> frozenset[str]:
        """Who holds letters now."""
        ...

    def release_claims(self, claimer: str) -> int:
        """Free what a dead claimer held; those letters come back as `maybe_sent`."""
        ...

    def letter_sent(self, letter: int, now: datetime, channel: str, ts: str) -> None: ...
    def letter_postponed(self, letter: int, until: datetime, error: str) -> None: ...
    def letter_failed(self, letter: int, now: datetime, error: str) -> None: ...
    def receipts(self, subject: str) -> tuple[Receipt, ...]:
        """Of the pings of one subject, oldest first."""
        ...

    def deliveries(self, subject: str) -> tuple[Receipt, ...]:
        """Of what was sent to outside parties, oldest first; `person` is the address."""
        ...

    def told(self, subject: str) -> frozenset[str]:
        """The people to whom anything of this subject was ever addressed."""
        ...

    def letters_in_slack(self, subject: str) -> tuple[SentLetter, ...]:
        """The personal messages of a subject that were sent, oldest first."""
        ...

    def waiting_letters(self) -> int: ...


class SlackTx(Protocol):
    def channel_of(self, subject: str) -> str | None: ...
    def channel_name_of(self, subject: str) -> str | None: ...
    def subject_of_channel(self, channel: str) -> str | None: ...
    def name_channel(self, subject: str, name: str) -> None:
        """Remember the name before the channel is asked for."""
        ...

    def save_channel(self, subject: str, channel: str) -> None: ...
    def posts(self, subject: str) -> Mapping[str, Post]: ...
    def save_post(self, post: Post) -> None: ...
    def subject_of_post(self, channel: str, ts: str) -> str | None: ...
    def fixture(self, subject: str, name: str) -> str | None:
        """What was last applied for a piece of furniture, as text."""
        ...

    def save_fixture(self, subject: str, name: str, value: str) -> None: ...
    def fixtures_of(self, subject: str) -> Mapping[str, str]: ...
    def slack_user(self, person: str) -> SlackUser | None: ...
    def slack_users(self) -> Mapping[str, str]:
        """Slack user id of every person who has one."""
        ...

    def person_of(self, user: str) -> str | None: ...
    def save_slack_user(self, user: SlackUser) -> None: ...
    def first_time(self, event: str, now: datetime) -> bool:
        """True once for each delivery id; a redelivery gets False."""
        ...

    def install(self) -> str:
        """An id of this database, made once; it tells our messages from another install's."""
        ...


class LedgerTx(Protocol):
    def open_holdings(self) -> tuple[Holding, ...]: ...
    def holdings_of(self, subject: str) -> tuple[Holding, ...]:
        """Every line of a connection, oldest first."""
        ...

    def begin_holding(self, holding: Holding) -> None: ...
    def end_holding(self, holding: Holding) -> None:
        """Close the open line of its subject and layer."""
        ...

    def open_findings(self) -> Mapping[str, KnownFinding]: ...
    def save_finding(self, known: KnownFinding) -> None: ...
    def save_score(self, score: Score) -> None: ...
    def scores(self, limit: int) -> tuple[Score, ...]:
        """The newest, oldest first."""
        ...

    def add_attestation(self, attestation: Attestation) -> None: ...
    def save_attestation(self, attestation: Attestation) -> None: ...
    def attestation(self, number: int) -> Attestation | None: ...
    def open_attestations(self) -> tuple[Attestation, ...]: ...
    def attestations_of(self, round: str) -> tuple[Attestation, ...]: ...
    def last_attestation_round(self) -> str | None: ...
    def add_handover(self, handover: Handover) -> Handover: ...
    def save_handover(self, handover: Handover) -> None: ...
    def handover(self, number: int) -> Handover | None: ...
    def open_handovers(self) -> tuple[Handover, ...]: ...
    def round_due(self, name: str) -> datetime | None:
        """When a standing round is due next; None before its first."""
        ...

    def set_round(self, name: str, due: datetime) -> None: ...


class CoverTx(Protocol):
    def add_cover(self, cover: Cover) -> Cover:
        """Store a new cover; its id is ignored and the stored one returned."""
        ...

    def save_cover(self, cover: Cover) -> None: ...
    def covers(self) -> tuple[Cover, ...]:
        """Those not ended, oldest first, also when their time has come."""
        ...

    def save_absence(self, absence: Absence) -> None:
        """One per person: a newer one replaces it."""
        ...

    def end_absence(self, person: str) -> None: ...
    def absences(self) -> tuple[Absence, ...]: ...
    def add_breach(self, breach: Breach) -> None:
        """A second one of the same incident, party and due time is not kept."""
        ...

    def breaches(self, since: datetime) -> tuple[Breach, ...]:
        """Oldest first."""
        ...


class WatchTx(Protocol):
    def tally(self, check: str) -> Tally | None: ...
    def save_tally(self, check: str, tally: Tally) -> None: ...
    def add_hour(self, check: str, hour: Hour) -> None:
        """Keep one finished hour; one that is already there is added to."""
        ...

    def hours(self, check: str, since: datetime) -> tuple[Hour, ...]:
        """Finished hours from `since` on, oldest first."""
        ...

    def drop_hours(self, before: datetime) -> None: ...
    def hold(self, connection: str, at: datetime) -> None:
        """Remember that a window held an opening back."""
        ...

    def held(self) -> Mapping[str, datetime]: ...
    def release(self, connection: str) -> None: ...
    def line(self) -> Line: ...
    def save_line(self, line: Line) -> None: ...
    def credential_watch(self, key: str) -> CredentialWatch | None: ...
    def credential_watches(self) -> tuple[CredentialWatch, ...]: ...
    def save_credential_watch(self, watch: CredentialWatch) -> None: ...


class PartTx(Protocol):
    def apart(self) -> AbstractContextManager[object]:
        """What is done inside is undone when it raises, and nothing else of the transaction."""
        ...


class Tx(PartTx, HealthTx, IncidentTx, LedgerTx, OutboxTx, SlackTx, WatchTx, CoverTx, Protocol):
    """One transaction."""


class Store(Protocol):
    async def run(
        self, flow: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `flow(tx, *args, **kwargs)` in one transaction and return what it returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What every edge is given."""

    store: Store
    knowledge: Callable[[], Knowledge]
    clock: Clock
