"""The old name of `bot.checks`, for plug-ins; it goes with the next release."""

from bot.checks.probe import ProbeKind, ProbeSettings, Tools

__all__ = ["ProbeKind", "ProbeSettings", "Tools"]
