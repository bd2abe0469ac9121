"""Numbers in words a person reads: sizes, spans of time, moments."""

from __future__ import annotations

import math
from datetime import datetime

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def size(size_bytes: float) -> str:
    """``1536`` -> ``1.5 KiB``."""
    step = 0 if size_bytes < 1024 else min(int(math.log(size_bytes, 1024)), len(_UNITS) - 1)
    value = size_bytes / 1024**step
    return f"{value:.0f} {_UNITS[step]}" if step == 0 or value >= 100 else f"{value:.1f} {_UNITS[step]}"


def span(seconds: float | None) -> str:
    """``75`` -> ``1 min 15 s``; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(unix_s: float | None) -> str:
    """Local date and time to the second; a dash for None."""
    return "-" if unix_s is None else datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def shorten(text: str, width: int) -> str:
    """At most ``width`` characters, cut in the middle."""
    if len(text) <= width:
        return text
    left = (width - 1) // 2
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"
