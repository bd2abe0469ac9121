"""The durable queue, the worker processes, and what a handler sees of both."""
