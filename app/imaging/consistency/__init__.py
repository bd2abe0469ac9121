"""How much a picture resembles the pictures that show a character, and how that changes over a series."""
