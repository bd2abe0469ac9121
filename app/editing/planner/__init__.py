"""The planner: from a clip's analysis and a wish to an edit plan, by rules of our own or with a language model."""
