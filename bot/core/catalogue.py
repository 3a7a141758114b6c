"""The old name of what `bot.checks` gives plug-ins; it goes with the next release."""

from bot.core.estate.check_spec import CheckSpec

__all__ = ["CheckSpec"]
