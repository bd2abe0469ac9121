"""`cutout FILE --out FILE`: a picture's subject without its background."""

from app.commands.retouch import CUTOUT as COMMAND

__all__ = ["COMMAND"]
