"""What is done again and again, and what comes in from outside to be stored."""

from bot.jobs.calendars import ReleaseCalendar
from bot.jobs.intake import Intake
from bot.jobs.watch import BATCH, Watch, metronome
from bot.jobs.watchers import Watchers

__all__ = ["BATCH", "Intake", "ReleaseCalendar", "Watch", "Watchers", "metronome"]
