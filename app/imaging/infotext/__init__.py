"""The settings of a picture, kept in its file and read back from it: ours, and those of other programs."""
