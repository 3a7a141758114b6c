"""The channel of an incident: where it is, what stands in it, when it is archived."""
