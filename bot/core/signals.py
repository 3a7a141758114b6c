"""The old name of what `bot.checks` gives plug-ins; it goes with the next release."""

from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal

__all__ = ["Blind", "Cause", "Observation", "Reading", "Signal"]
