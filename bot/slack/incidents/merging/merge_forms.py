"""Modals that merge, split and open again, pure."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.incidents.incident import Incident
from bot.flows.incidents.respond import SAID
from bot.slack.ids import Action, Modal, value
from bot.slack.kit import Block, button, field, modal, option, section, select, text_input
from bot.slack.text import escape


def _head(incident: Incident) -> Block:
    return section(f"*{escape(incident.headline)}* ({incident.key})")


def _row(text: str, label: str, action: Action, incident: Incident) -> Block:
    return section(text, accessory=button(label, action, value(incident.id)))


_MORE = {
    Modal.RUNBOOK: ("Another runbook fits better.", "Use another runbook…", Action.RUNBOOK),
    Modal.MERGE: ("It is the same as another incident.", "Merge…", Action.MERGE),
    Modal.SPLIT: ("One of its connections fails for a reason of its own.", "Split…", Action.SPLIT),
}


def more(incident: Incident, offered: Iterable[Modal]) -> Block:
    """What the card's menu has no room for, each with a word on what it does."""
    rows = [_row(*_MORE[form], incident) for form in offered]
    return modal(Modal.TIMELINE, "More", [_head(incident), *rows])


def merge(incident: Incident, others: Sequence[Incident]) -> Block:
    if not others:
        text = "No other incident is open, so there is nothing to merge it into."
        return modal(Modal.TIMELINE, "Merge", [section(text)])
    options = [option(f"{other.key} {other.headline}", value(other.id)) for other in others]
    text = (
        f"*{escape(incident.headline)}* ({incident.key}) becomes a part of the other one."
        " Its channel"
        " gets a pointer and falls quiet; splitting it off undoes that."
    )
    blocks = [section(text), field("into", "Into which one?", select("into", "Incident", options))]
    return modal(Modal.MERGE, "Merge", blocks, submit="Merge", private=value(incident.id))


def split(incident: Incident, names: Mapping[str, str]) -> Block:
    if not names:
        text = f"Every part of {incident.key} runs again, so there is nothing to split off."
        return modal(Modal.TIMELINE, "Split", [section(text)])
    options = [option(name, key) for key, name in names.items()]
    blocks = [
        _head(incident),
        field(
            "connection",
            "Which one goes its own way?",
            select("connection", "Connection", options),
            hint="It gets an incident of its own, and its first responder is pinged.",
        ),
    ]
    return modal(Modal.SPLIT, "Split", blocks, submit="Split", private=value(incident.id))


def reopen(incident: Incident, said: str = "") -> Block:
    """With what somebody `said` already who asked for it."""
    blocks = [
        _head(incident),
        field(
            "why",
            "Why is it not over?",
            text_input("why", multiline=True, longest=SAID, initial=said),
            hint="The first responder is pinged again. Possible for seven days after the end.",
        ),
    ]
    return modal(
        Modal.REOPEN, "Open again", blocks, submit="Open again", private=value(incident.id)
    )
