"""Editing: from a plan that people and models can read to a finished film, rendered by one ffmpeg graph."""
