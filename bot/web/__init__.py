"""Our own HTTP side: health, metrics and the pings of jobs."""

from bot.web.app import web_app

__all__ = ["web_app"]
