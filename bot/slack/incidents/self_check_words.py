"""What people read when the bot finds fault with its own work."""

from datetime import timedelta

from bot.core.incidents.self_check import ClockJumped, FaultFound, FaultOver
from bot.language.units import say_duration
from bot.slack.kit import SlackMessage, context, message, section
from bot.slack.notice_words import personal
from bot.slack.text import Writer, time


@personal
def found(told: FaultFound, writer: Writer) -> SlackMessage:
    mended = writer.say(told.mended)
    text = f"🩺 *Firstlane watches itself and found:* {writer.say(told.words)} {mended}"
    todo = (
        "_You are told once. Nothing to do, but please report it: it should not have happened._"
        if mended
        else "_You are told once, and again when it is over. `firstlane doctor` says what else is._"
    )
    return message("Firstlane found fault with its own work", [section(text), context(todo)])


@personal
def over(told: FaultOver, writer: Writer) -> SlackMessage:
    text = f"🟢 *Over, since {time(told.since)} it was so:* {writer.say(told.words)}"
    return message("Firstlane's own work is in order again", [section(text)])


@personal
def jumped(told: ClockJumped, writer: Writer) -> SlackMessage:
    at, span = time(told.at), say_duration(timedelta(seconds=round(abs(told.seconds))))
    if told.seconds < 0:
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
