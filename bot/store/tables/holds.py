"""Holds of runbook steps: every one is kept, with who decided what."""

from dataclasses import replace
from typing import Any

from bot.core.runbooks.gate_hold import Hold
from bot.store.codec import Rows, pack, stamp, unpack


class HoldRows(Rows):
    def add_step_hold(self, hold: Hold) -> Hold:
        """Store a new hold; its id is ignored and the stored one returned."""
        number = self.add("holds", _row(hold))
        stored = replace(hold, id=number)
        self.save_step_hold(stored)
        return stored

    def save_step_hold(self, hold: Hold) -> None:
        self.save("holds", hold.id, _row(hold))

    def step_hold(self, incident: int, step: str) -> Hold | None:
        """The newest of this step, also when it was decided."""
        row = self.one(
            "select body from holds where incident = ? and step = ? order by id desc limit 1",
            incident,
            step,
        )
        return unpack(Hold, row["body"]) if row else None


def _row(hold: Hold) -> dict[str, Any]:
    return {
        "incident": hold.incident,
        "step": hold.step,
        "decided_at": stamp(hold.decided_at) if hold.decided_at else None,
        "body": pack(hold),
    }
