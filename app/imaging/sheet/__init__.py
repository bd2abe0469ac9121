"""Reference sheets: a character from all sides and in several moods, made one by one and set together on one page."""
