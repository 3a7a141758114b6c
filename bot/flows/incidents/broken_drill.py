"""A drill whose connection really breaks meanwhile."""

from collections.abc import Collection

from bot.core.incidents.incident import Incident
from bot.core.outbox.address import CHANNEL
from bot.core.outbox.notice import incident_subject
from bot.core.runbooks.notices import DrillBroke
from bot.flows.work import Work


def really_broke(work: Work, real: Incident, broken: Collection[str]) -> None:
    """Tell the drills of what is `broken` by now which incident is the real one."""
    for drill in work.tx.drills_under_way():
        one = work.tx.incident(drill.incident) if drill.connection in broken else None
        if one is not None:
            work.log(one, "drill", f"It really broke meanwhile: {real.key}.")
            work.tell(CHANNEL, DrillBroke(number=real.id), about=incident_subject(one.id))
            work.show(one)
