"""How long tests wait: until it happens.

No test asks how long something took, since that says more about the machine than about us; what
must be fast stands in `benchmarks/`. A hanging test is ended by `faulthandler_timeout`, the only
limit in seconds; the `Driver` says earlier what was missing, once nothing at all happens any more.
"""

from bot.checks.own_pace import Pace
from slack_standin.state.clock import Timing

# A Slack that lets a busy machine answer late: acks and triggers live for minutes.
UNHURRIED = Timing(
    ack=300.0, trigger=300.0, retries=(0.0, 0.02, 0.02), warning=0.02, file_share=0.0
)
# Playwright knows no progress, only a limit for each step: as good as none.
BROWSER_STEP_MS = 600_000


def never_late() -> Pace:
    """For looks whose far end says nothing: on a busy machine the real pace would, rightly, judge
    none of them."""
    return Pace(lambda: 0.0)
