"""A drill whose connection really breaks meanwhile."""

from collections.abc import Collection
from datetime import datetime

from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import Say, What, incident_subject
from bot.flows.work import log, show
from bot.ports import Tx


def really_broke(tx: Tx, real: Incident, broken: Collection[str], now: datetime) -> None:
    """Tell the drills of what is `broken` by now which incident is the real one."""
    for drill in tx.drills_under_way():
        one = tx.incident(drill.incident) if drill.connection in broken else None
        if one is not None:
            log(tx, one, "drill", f"It really broke meanwhile: {real.key}.", now)
            subject, facts = incident_subject(one.id), {"number": real.id}
            tx.queue(Say(subject=subject, to="channel", what=What.DRILL_BROKE, facts=facts), now)
            show(tx, one, now)
