"""What people read when the bot finds fault with its own work."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.outbox.notice import What
from bot.language.units import say_duration
from bot.slack.kit import SlackMessage, context, message, section
from bot.slack.text import Writer, time

Facts = Mapping[str, Any]


def _ailing(facts: Facts, writer: Writer) -> SlackMessage:
    mended = writer.say(str(facts.get("mended", "")))
    text = f"🩺 *Firstlane watches itself and found:* {writer.say(str(facts['words']))} {mended}"
    todo = (
        "_You are told once. Nothing to do, but please report it: it should not have happened._"
        if mended
        else "_You are told once, and again when it is over. `firstlane doctor` says what else is._"
    )
    return message("Firstlane found fault with its own work", [section(text), context(todo)])


def _over(facts: Facts, writer: Writer) -> SlackMessage:
    since = time(datetime.fromisoformat(str(facts["since"])))
    text = f"🟢 *Over, since {since} it was so:* {writer.say(str(facts['words']))}"
    return message("Firstlane's own work is in order again", [section(text)])


def _jumped(facts: Facts, writer: Writer) -> SlackMessage:
    seconds = float(facts["seconds"])
    at, span = (
        time(datetime.fromisoformat(str(facts["at"]))),
        say_duration(timedelta(seconds=round(abs(seconds)))),
    )
    if seconds < 0:
        text = (
            f"🕰️ *The clock of my machine was set back by {span}*, at {at} of the time that now"
            " counts. Checks, messages and deadlines that waited for the wrong time were"
            " brought back; times said before may be wrong by as much."
        )
    else:
        text = (
            f"🕰️ *The clock of my machine went forward by {span}*, to {at}: it was set, or the"
            " machine stood still. What was due in between was done at once."
        )
    todo = "_Please let the machine take its time from a time server, and look why it jumped._"
    return message("The clock of Firstlane's machine jumped", [section(text), context(todo)])


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.AILING: _ailing,
    What.AILING_OVER: _over,
    What.CLOCK_JUMPED: _jumped,
}
