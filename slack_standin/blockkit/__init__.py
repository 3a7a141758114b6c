"""Block Kit as Slack's server checks it: shapes, lengths, uniqueness, surfaces."""

from slack_standin.blockkit.payload import check_blocks, check_view, weight_of
from slack_standin.blockkit.rules import Problem

__all__ = ["Problem", "check_blocks", "check_view", "weight_of"]
