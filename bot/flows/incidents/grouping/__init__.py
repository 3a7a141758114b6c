"""One cause, one incident: connections that join, leave and recover."""
