"""Whether something changes its state too often for each change to mean anything.

The last 21 confirmed states are kept; a recent change weighs more than an old one. The score is a
share of 100. It starts at `START` and ends at `STOP`, so that it does not flap itself.
"""

START = 20.0
STOP = 5.0
_KEPT = 21


def remember(states: str, *, bad: bool) -> str:
    """`states` with one more, oldest first: `1` is bad and `0` is good."""
    return (states + ("1" if bad else "0"))[-_KEPT:]


def score(states: str) -> float:
    """0 for a steady state, 100 for one that changes every time. A short history counts as one
    that was steady before."""
    if len(states) < 2:
        return 0.0
    full = states.rjust(_KEPT, states[0])
    steps = _KEPT - 1
    weights = (
        0.75 + 0.5 * place / (steps - 1) for place in range(steps) if full[place] != full[place + 1]
    )
    return 100 * sum(weights) / steps


def flaps(states: str, *, before: bool) -> bool:
    now = score(states)
    return now >= START or (before and now > STOP)
