"""One open transaction: what every flow reads and writes through."""

from bot.store.tables.changes import ChangeRows, ReleaseRows
from bot.store.tables.channels import RoomRows
from bot.store.tables.clock import ClockRows
from bot.store.tables.estate import LedgerRows
from bot.store.tables.holds import HoldRows
from bot.store.tables.inbox import InboxRows
from bot.store.tables.incidents import IncidentRows
from bot.store.tables.monitoring import HealthRows
from bot.store.tables.outbox import OutboxRows
from bot.store.tables.pauses import PauseRows
from bot.store.tables.people import CoverRows
from bot.store.tables.retention import OldRows
from bot.store.tables.self_check import AuditorRows
from bot.store.tables.slack import SlackRows
from bot.store.tables.triage import TriageRows
from bot.store.tables.watching import WatchRows


class Tx(
    HealthRows,
    IncidentRows,
    LedgerRows,
    OutboxRows,
    SlackRows,
    RoomRows,
    PauseRows,
    HoldRows,
    WatchRows,
    CoverRows,
    TriageRows,
    ChangeRows,
    ReleaseRows,
    AuditorRows,
    ClockRows,
    OldRows,
    InboxRows,
):
    """One transaction. Every method reads or writes at once; nothing is seen by others before the
    flow that holds it returns, and nothing remains of it when the flow raises."""
