"""What `/readyz` asks beside the loop and the database: the looks, the deadlines, Slack, the estate
file and the self check."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from math import ceil

from bot.core.monitoring.vitals import Part
from bot.files.library import Library
from bot.jobs import CheckLoop, SelfWatch
from bot.jobs.ask_vitals import Look
from bot.jobs.metronome import Settling
from bot.jobs.self_watch import AUDIT_RESTS, TICK_RESTS
from bot.language.units import are, say_count, say_duration
from bot.slack.platform.gateway import Gateway
from bot.slack.platform.supervisor import Supervisor

ASK_AFTER_S = 30.0  # so long Slack may say nothing before it is asked
_SILENT_S = 120.0  # so long without an answer, it counts as silent
_NAMED = 3
_READ_THE_LOG = "The log says why; if it does not, start Firstlane again."


def _span(seconds: float) -> str:
    return say_duration(timedelta(seconds=int(seconds)))


def looks(watch: CheckLoop, self_watch: SelfWatch, slack: Look, library: Library) -> list[Look]:
    """What `/readyz` asks, in the order in which it should be mended."""
    deadlines, self_check = deadlines_of(self_watch), self_check_of(self_watch)
    return [looks_of(watch), deadlines, slack, catalogue_of(library), self_check]


def looks_of(watch: CheckLoop) -> Look:
    def look() -> Part:
        late: Mapping[str, float] = watch.overdue()
        part = Part(name="checks", age_s=watch.last_look())
        # Before what is late: checks that wait for the clock are late as well, and on purpose.
        if settling := watch.waiting():
            return _until_believed(part, settling)
        if not late:
            return _unkept(_if_looked(part, watch), watch.unkept())
        longest = sorted(late, key=lambda key: -late[key])[:_NAMED]
        said = (
            f"{say_count(len(late), 'check')} {are(late)} not looked at any more, the longest for"
            f" {_span(max(late.values()))}: {', '.join(longest)}"
        )
        todo = _READ_THE_LOG
        return Part(name=part.name, age_s=part.age_s, wrong=said, todo=todo)

    return look


def _if_looked(part: Part, watch: CheckLoop) -> Part:
    """Until the first look since the start nothing shows that there are any; a check that has its
    turn once a day need not be waited for."""
    if part.age_s is not None or not watch.has_checks():
        return part
    todo = "Wait for the next one that is due; what waits too long is named here."
    return replace(part, unknown="none was looked at since the start", todo=todo, needed=False)


def _unkept(part: Part, late: Mapping[str, float]) -> Part:
    if not late:
        return part
    said = (
        f"{say_count(len(late), 'check')} {are(late)} looked at, but what they see cannot be"
        f" stored, for {_span(max(late.values()))} now"
    )
    return replace(part, wrong=said, todo="See what is said of the store.")


def _until_believed(part: Part, settling: Settling) -> Part:
    way = "forward" if settling.by > timedelta(0) else "back"
    said = (
        f"checks wait until {settling.until:%Y-%m-%d %H:%M:%S} UTC,"
        f" because the clock of this machine jumped {say_duration(abs(settling.by))} {way}"
    )
    todo = "Wait; if the clock is wrong now, set it right."
    return replace(part, wrong=said, since=settling.since, todo=todo)


def deadlines_of(self_watch: SelfWatch) -> Look:
    def look() -> Part:
        rested = self_watch.rested()
        part = Part(name="deadlines", age_s=rested)
        silent = self_watch.lived() if rested is None else rested
        if silent > TICK_RESTS.total_seconds():
            said = f"no deadline was looked at for {_span(silent)}"
            return replace(part, wrong=said, todo=_READ_THE_LOG)
        if rested is None:
            todo = "Wait a moment; it is asked every second."
            return replace(part, unknown="none was looked at since the start", todo=todo)
        return part

    return look


def slack_of(
    gateway: Gateway, supervisor: Callable[[], Supervisor | None], steady: Callable[[], float]
) -> Look:
    began = steady()

    def look() -> Part:
        socket = supervisor()
        answered = gateway.answered_at
        age = None if answered is None else steady() - answered
        # From the start on where it never answered, or a Slack that is gone would look new for
        # ever.
        silent_s = steady() - (began if answered is None else answered)
        wrong, todo, since = "", "", gateway.dark_since
        if gateway.dark_since is not None:
            wrong = "Slack gives no answer, or something else answers in its place"
            todo = "Look at the network between here and Slack, proxies included."
        elif waits := gateway.waits():
            methods = ", ".join(sorted({wait.method for wait in waits}))
            left = say_duration(timedelta(minutes=ceil(waits[0].left / timedelta(minutes=1))))
            wrong = f"Slack told us to wait with {methods}, for another {left}"
            todo = "Wait; other calls go on. If it comes again, see who else uses this app's token."
            since = min(wait.since for wait in waits)
        elif silent_s > _SILENT_S:
            wrong = f"Slack has said nothing for {_span(silent_s)}"
            todo = "Look at the network; if it is fine, start Firstlane again."
        elif socket is not None and not socket.connected:
            wrong = "no Socket Mode connection"
            todo = "Wait a minute; then look at the network and at SLACK_APP_TOKEN."
        elif answered is None:
            todo = "Wait a moment; it is asked."
        unknown = "it has not answered yet" if answered is None and not wrong else ""
        return Part(name="slack", age_s=age, since=since, wrong=wrong, unknown=unknown, todo=todo)

    return look


def catalogue_of(library: Library) -> Look:
    def look() -> Part:
        broken = "the file is broken; the last good one is in force"
        wrong = broken if library.catalogue_errors else ""
        todo = "Run `firstlane validate`, and mend the file." if wrong else ""
        return Part(name="catalogue", wrong=wrong, todo=todo)

    return look


def self_check_of(self_watch: SelfWatch) -> Look:
    def look() -> Part:
        age, found = self_watch.audited(), self_watch.ready
        # Not needed to be ready: its first round comes only minutes after a start.
        part = Part(name="auditor", age_s=age, needed=False)
        silent = self_watch.lived() if age is None else age
        if silent > AUDIT_RESTS.total_seconds():
            said = f"the auditor has not looked for {_span(silent)}"
            return replace(part, wrong=said, todo=_READ_THE_LOG)
        if age is None:
            said = "the auditor has not looked since the start"
            return replace(part, unknown=said, todo="Wait two minutes for its first round.")
        if isinstance(found, str):
            todo = "Run `firstlane doctor`; the keepers of the estate were told."
            return replace(part, wrong=found, todo=todo)
        return part

    return look
