"""A drill whose connection really breaks meanwhile."""

from collections.abc import Collection

from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import Say, What, incident_subject
from bot.flows.work import Work


def really_broke(work: Work, real: Incident, broken: Collection[str]) -> None:
    """Tell the drills of what is `broken` by now which incident is the real one."""
    for drill in work.tx.drills_under_way():
        one = work.tx.incident(drill.incident) if drill.connection in broken else None
        if one is not None:
            work.log(one, "drill", f"It really broke meanwhile: {real.key}.")
            subject, facts = incident_subject(one.id), {"number": real.id}
            work.queue(Say(subject=subject, to="channel", what=What.DRILL_BROKE, facts=facts))
            work.show(one)
