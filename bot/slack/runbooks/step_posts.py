"""Runbook steps: the question of now with its evidence, and one line for each that is done."""

from collections.abc import Iterator

from bot.core.estate.lane import LANE_NAMES
from bot.core.runbooks.evidence import EvidenceLine, Tone
from bot.core.runbooks.runbook import SKIP, Done, Outcome, Step
from bot.core.runbooks.step_kinds import (
    LONGEST_VALUE,
    DeedKind,
    Field,
    FieldKind,
    StepKind,
    WaitSignal,
)
from bot.flows.runbooks.walk_view import StepView
from bot.flows.views import IncidentView
from bot.slack.ids import Action, action_id, form_block, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    context,
    field,
    lines,
    message,
    option,
    overflow,
    section,
    select,
    text_input,
)
from bot.slack.runbooks import gate_words
from bot.slack.text import Writer, escape, time

TONE = {Tone.GOOD: "✓", Tone.BAD: "✗", Tone.NEUTRAL: "•"}
_SIGNAL_WORDS = {
    WaitSignal.RECOVERED: "when the checks are good again",
    WaitSignal.SYNCED: "after the next good sync",
}
HOLD = "hold"  # stands for an answer in the value of the menu beside a step
BUTTONS = 5  # up to so many answers are buttons, more become a menu


def step(view: IncidentView, shown: StepView, writer: Writer) -> SlackMessage:
    if shown.off:
        text = f"↪ *{escape(shown.step.title)}:* not asked any more; an answer was taken back"
        return message(f"Triage, not asked any more: {shown.step.title}", [section(text)])
    if shown.left:
        text = f"↪ *{escape(shown.step.title)}:* not answered, {_left(view, shown)}"
        return message(f"Triage, not answered: {shown.step.title}", [section(text)])
    return _done(view, shown, writer) if shown.done else _question(view, shown, writer)


def _left(view: IncidentView, shown: StepView) -> str:
    """Why nobody is asked any more."""
    if not shown.over:
        return "the incident went on with another runbook"
    where = f"is a part of {view.merged_into[0]}" if view.merged_into else "is over"
    return f"{view.incident.key} {where}"


def _done(view: IncidentView, shown: StepView, writer: Writer) -> SlackMessage:
    done = shown.done
    if done is None:
        raise ValueError("an open step has no answer to show")
    said = done.answer.label if done.answer else f"skipped: {done.given.note}"
    by = f"{writer.person(done.given.by)}, {time(done.given.at)}"
    because = f"\n{escape(done.answer.because)}" if done.answer and done.answer.because else ""
    head = f"✓ *{escape(shown.step.title)}:* {escape(said)}"
    calls = "".join(f"\n{line}" for line in gate_words.runs(shown, writer))
    block = section(f"{head} ({by}){_written(done)}{because}{calls}")
    if view.incident.live:
        undo = value(view.incident.id, shown.step.id, "back")
        block["accessory"] = overflow(
            Action.STEP_MENU, [option("Take this answer back", undo)], shown.step.id
        )
    return message(f"Triage, done: {shown.step.title}", [block])


def _question(view: IncidentView, shown: StepView, writer: Writer) -> SlackMessage:
    incident, asked = view.incident, shown.step
    blocks: list[Block] = [section(f"*Triage: {escape(asked.title)}*\n{escape(asked.ask)}")]
    if shown.evidence:
        blocks.append(lines(*(_evidence(line, writer) for line in shown.evidence)))
    if asked.why:
        blocks.append(context(f"_{escape(asked.why)}_"))
    blocks += [field_input(asked.id, item) for item in asked.fields]
    if told := [*gate_words.approval(shown, writer), *gate_words.runs(shown, writer)]:
        blocks.append(lines(*told))
    if terms := list(_terms(view, shown, writer)):
        blocks.append(context(*terms))
    choices = [(answer.label, value(incident.id, asked.id, answer.id)) for answer in asked.answers]
    held = shown.hold if shown.hold is not None and shown.hold.blocks else None
    menu = [option("Skip this step…", value(incident.id, asked.id, SKIP))]
    if held is None:
        menu.append(option("Hold this step…", value(incident.id, asked.id, HOLD)))
    more = overflow(Action.STEP_MENU, menu, asked.id)
    if held is not None:
        blocks += gate_words.banner(held, writer)
        if held.decision is not None:
            blocks.append(actions([more], f"step:{asked.id}"))
    elif shown.approval is not None and shown.approval.waiting:
        blocks.append(actions([*gate_words.decide(shown.approval), more], f"step:{asked.id}"))
    elif asked.kind is StepKind.APPROVAL:
        blocks.append(actions(_choices(choices, asked.id), f"step:{asked.id}"))
    else:
        chosen = [
            *_deed(view, asked),
            *gate_words.run(view, shown),
            *_choices(choices, asked.id),
            more,
        ]
        blocks.append(actions(chosen, f"step:{asked.id}"))
    blocks += _narrower(view, shown)
    return message(f"Triage: {asked.title}. {asked.ask}", blocks)


def _narrower(view: IncidentView, shown: StepView) -> list[Block]:
    """The shorter way, where the evidence points to one."""
    found = shown.narrower
    if found is None:
        return []
    use = button(
        f"Go to “{found.runbook.name}”",
        Action.USE_RUNBOOK,
        value(view.incident.id, found.runbook.id),
    )
    row = section(f"_A shorter way: {escape(found.why)}._")
    row["accessory"] = use
    return [row]


def _written(done: Done) -> str:
    labels = {item.id: item.label for item in done.step.fields}
    lines = (
        f"\n• {escape(labels.get(key, key))}: {escape(said)}" for key, said in done.given.values
    )
    return "".join(lines)


def field_input(step: str, item: Field) -> Block:
    """Takes as many characters as are kept."""
    element = text_input("write", multiline=item.kind is FieldKind.LONG, longest=LONGEST_VALUE)
    return field(form_block(step, item.id), item.label, element, optional=not item.required)


def _deed(view: IncidentView, asked: Step) -> list[Block]:
    if asked.deed is None or asked.deed.kind is not DeedKind.CHECK or view.connection is None:
        return []
    return [button("Look now", Action.CHECK, view.connection.id, word=asked.id)]


def _terms(view: IncidentView, shown: StepView, writer: Writer) -> Iterator[str]:
    """Whose word it takes, how long it waits, and by when it should be done."""
    asked, since = shown.step, shown.since
    if asked.approver is not None:
        owner = view.connection.owners.of(asked.approver) if view.connection else None
        named = writer.person(owner) if owner else "Nobody is named, so nobody may"
        yield f"{named} ({asked.approver} owner) approves." if owner else f"{named} approve yet."
    if asked.wait is not None:
        ends = [f"at {time(since + asked.wait.span)}"] if since and asked.wait.span else []
        ends += [_SIGNAL_WORDS[asked.wait.signal]] if asked.wait.signal else []
        yield f"Ends by itself {' or '.join(ends)}."
    if asked.within is not None and since is not None:
        yield f"Should be done by {time(since + asked.within)}."


def _choices(choices: list[tuple[str, str]], step_id: str) -> list[Block]:
    if len(choices) <= BUTTONS:
        return [
            button(label, Action.ANSWER, chosen, word=f"{step_id}:{place}")
            for place, (label, chosen) in enumerate(choices)
        ]
    return [
        select(
            action_id(Action.CHOOSE, step_id),
            "Choose what you see",
            [option(label, chosen) for label, chosen in choices],
        )
    ]


def _evidence(line: EvidenceLine, writer: Writer) -> str:
    return f"{TONE[line.tone]} {writer.say(line.text)}"


def outcome(view: IncidentView, found: Outcome | None) -> SlackMessage:
    """Where the walk led; or that it goes on, once an answer was taken back."""
    if found is None:
        return message("The runbook goes on", [section("↪ *The runbook goes on.*")])
    if found.lane is None:
        text = f"*Runbook finished.* {escape(found.because)}"
        return message("Runbook finished", [section(text)])
    party = view.parties.get(found.lane)
    name = f" ({escape(party.name)}, {escape(party.contact)})" if party else ""
    text = (
        f"*Runbook finished: the lane is {LANE_NAMES[found.lane]}*{name}.\n{escape(found.because)}"
    )
    blocks = [section(text)]
    if view.incident.live and party:
        number = value(view.incident.id, found.lane)
        blocks.append(
            actions([button(f"Hand over to {party.name}…", Action.HAND_OVER, number)], "outcome")
        )
    return message(f"Runbook finished: {LANE_NAMES[found.lane]}", blocks)
