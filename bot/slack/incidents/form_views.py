"""Modals, pure: what is asked when a button needs more than a click."""

from collections.abc import Iterable, Sequence

from bot.core.estate.catalogue import Connection, Party
from bot.core.estate.lane import LANE_TITLES, Lane
from bot.core.incidents.incident import Incident
from bot.core.incidents.timeline import TimelineEntry
from bot.core.runbooks.runbook import Runbook
from bot.flows.incidents.counterparty import TICKET
from bot.flows.incidents.ending.end import LooseEnds
from bot.flows.incidents.respond import HOW, SAID
from bot.language.marks import KEPT
from bot.slack.ids import Modal, value
from bot.slack.incidents.timeline import timeline_blocks
from bot.slack.kit import (
    Block,
    choices,
    field,
    modal,
    option,
    plain,
    section,
    select,
    text_input,
    ticks,
)
from bot.slack.text import Writer, escape


def hand_over(
    incident: Incident, offered: Sequence[tuple[Lane, Party]], wanted: Lane | None = None
) -> Block:
    """`offered` are all parties of its connections; of a lane the first is meant."""
    options = [
        option(f"{LANE_TITLES[lane]}: {party.name}", f"{lane}|{party.id}", party.contact)
        for lane, party in offered
    ]
    if not options:
        text = "The catalogue names nobody for any lane of this connection. Add `lanes:` to it."
        return modal(Modal.HAND_OVER, "Hand over", [section(text)], private=value(incident.id))
    chosen = select("lane", "Whose turn is it?", options)
    suggested = wanted or incident.lane
    meant = (item for item, (lane, _) in zip(options, offered, strict=True) if lane is suggested)
    if preset := next(meant, None):
        chosen["initial_option"] = preset
    blocks = [
        section(
            f"*{escape(incident.headline)}* ({incident.key}). Their contract's clock starts now."
        ),
        field("lane", "Hand over to", chosen),
        field(
            "ticket",
            "Their ticket number",
            text_input("ticket", placeholder="for example 88123", longest=TICKET),
            optional=True,
            hint="Leave it empty when you do not have one yet.",
        ),
    ]
    return modal(
        Modal.HAND_OVER, "Hand over", blocks, submit="Hand over", private=value(incident.id)
    )


def resolve(incident: Incident, ends: LooseEnds, writer: Writer) -> Block:
    """Where something speaks against it, it needs a tick."""
    said = [
        f"*{escape(incident.headline)}* ({incident.key})",
        *(f"⚠️ {writer.say(s)}" for s in ends.all),
    ]
    blocks = [
        section("\n".join(said)),
        field(
            "how",
            "What was the cause, and what fixed it?",
            text_input("how", multiline=True, longest=HOW),
            hint="It stays on the timeline and helps whoever sees this next.",
        ),
    ]
    if ends.all:
        tick = ticks("sure", [option("Resolve it all the same", "sure")])
        hint = "Whoever judges the data is asked. What still fails opens it again later."
        label = "It is not over" if ends.failing else "The data is not confirmed"
        blocks.append(field("sure", label, tick, optional=True, hint=hint))
    private = value(incident.id, ends.mark)
    return modal(Modal.RESOLVE, "Resolve", blocks, submit="Resolve", private=private)


def reject_data(incident: Incident, offered: Sequence[Connection] = ()) -> Block:
    """`offered` are the connections whose data may be wrong; of several it is asked which."""
    one = offered[0] if len(offered) == 1 else None
    about = f" Wrong is the data of *{escape(one.name)}*." if one else ""
    private = value(incident.id, one.id) if one else value(incident.id)
    options = [option(each.name, each.id) for each in offered]
    which = choices("of", "Connections", options)
    blocks = [
        section(f"*{escape(incident.headline)}* ({incident.key}) opens again.{about}"),
        *([field("of", "Whose data is wrong?", which)] if len(options) > 1 else []),
        field(
            "why", "What is wrong with the data?", text_input("why", multiline=True, longest=SAID)
        ),
    ]
    return modal(Modal.REJECT_DATA, "Data is wrong", blocks, submit="Open again", private=private)


def note(incident: Incident) -> Block:
    box = text_input("text", multiline=True, longest=SAID)
    return modal(
        Modal.NOTE,
        "Add to the timeline",
        [section(f"*{escape(incident.headline)}* ({incident.key})"), field("text", "Note", box)],
        submit="Add",
        private=value(incident.id),
    )


def lane(incident: Incident) -> Block:
    options = [option(LANE_TITLES[item], item.value) for item in Lane]
    chosen = select("lane", "Lane", options)
    preset = next((item for item in options if item["value"] == incident.lane), None)
    if preset:
        chosen["initial_option"] = preset
    blocks = [
        field("lane", "Whose lane is it?", chosen),
        field(
            "why",
            "Why?",
            text_input("why", longest=KEPT),
            hint="The correction and its reason are kept.",
        ),
    ]
    return modal(Modal.LANE, "Change the lane", blocks, submit="Change", private=value(incident.id))


def runbook(incident: Incident, runbooks: Iterable[Runbook]) -> Block:
    options = [option(book.name, book.id, book.summary) for book in runbooks]
    blocks = [
        section("Answers already given stay, and you can come back to them."),
        field("runbook", "Go on with", select("runbook", "Runbook", options)),
    ]
    return modal(Modal.RUNBOOK, "Runbook", blocks, submit="Use it", private=value(incident.id))


def skip(incident: int, step: str, title: str) -> Block:
    blocks = [
        section(f"*{escape(title)}*"),
        field("why", "Why is this step skipped?", text_input("why", longest=KEPT)),
    ]
    return modal(Modal.SKIP, "Skip a step", blocks, submit="Skip", private=value(incident, step))


def timeline(incident: Incident, entries: Sequence[TimelineEntry], writer: Writer) -> Block:
    """What happened, oldest first."""
    blocks = [section(f"*{escape(incident.headline)}* ({incident.key})")]
    return modal(Modal.TIMELINE, "Timeline", [*blocks, *timeline_blocks(entries, writer)])


def successor(number: int, name: str, layer: str) -> Block:
    """Who takes a layer over."""
    picker: Block = {
        "type": "users_select",
        "action_id": "to",
        "placeholder": plain("Person"),
    }
    blocks = [
        section(f"*{escape(name)}* · {escape(layer)} layer. Whoever keeps the catalogue is told."),
        field("to", "Who takes it over?", picker),
    ]
    title = "Hand over ownership"
    return modal(Modal.SUCCESSOR, title, blocks, submit="Hand over", private=value(number))


def notice(title: str, text: str) -> Block:
    """A modal that only says something."""
    return modal(Modal.TIMELINE, title, [section(text)])
