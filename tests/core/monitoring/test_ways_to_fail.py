"""What a look that went wrong is told as follows from its cause, in one sentence without marks."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.monitoring.rules import evaluate
from bot.core.monitoring.signals import Cause, Reading, Signal
from tests.builders import NOW, a_check

ANSWERED = {Cause.STATUS, Cause.UNREADABLE, Cause.TLS}


@given(st.sampled_from([None, *Cause]), st.sampled_from(["500 Internal Server Error.", "blocked"]))
def test_only_what_does_not_answer_is_said_not_to(cause: Cause | None, error: str) -> None:
    seen = Reading(at=NOW, signals={Signal.REACHABLE: False}, error=error, cause=cause)

    (said,) = evaluate(a_check(), seen, NOW).reasons

    answered = cause is None or cause in ANSWERED
    assert ("does not answer" in said) is not answered
    assert said.endswith(".")
    assert not said.endswith("..")
