"""Probe kind `sftp`: logs in, lists a folder, and says how many files wait and how old they are.

The host must show the key that is pinned here. One that shows another is not talked to: it is
reported, since whoever exchanges files with it will refuse it as well.
"""

from datetime import datetime

from bot.checks.probe import Tools
from bot.checks.probes.sftp_settings import SftpSettings
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Observation


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `queue_depth`, and for the files there are `queue_oldest`, `last_success`
    (the newest) and `size` (of the newest, in bytes)."""
    from bot.checks.probes.sftp_session import look  # only who uses SFTP pays for its library

    settings = SftpSettings.of(spec)
    return await look(settings, spec.timeout, now, tools.without(settings.secrets()))
