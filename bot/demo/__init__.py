"""What `firstlane demo` has in place of the outside world. Only the command line uses it."""
