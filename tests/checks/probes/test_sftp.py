"""Files on an SFTP server, with a real one on a socket."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from bot.checks.probe import Tools
from bot.checks.probes.sftp import SftpSettings, probe
from bot.core.monitoring.signals import Blind, Observation, Reading, Signal
from tests.checks.conftest import NOW, spec

pytestmark = pytest.mark.anyio
PASSWORD = "hunter22-sftp"


class Gate(asyncssh.SSHServer):
    """Lets one user in, by password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("erp", PASSWORD)


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """Settings of a check that look at `tmp_path` as the server shows it."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")

    def files(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(tmp_path).encode())

    listener = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Gate, server_host_keys=[host_key], sftp_factory=files
    )
    yield {
        "host": "127.0.0.1",
        "port": listener.get_port(),
        "user": "erp",
        "password": PASSWORD,
        "host_key": host_key.get_fingerprint(),
        "folder": "/out",
    }
    listener.close()
    await listener.wait_closed()


def put(folder: Path, name: str, minutes_old: int, content: str = "x") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    changed = (NOW - timedelta(minutes=minutes_old)).timestamp()
    os.utime(folder / name, (changed, changed))


async def look(tools: Tools, server: dict[str, Any], **more: Any) -> Observation:
    return await probe(spec("sftp", **{**server, **more}), tools, NOW)


async def test_files_that_wait_are_counted_with_their_ages(
    server: dict[str, Any], tmp_path: Path, tools: Tools
) -> None:
    put(tmp_path / "out", "a.csv", 90)
    put(tmp_path / "out", "b.csv", 10, "four")
    put(tmp_path / "out", "c.csv.part", 1)
    put(tmp_path / "out", "readme.txt", 9999)
    (tmp_path / "out" / "done.csv").mkdir()

    seen = await look(tools, server, match="*.csv*", ignore=["*.part"])

    assert isinstance(seen, Reading)
    assert {k: v for k, v in seen.signals.items() if k != Signal.LATENCY} == {
        "reachable": True,
        "queue_depth": 2.0,
        "queue_oldest": NOW - timedelta(minutes=90),
        "last_success": NOW - timedelta(minutes=10),
        "size": 4.0,
    }


async def test_an_empty_folder_has_no_ages(
    server: dict[str, Any], tmp_path: Path, tools: Tools
) -> None:
    (tmp_path / "out").mkdir()

    seen = await look(tools, server)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.QUEUE_DEPTH] == 0
    assert Signal.LAST_SUCCESS not in seen.signals


async def test_a_file_without_a_date_makes_no_age_of_decades(
    server: dict[str, Any], tmp_path: Path, tools: Tools
) -> None:
    put(tmp_path / "out", "a.csv", 90)
    put(tmp_path / "out", "b.csv", 10)
    os.utime(tmp_path / "out" / "a.csv", (0, 0))

    seen = await look(tools, server)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.LAST_SUCCESS] == NOW - timedelta(minutes=10)
    assert Signal.QUEUE_OLDEST not in seen.signals
    assert seen.absent == {Signal.QUEUE_OLDEST: "a file with an empty date"}


async def test_another_host_key_is_reported_and_nothing_is_sent_to_that_host(
    server: dict[str, Any], tools: Tools
) -> None:
    pinned = "SHA256:" + "A" * 43

    seen = await look(tools, server, host_key=pinned)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert f"host key changed: {pinned} expected, {server['host_key']} shown" in seen.error


@pytest.mark.parametrize(("refused", "kind"), [("blind", Blind), ("unreachable", Reading)])
async def test_a_refused_login_means_what_the_check_says(
    server: dict[str, Any], tools: Tools, refused: str, kind: type
) -> None:
    seen = await look(tools, server, password="wrong-pass", refused=refused)

    assert isinstance(seen, kind)
    assert "Permission denied" in (seen.reason if isinstance(seen, Blind) else seen.error)
    assert "wrong-pass" not in repr(seen)


async def test_a_folder_that_is_gone_is_a_failure(server: dict[str, Any], tools: Tools) -> None:
    seen = await look(tools, server, folder="/gone")

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "SFTPNoSuchFile" in seen.error


async def test_a_private_key_that_cannot_be_read_makes_us_blind(
    server: dict[str, Any], tools: Tools
) -> None:
    seen = await look(tools, server, password=None, key="-----BEGIN nothing-----")

    assert isinstance(seen, Blind)
    assert "private key cannot be read" in seen.reason


async def test_a_port_that_speaks_another_language_is_a_failure(tools: Tools, far_end: Any) -> None:
    far_end.answers({})
    port = int(far_end.url.rsplit(":", 1)[1])
    settings = {"host": "127.0.0.1", "port": port, "user": "erp", "password": "x" * 8}

    seen = await probe(spec("sftp", host_key="any", timeout=2, **settings), tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False


@pytest.mark.parametrize(
    "wrong",
    [{"host_key": "AAAA"}, {"password": None}, {"refused": "ignore"}],
)
def test_settings_without_a_pin_or_a_login_are_refused(wrong: dict[str, Any]) -> None:
    good = {"host": "h", "user": "u", "password": "p", "host_key": "any"}

    SftpSettings.model_validate(good)
    with pytest.raises(ValidationError):
        SftpSettings.model_validate({**good, **wrong})
