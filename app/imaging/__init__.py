"""Pictures: made, kept alike, judged, mended."""
