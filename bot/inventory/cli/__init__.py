"""`firstlane inventory` at the terminal."""
