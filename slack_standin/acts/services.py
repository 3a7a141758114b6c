"""What the parts of a running stand-in share. Built once, by the server."""

from dataclasses import dataclass, field

from slack_standin.acts.call_log import CallLog
from slack_standin.acts.deliver_to_apps import Courier
from slack_standin.state.clock import Clock, Timing
from slack_standin.state.entities import App
from slack_standin.state.faults import Faults
from slack_standin.state.limits import RateLimiter
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.tickets import Tickets
from slack_standin.state.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Services:
    """`origin` is `http://HOST:PORT` once the server listens."""

    workspace: Workspace
    clock: Clock
    timing: Timing
    tickets: Tickets
    faults: Faults
    limiter: RateLimiter
    log: CallLog
    courier: Courier
    origin: str = ""
    scheduled: dict[str, Json] = field(default_factory=dict)

    @property
    def socket_origin(self) -> str:
        return self.origin.replace("http", "ws", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One authorised Web API call with its typed arguments."""

    services: Services
    app: App
    method: str
    args: Json
    scopes: frozenset[str]

    @property
    def ws(self) -> Workspace:
        return self.services.workspace

    @property
    def bot(self) -> str:
        return self.app.bot_user

    def text(self, name: str, default: str = "") -> str:
        return str(self.args.get(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.args.get(name, default))

    def need(self, *scopes: str) -> None:
        """Raise `missing_scope` unless the app holds one of the scopes."""
        if self.scopes.isdisjoint(scopes):
            provided = ",".join(sorted(self.scopes))
            raise Refusal("missing_scope", extra={"needed": scopes[0], "provided": provided})
