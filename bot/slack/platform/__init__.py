"""Slack itself: the Web API, the socket, its accounts, and the inbox of what people did."""
