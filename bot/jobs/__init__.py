"""What is done again and again."""

from bot.jobs.watch import BATCH, Watch, metronome
from bot.jobs.watchers import Watchers

__all__ = ["BATCH", "Watch", "Watchers", "metronome"]
