"""The table of `core.incidents.incident` as a picture, for the documentation."""

from bot.core.incidents.incident import TRANSITIONS, State

_ENDS = (State.REVIEWED, State.MERGED)


def diagram() -> str:
    """A Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> open"]
    for state, row in TRANSITIONS.items():
        lines += [f"    {state} --> {after}: {event}" for event, after in row.items()]
        if state in _ENDS:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)
