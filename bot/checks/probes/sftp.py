"""Probe kind `sftp`: logs in, lists a folder, and says how many files wait and how old they are.

The host must show the key that is pinned here. One that shows another is not talked to: it is
reported, since whoever exchanges files with it will refuse it as well.
"""

import fnmatch
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncssh

from bot.checks.outcomes import cause_of, failed_call, unreachable
from bot.checks.own_pace import theirs
from bot.checks.probe import Tools
from bot.checks.probes.sftp_settings import SftpSettings
from bot.checks.values import is_date
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal, SignalValue
from bot.language.marks import outside

MOST_FILES = 20_000
_SHARE_OF_TIMEOUT = 0.9


@dataclass(frozen=True, slots=True)
class _File:
    changed: datetime | None  # None: its server gives no date
    size: int


class _Pinned(asyncssh.SSHClient):
    """Accepts one host key, and remembers which one came."""

    def __init__(self, pin: str) -> None:
        self._pin = pin
        self.seen = ""

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        self.seen = key.get_fingerprint()
        return self._pin in ("any", self.seen)


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `queue_depth`, and for the files there are `queue_oldest`, `last_success`
    (the newest) and `size` (of the newest, in bytes)."""
    settings = SftpSettings.of(spec)
    clean = tools.without(settings.secrets())
    where = f"sftp {settings.host}:{settings.port}"
    host = _Pinned(settings.host_key)
    started = theirs()
    try:
        files, cut = await _listed(settings, host, spec.timeout.total_seconds())
    except asyncssh.KeyImportError:
        return Blind(at=now, reason=f"{where}: our private key cannot be read")
    except asyncssh.HostKeyNotVerifiable:
        return unreachable(
            now,
            f"{where}: host key changed: {settings.host_key} expected, {host.seen} shown",
            Cause.TLS,
        )
    except (asyncssh.PermissionDenied, asyncssh.SFTPPermissionDenied) as error:
        said = f"{where}: Permission denied: {outside(clean(error.reason), 100)}"
        if settings.refused == "unreachable":
            return unreachable(now, said, Cause.STATUS)
        reason = f"the monitoring credential is refused: {said}"
        return Blind(at=now, reason=reason, cause=Cause.STATUS)
    except asyncssh.Error as error:
        said = f"{type(error).__name__}: {outside(clean(error.reason), 160)}"
        return unreachable(now, f"{where}: {said}", cause_of(error) or Cause.CLOSED)
    except OSError as error:
        return failed_call(error, where, spec.timeout, now, clean)
    signals = {**_signals(files), Signal.LATENCY: round((theirs() - started) * 1000, 1)}
    note = f"{where}: only the first {MOST_FILES} entries were read" if cut else ""
    cause = Cause.LACKING if note else None
    return Reading(at=now, signals=signals, error=note, cause=cause, absent=_absent(files))


async def _listed(
    settings: SftpSettings, host: _Pinned, seconds: float
) -> tuple[list[_File], bool]:
    """(the files that count, whether there were more entries than we read)."""
    password = settings.password.get_secret_value().strip() if settings.password else None
    files: list[_File] = []
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(
            asyncssh.connect(
                settings.host,
                settings.port,
                username=settings.user,
                password=password,
                client_keys=_keys(settings),
                known_hosts=([], [], []),  # an empty list asks the client below
                client_factory=lambda: host,
                config=(),
                # Keys in the agent of whoever runs us are none of the check's.
                agent_path=None,
                connect_timeout=seconds * _SHARE_OF_TIMEOUT,
                login_timeout=seconds * _SHARE_OF_TIMEOUT,
            )
        )
        sftp = await stack.enter_async_context(connection.start_sftp_client())
        seen = 0
        async for entry in sftp.scandir(settings.folder):
            seen += 1
            # An inbox that nobody empties holds hundreds of thousands; a listing comes in small
            # packets.
            if seen > MOST_FILES:
                return files, True
            if _counts(settings, str(entry.filename), entry.attrs.type):
                changed = datetime.fromtimestamp(entry.attrs.mtime or 0, UTC)
                dated = changed if is_date(changed) else None
                files.append(_File(dated, entry.attrs.size or 0))
    return files, False


def _keys(settings: SftpSettings) -> list[asyncssh.SSHKey] | None:
    if settings.key is None:
        return None
    phrase = settings.passphrase.get_secret_value().strip() if settings.passphrase else None
    return [asyncssh.import_private_key(settings.key.get_secret_value(), phrase)]


def _counts(settings: SftpSettings, name: str, kind: int) -> bool:
    if kind == asyncssh.FILEXFER_TYPE_DIRECTORY or name in (".", ".."):
        return False
    ignored = any(fnmatch.fnmatchcase(name, pattern) for pattern in settings.ignore)
    return fnmatch.fnmatchcase(name, settings.match) and not ignored


def _signals(files: list[_File]) -> dict[str, SignalValue]:
    signals: dict[str, SignalValue] = {
        Signal.REACHABLE: True,
        Signal.QUEUE_DEPTH: float(len(files)),
    }
    dated = [(file.changed, file.size) for file in files if file.changed]
    if dated:
        newest, size = max(dated)
        signals[Signal.LAST_SUCCESS] = newest
        signals[Signal.SIZE] = float(size)
    # A file whose server gives no date may be the oldest, so then nothing is said of the oldest.
    if dated and len(dated) == len(files):
        signals[Signal.QUEUE_OLDEST] = min(dated)[0]
    return signals


def _absent(files: list[_File]) -> dict[str, str]:
    """One file without a date may be the oldest; only of none is the newest unknown."""
    dated = [file for file in files if file.changed]
    if len(dated) == len(files):
        return {}
    unknown = [Signal.QUEUE_OLDEST, *([] if dated else [Signal.LAST_SUCCESS, Signal.SIZE])]
    return dict.fromkeys(unknown, "a file with an empty date")
