"""What there is: connections, systems, parties, owners and windows."""
