"""The Web API methods, one file per family. What is not in this table is `unknown_method`."""

from collections.abc import Callable, Mapping

from bot.demo.standin.methods import (
    apps,
    chat,
    chat_schedule,
    conversations,
    conversations_members,
    conversations_reading,
    files,
    marks,
    users,
    views,
)
from bot.demo.standin.refusal import Json
from bot.demo.standin.services import Call

Handler = Callable[[Call], Json]

HANDLERS: Mapping[str, Handler] = {
    **apps.METHODS,
    **chat.METHODS,
    **chat_schedule.METHODS,
    **conversations.METHODS,
    **conversations_members.METHODS,
    **conversations_reading.METHODS,
    **files.METHODS,
    **marks.METHODS,
    **users.METHODS,
    **views.METHODS,
}
