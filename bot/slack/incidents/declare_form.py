"""The form in which a person declares an incident or writes one down."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.estate.catalogue import Connection
from bot.core.incidents.severity import Severity
from bot.language.marks import KEPT
from bot.slack.ids import Modal
from bot.slack.kit import (
    Block,
    context,
    field,
    modal,
    moment_input,
    option,
    select,
    text_input,
    ticks,
)

_GRAVE = {
    Severity.SEV1: "sev1: the business stands still",
    Severity.SEV2: "sev2: grave, act now",
    Severity.SEV3: "sev3: to be mended today",
    Severity.SEV4: "sev4: can wait",
}


def declare(
    connections: Sequence[Connection], chosen: str | None = None, since: datetime | None = None
) -> Block:
    # A menu has room for a hundred; the one that is meant is among them.
    first = sorted(connections, key=lambda item: item.id != chosen)
    options = [option(item.name, item.id) for item in first]
    picker = select("connection", "Connection", options)
    preset = next((item for item in options if item["value"] == chosen), None)
    if preset:
        picker["initial_option"] = preset
    grave = select("severity", "By its criticality", [option(_GRAVE[s], s) for s in Severity])
    report = [option("It is over: only write it down, ping nobody", "report")]
    blocks = [
        field("connection", "What is broken?", picker),
        field("why", "What do you see?", text_input("why", multiline=True, longest=KEPT)),
        field("since", "Since when?", moment_input("since", since), optional=True),
        field("severity", "How grave is it?", grave, optional=True),
        field("report", "Report only", ticks("report", report), optional=True),
        field(
            "until",
            "Until when? (report only)",
            moment_input("until"),
            optional=True,
        ),
        context("Without the tick the first responder is pinged and a channel is opened."),
    ]
    return modal(Modal.DECLARE, "Declare an incident", blocks, submit="Declare")
