"""Faults in the stand-in: they kill the bot at a call to Slack, before it acts or after."""

import os
import signal

from slack_standin.acts.call_log import CallLog, LoggedCall
from slack_standin.server import Standin
from slack_standin.state.faults import Faults

START = frozenset({"auth.test", "apps.connections.open"})


class KillAtCall:
    """Kills a process at the `number`th call of the incident."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.pid = 0
        self.killed = False

    def step(self, method: str) -> None:
        if method in START or self.killed:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(self.pid, signal.SIGKILL)
            self.killed = True


class BeforeTheCall(Faults):
    """The call arrives and nothing comes of it any more that the bot would hear."""

    kill: KillAtCall

    def delay_of(self, method: str) -> float:
        self.kill.step(method)
        return super().delay_of(method)


class AfterTheCall(CallLog):
    """Slack has done what was asked, and the answer finds nobody."""

    def __init__(self, kill: KillAtCall) -> None:
        super().__init__(None)
        self.kill = kill

    def add(self, call: LoggedCall) -> None:
        super().add(call)
        self.kill.step(call.method)


def set_kill(standin: Standin, number: int, moment: str) -> KillAtCall:
    kill = KillAtCall(number)
    if moment == "after":
        standin.services.log = AfterTheCall(kill)
    else:
        faults = BeforeTheCall()
        faults.kill = kill
        standin.services.faults = faults
    return kill
