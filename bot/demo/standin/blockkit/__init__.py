"""Block Kit as Slack's server checks it: shapes, lengths, uniqueness, surfaces."""

from bot.demo.standin.blockkit.payload import check_blocks, check_view, weight_of
from bot.demo.standin.blockkit.rules import Problem

__all__ = ["Problem", "check_blocks", "check_view", "weight_of"]
