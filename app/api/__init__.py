"""FastAPI routers: the studio over HTTP."""
