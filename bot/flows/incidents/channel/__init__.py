"""The channel of an incident: its life, and what people pin."""
