"""The ids by which the estate file names things. The marks say at run time which are which."""

from typing import Annotated

PersonId = Annotated[str, "person"]
SystemId = Annotated[str, "system"]
PartyId = Annotated[str, "party"]
ConnectionId = Annotated[str, "connection"]
