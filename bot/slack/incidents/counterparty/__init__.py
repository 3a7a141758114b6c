"""The other side of an incident: evidence, ticket, contract clock, joint call."""
