"""A local Slack for demos and end-to-end tests. It refuses what Slack refuses."""

from slack_standin.acts.manifest_rules import ManifestRefused
from slack_standin.server import Member, Standin, Tokens
from slack_standin.state.clock import Clock, Timing
from slack_standin.state.limits import LimitSettings

__all__ = ["Clock", "LimitSettings", "ManifestRefused", "Member", "Standin", "Timing", "Tokens"]
