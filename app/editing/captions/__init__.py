"""Words over the picture: fonts, line breaking, animation, and the one ASS track that a film's captions become."""
