"""The words of monitors and jobs by what they mean, all in this one place.

A status is matched as a whole, so that no part of a longer one is taken for it: “not down” is in no
set, and what is in none is unknown. Words are in small letters with `_` for blanks and hyphens.
"""

from collections.abc import Mapping

from bot.core.monitoring.heartbeat import PingKind


def set_of(text: str) -> frozenset[str]:
    """The words of a text, as the tables below are written."""
    return frozenset(text.split())


FAILS = set_of(
    "fail failed failing failure failure_with_task error errored down down_(partial)"
    " down_(acknowledged) down_escalation timeout timed_out timedout unhealthy firing fired"
    " alerting alert alarm in_alarm critical crit problem triggered re_triggered retriggered"
    " unreachable unreach offline aborted cancelled canceled crashed killed"
)
WORKS = set_of(
    "ok okay success successful successfully succeeded completed complete up done passed healthy"
    " resolved recovered recovery online operational"
)
BEGINS = set_of("start started running in_progress")
WARNS = set_of("warning warn re_warn warning_escalation unusual degraded")
# What is asked, waited for, put off or not known.
NEITHER = set_of(
    "queued pending scheduled rescheduled skipped paused maintenance under_maintenance unknown unkn"
    " insufficient_data no_data re_no_data renotify acknowledged acknowledgement info"
)
MEANINGS: Mapping[PingKind, tuple[frozenset[str], ...]] = {
    PingKind.FAIL: (FAILS,),
    PingKind.SUCCESS: (WORKS,),
    PingKind.START: (BEGINS,),
    # A warning is no outage and ends none: it is a note like the others.
    PingKind.LOG: (WARNS, NEITHER),
}
WORDS: Mapping[str, PingKind] = {
    word: kind for kind, sets in MEANINGS.items() for words in sets for word in words
}
