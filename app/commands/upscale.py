"""`upscale FILE --out FILE`: a larger picture."""

from app.commands.retouch import UPSCALE as COMMAND

__all__ = ["COMMAND"]
