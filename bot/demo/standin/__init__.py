"""A local Slack for demos and end-to-end tests. It refuses what Slack refuses."""

from bot.demo.standin.server import Member, Standin

__all__ = ["Member", "Standin"]
