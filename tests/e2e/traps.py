"""Traps in the stand-in: they kill the bot at a call to Slack, before it acts or after."""

import os
import signal

from slack_standin.acts.call_log import CallLog, LoggedCall
from slack_standin.server import Standin
from slack_standin.state.faults import Faults

START = frozenset({"auth.test", "apps.connections.open"})


class Trap:
    """Kills a process at the `number`th call of the incident."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.pid = 0
        self.sprung = False

    def step(self, method: str) -> None:
        if method in START or self.sprung:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(self.pid, signal.SIGKILL)
            self.sprung = True


class BeforeTheCall(Faults):
    """The call arrives and nothing comes of it any more that the bot would hear."""

    trap: Trap

    def delay_of(self, method: str) -> float:
        self.trap.step(method)
        return super().delay_of(method)


class AfterTheCall(CallLog):
    """Slack has done what was asked, and the answer finds nobody."""

    def __init__(self, trap: Trap) -> None:
        super().__init__(None)
        self.trap = trap

    def add(self, call: LoggedCall) -> None:
        super().add(call)
        self.trap.step(call.method)


def set_trap(standin: Standin, number: int, moment: str) -> Trap:
    trap = Trap(number)
    if moment == "after":
        standin.services.log = AfterTheCall(trap)
    else:
        faults = BeforeTheCall()
        faults.trap = trap
        standin.services.faults = faults
    return trap
