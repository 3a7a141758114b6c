"""What the architecture owners read when our own network goes and comes back."""

from bot.core.monitoring.watch_notices import OurNetworkBack, OurNetworkDown
from bot.slack.kit import SlackMessage, message, section
from bot.slack.notice_words import personal
from bot.slack.text import Writer, time


@personal
def down(told: OurNetworkDown, _: Writer) -> SlackMessage:
    text = (
        f"⚪ *We are blind since {time(told.since)}.* Nothing outside answers, so our own network"
        " is the likeliest cause. Until it is back every connection is unknown and no incident is"
        " opened. Please look at the network of the machine that runs Firstlane."
    )
    return message("We are blind: our own network looks down", [section(text)])


@personal
def back(told: OurNetworkBack, _: Writer) -> SlackMessage:
    until = time(told.until) if told.until else "now"
    text = f"🟢 *We see again.* Our own network was down from {time(told.since)} to {until}."
    return message("We see again: our own network is back", [section(text)])
