"""Runbook steps that have to wait."""

from typing import Protocol

from bot.core.runbooks.gate_hold import Hold


class HoldTx(Protocol):
    def add_step_hold(self, hold: Hold) -> Hold:
        """Store a new hold; its id is ignored and the stored one returned."""
        ...

    def save_step_hold(self, hold: Hold) -> None: ...
    def step_hold(self, incident: int, step: str) -> Hold | None:
        """The newest of this step, also when it was decided."""
        ...
