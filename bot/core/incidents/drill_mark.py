"""How a drill is told from a break in every text."""

MARK = "DRILL"
