"""Trouble a test can order. A knob is used up by what it spoils, unless it says otherwise."""

from dataclasses import dataclass, field

from slack_standin.state.limits import rate_limited
from slack_standin.state.refusal import Refusal


@dataclass(slots=True)
class _Planned:
    calls: int
    value: float


@dataclass(slots=True)
class Faults:
    """What will go wrong next.

    `unknown_methods` lasts until cleared; everything else counts down.
    """

    drop_acks: int = 0
    late_acks: int = 0
    late_ack_seconds: float = 0.0
    refuse_handshakes: int = 0
    refuse_connections_open: int = 0
    deliver_twice: int = 0
    hold_events: int = 0
    unknown_methods: set[str] = field(default_factory=set)
    _limited: dict[str, _Planned] = field(default_factory=dict)
    _failing: dict[str, _Planned] = field(default_factory=dict)
    _slow: dict[str, _Planned] = field(default_factory=dict)
    _errors: dict[str, tuple[int, str]] = field(default_factory=dict)

    def limit(self, method: str, *, calls: int, retry_after: int) -> None:
        """Answer the next `calls` calls of a method (`*` = any) with 429."""
        self._limited[method] = _Planned(calls, retry_after)

    def fail(self, method: str, *, calls: int, status: int) -> None:
        """Answer the next `calls` calls with an HTTP status such as 500 or 503."""
        self._failing[method] = _Planned(calls, status)

    def refuse(self, method: str, *, calls: int, error: str) -> None:
        """Answer the next `calls` calls with `ok: false` and this error."""
        self._errors[method] = (calls, error)

    def slow(self, method: str, *, calls: int, seconds: float) -> None:
        self._slow[method] = _Planned(calls, seconds)

    def delay_of(self, method: str) -> float:
        """Seconds to hold this call back."""
        return self._next(self._slow, method) or 0.0

    def check(self, method: str) -> None:
        """Raise the Refusal planned for this call, if there is one."""
        if method in self.unknown_methods:
            raise Refusal("unknown_method", extra={"req_method": method})
        retry_after = self._next(self._limited, method)
        if retry_after is not None:
            raise rate_limited(int(retry_after))
        status = self._next(self._failing, method)
        if status is not None:
            raise Refusal("internal_error", status=int(status))
        for key in (method, "*"):
            calls, error = self._errors.get(key, (0, ""))
            if calls:
                self._errors[key] = (calls - 1, error)
                raise Refusal(error)

    def take(self, knob: str) -> bool:
        """Use up one of a counting knob; False when none is left."""
        left = int(getattr(self, knob))
        if left <= 0:
            return False
        setattr(self, knob, left - 1)
        return True

    @staticmethod
    def _next(plans: dict[str, _Planned], method: str) -> float | None:
        for key in (method, "*"):
            plan = plans.get(key)
            if plan is not None and plan.calls > 0:
                plan.calls -= 1
                return plan.value
        return None
