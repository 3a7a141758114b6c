"""The failures that can be switched on, each as a story for a person and as effects on a stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from estate_sim.profiles import ERP_SLOW, ERP_THROTTLED, ERP_UNAVAILABLE, PERIOD_CLOSED, Profile

FLAP_SECONDS = 25.0


class Failure(StrEnum):
    CREDENTIAL_EXPIRED = "credential_expired"
    SILENT_STALL = "silent_stall"
    QUEUE_GROWS = "queue_grows"
    FIELD_RENAMED = "field_renamed"
    ERP_DOWN = "erp_down"
    RATE_LIMITED = "rate_limited"
    PERIOD_CLOSED = "period_closed"
    MASTER_DATA = "master_data"
    FLAPPING = "flapping"
    STATUS_GONE = "status_gone"
    STATUS_HANGS = "status_hangs"
    LOCKED_OUT = "locked_out"
    HEARTBEAT_STOPS = "heartbeat_stops"


class Scope(StrEnum):
    CONNECTION = "connection"
    WRITERS = "writers"  # every connection that writes to the ERP
    USERS = "users"  # every connection that touches the ERP
    QUOTA = "quota"  # every connection that shares the ERP's pool of calls


class Page(StrEnum):
    """How a connector's status page answers."""

    FINE = "fine"
    BROKEN = "broken"
    HANGING = "hanging"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the page says of a failure. `shows` is what a person should then see in Slack."""

    title: str
    tells: str
    shows: str
    scope: Scope = Scope.CONNECTION
    example: str = ""  # the connection it is told with best


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What all active failures together do to one stream."""

    stalled: bool = False
    blocked_by: str = ""  # every record fails with this text and stays in the queue
    # Records are refused with these texts and stand in error, each a share of what is left.
    rejects: Mapping[str, float] = field(default_factory=dict)
    throttled_by: str = ""
    capacity: float = 1.0
    flood: float = 1.0
    completeness: float = 1.0
    page: Page = Page.FINE
    delay: float = 0.0  # seconds before the status page answers
    silent: bool = False  # no heartbeats


STORIES: Mapping[Failure, Story] = {
    Failure.CREDENTIAL_EXPIRED: Story(
        title="Credential expired",
        tells="The credential has passed its end date. Every call is refused, records pile up.",
        shows="Incident that names the credential. Lane: internal IT.",
        example="shop-orders",
    ),
    Failure.SILENT_STALL: Story(
        title="Silent stall",
        tells="The connector says 200 OK and “ok”, but nothing moves any more.",
        shows="Incident without any error text: the last good sync is too old.",
        example="wms-3pl",
    ),
    Failure.QUEUE_GROWS: Story(
        title="Queue grows",
        tells="A flood of records meets a slow consumer. Syncs succeed, yet the queue gets older.",
        shows="How many records wait, and since when the oldest does.",
        example="mes-bridge",
    ),
    Failure.FIELD_RENAMED: Story(
        title="ERP update renames a field",
        tells="The ERP moved to a new version and no longer knows a field. New records fail.",
        shows="One parent incident for all writers; the version change is the first evidence.",
        scope=Scope.WRITERS,
    ),
    Failure.ERP_DOWN: Story(
        title="ERP down",
        tells="The ERP answers 503 to everyone, and its own status page agrees.",
        shows="One incident for all its connections, not twelve. Lane: publisher.",
        scope=Scope.USERS,
    ),
    Failure.RATE_LIMITED: Story(
        title="Rate limited",
        tells="The connections that share one pool of ERP calls starve each other.",
        shows="429 texts on several connections at once.",
        scope=Scope.QUOTA,
    ),
    Failure.PERIOD_CLOSED: Story(
        title="Records rejected",
        tells="Finance closed the period. Documents dated in it are refused, the rest flows.",
        shows="A data fault for the functional owner; amounts stay masked for finance flows.",
        example="ap-invoices",
    ),
    Failure.MASTER_DATA: Story(
        title="Dimension missing",
        tells="A value that the records use does not exist in the ERP.",
        shows="Which field of which table, how many records, and who maintains it.",
        example="ap-invoices",
    ),
    Failure.FLAPPING: Story(
        title="Slow and flapping",
        tells="The far end times out for half a minute, recovers, and times out again.",
        shows="One incident that stays open and says that it flaps, instead of ten.",
        example="crm-accounts",
    ),
    Failure.STATUS_GONE: Story(
        title="Status page broken",
        tells="The connector's own status page answers 500.",
        shows="Not reachable, with the page's own words.",
        example="edi-retail",
    ),
    Failure.STATUS_HANGS: Story(
        title="Status page hangs",
        tells="The status page accepts the call and never answers.",
        shows="A time-out after the check's limit; no other check is late because of it.",
        example="bi-pipeline",
    ),
    Failure.LOCKED_OUT: Story(
        title="Monitor locked out",
        tells="The status page refuses our own credential with 401.",
        shows="Unknown, not failing: the technical owner hears that we are blind.",
        example="bank",
    ),
    Failure.HEARTBEAT_STOPS: Story(
        title="Heartbeat stops",
        tells="The nightly job no longer runs, so it no longer calls.",
        shows="An overdue heartbeat on a connection that nobody owns.",
        example="pricelist-script",
    ),
}


def _token(effects: Effects, profile: Profile, _: float) -> Effects:
    return replace(effects, blocked_by=profile.expired)


def _stall(effects: Effects, _: Profile, __: float) -> Effects:
    return replace(effects, stalled=True)


def _queue(effects: Effects, _: Profile, __: float) -> Effects:
    return replace(effects, flood=6.0, capacity=0.3)


def _renamed(effects: Effects, profile: Profile, _: float) -> Effects:
    return replace(_rejected(effects, profile.renamed, 1.0), completeness=0.62)


def _down(effects: Effects, _: Profile, __: float) -> Effects:
    return replace(effects, blocked_by=ERP_UNAVAILABLE)


def _limited(effects: Effects, _: Profile, __: float) -> Effects:
    return replace(effects, throttled_by=ERP_THROTTLED, capacity=min(effects.capacity, 0.25))


def _period(effects: Effects, _: Profile, __: float) -> Effects:
    return _rejected(effects, PERIOD_CLOSED, 0.4)


def _master(effects: Effects, profile: Profile, _: float) -> Effects:
    return _rejected(effects, profile.master_data, 0.25)


def _rejected(effects: Effects, text: str, share: float) -> Effects:
    return replace(effects, rejects={**effects.rejects, text: share})


def _flapping(effects: Effects, _: Profile, seconds: float) -> Effects:
    bad = seconds % (2 * FLAP_SECONDS) < FLAP_SECONDS
    return replace(effects, blocked_by=ERP_SLOW, delay=1.5) if bad else effects


def _page(page: Page) -> Callable[[Effects, Profile, float], Effects]:
    return lambda effects, _, __: replace(effects, page=page)


def _silent(effects: Effects, _: Profile, __: float) -> Effects:
    return replace(effects, silent=True)


_EFFECTS: Mapping[Failure, Callable[[Effects, Profile, float], Effects]] = {
    # Later ones win where two set the same thing: with the ERP down no token matters. What is
    # refused adds up.
    Failure.QUEUE_GROWS: _queue,
    Failure.RATE_LIMITED: _limited,
    Failure.MASTER_DATA: _master,
    Failure.PERIOD_CLOSED: _period,
    Failure.FIELD_RENAMED: _renamed,
    Failure.FLAPPING: _flapping,
    Failure.CREDENTIAL_EXPIRED: _token,
    Failure.ERP_DOWN: _down,
    Failure.SILENT_STALL: _stall,
    Failure.STATUS_GONE: _page(Page.BROKEN),
    Failure.STATUS_HANGS: _page(Page.HANGING),
    Failure.LOCKED_OUT: _page(Page.FORBIDDEN),
    Failure.HEARTBEAT_STOPS: _silent,
}


def effects_of(active: Mapping[Failure, float], profile: Profile) -> Effects:
    """The joint effects of `active`, which maps each failure to the seconds it has been on."""
    effects = Effects()
    for failure, apply in _EFFECTS.items():
        if failure in active:
            effects = apply(effects, profile, active[failure])
    return effects
