"""The built-in engine for pictures: storyboard cards drawn from a prompt, without any model."""
