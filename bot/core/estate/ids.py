"""The ids by which the estate file names things."""

PersonId = str


SystemId = str


PartyId = str


ConnectionId = str
