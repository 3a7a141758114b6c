"""The Web API methods, one file per family. What is not in this table is `unknown_method`."""

from collections.abc import Callable, Mapping

from slack_standin.acts.services import Call
from slack_standin.state.refusal import Json
from slack_standin.webapi.methods import (
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
