"""A local Slack for demos and end-to-end tests. It refuses what Slack refuses."""

from bot.demo.standin.clock import Clock, Timing
from bot.demo.standin.limits import LimitSettings
from bot.demo.standin.manifest_rules import ManifestRefused
from bot.demo.standin.server import Member, Standin, Tokens

__all__ = ["Clock", "LimitSettings", "ManifestRefused", "Member", "Standin", "Timing", "Tokens"]
