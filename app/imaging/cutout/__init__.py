"""Taking the background away: what the border looks like, what the subject is, its soft edge, its own colours."""
