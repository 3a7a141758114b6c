"""One open transaction: what every flow reads and writes through."""

from bot.store.tables.changes import ChangeRows
from bot.store.tables.estate import EstateRows
from bot.store.tables.governance import GovernanceRows
from bot.store.tables.inbox import InboxRows
from bot.store.tables.incidents import IncidentRows
from bot.store.tables.monitoring import MonitoringRows
from bot.store.tables.outbox import OutboxRows
from bot.store.tables.people import PeopleRows
from bot.store.tables.retention import RetentionRows
from bot.store.tables.runbooks import RunbookRows
from bot.store.tables.slack import SlackRows
from bot.store.tables.triage import TriageRows


class Tx(
    EstateRows,
    PeopleRows,
    ChangeRows,
    MonitoringRows,
    TriageRows,
    IncidentRows,
    RunbookRows,
    GovernanceRows,
    OutboxRows,
    InboxRows,
    SlackRows,
    RetentionRows,
):
    """One transaction. Every method reads or writes at once; nothing is seen by others before the
    flow that holds it returns, and nothing remains of it when the flow raises."""
