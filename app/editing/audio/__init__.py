"""The sound of a film: reading, stretching, mixing, ducking, loudness, and the studio's own effects."""
