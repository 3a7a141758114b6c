"""What is seen of the connections, and what is believed of it."""
