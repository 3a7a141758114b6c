"""Every Web API call, in memory and as JSON lines in a file. Tokens never get in."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path

from slack_standin.state.refusal import Json

_KEPT = 20_000
_HEARTBEAT = "auth.test"  # an idle app asks it for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """One call as answered; `error` is None when it went well, `status` the HTTP status."""

    ts: str
    method: str
    args: Json
    ok: bool
    error: str | None
    status: int


class CallLog:
    """The last calls in memory; all calls in the file, flushed line by line."""

    def __init__(self, path: Path | None) -> None:
        self.calls: deque[LoggedCall] = deque(maxlen=_KEPT)
        self.count = 0  # of all that want something, those no longer kept included
        self._file: TextIOWrapper | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    def add(self, call: LoggedCall) -> None:
        self.calls.append(call)
        self.count += call.method != _HEARTBEAT
        if self._file is not None:
            self._file.write(json.dumps(asdict(call), ensure_ascii=False) + "\n")
            self._file.flush()

    def of(self, method: str) -> list[LoggedCall]:
        return [call for call in self.calls if call.method == method]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def redacted(args: Json) -> Json:
    """The arguments without anything that looks like a token."""
    return {
        key: "[redacted]" if key == "token" or str(value).startswith(("xox", "xapp-")) else value
        for key, value in args.items()
    }
