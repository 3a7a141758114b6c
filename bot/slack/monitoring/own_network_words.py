"""What the architecture owners read when our own network goes and comes back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bot.core.outbox.notice import What
from bot.slack.kit import SlackMessage, message, section
from bot.slack.text import Writer, time

Facts = Mapping[str, Any]


def _letter(what: What, facts: Facts, _: Writer) -> SlackMessage:
    since = time(datetime.fromisoformat(facts["since"]))
    if what is What.LINE_DOWN:
        text = (
            f"⚪ *We are blind since {since}.* Nothing outside answers, so our own network is the"
            " likeliest cause. Until it is back every connection is unknown and no incident is"
            " opened. Please look at the network of the machine that runs Firstlane."
        )
        return message("We are blind: our own network looks down", [section(text)])
    until = time(datetime.fromisoformat(facts["until"])) if facts.get("until") else "now"
    text = f"🟢 *We see again.* Our own network was down from {since} to {until}."
    return message("We see again: our own network is back", [section(text)])


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.LINE_DOWN: partial(_letter, What.LINE_DOWN),
    What.LINE_UP: partial(_letter, What.LINE_UP),
}
