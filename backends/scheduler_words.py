"""Why something was decided, in words that a person reads. Rendered only when somebody looks."""

from __future__ import annotations

from typing import Any, NamedTuple

GIB = 2**30


def size(count: int) -> str:
    """Bytes as a person reads them: "6.9 GiB", "320 MiB"."""
    if abs(count) >= GIB * 0.995:
        return f"{count / GIB:.1f} GiB"
    return f"{round(count / 2**20)} MiB"


def seconds(value: float) -> str:
    """ "0.35 s", "12 s"."""
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


# code -> sentence; fields ending in _bytes and _s are rendered as sizes and times, _share as per cent.
SENTENCES = {
    "resident": "{model} is resident and has room for the call",
    "ahead": "{model} is resident, so this goes ahead of {count} older waiting requests",
    "load": "{model} is asked for and not in memory; {free_bytes} of RAM are free",
    "activate": "{model} is asked for; {free_bytes} are free where it needs {need_bytes}",
    "makes_room": "makes room for {other}: costs least to lose of {count} idle models ({back_s} to bring back, {chance_share} likely soon)",
    "over_budget": "other programs or a wrong guess took {over_bytes} more than there is, and this one is idle",
    "keep_alive": "unused for {idle_s}",
    "dismissed": "its memory was asked back",
    "wait_busy": "{model} is in use; calls it can serve at once: {count}",
    "wait_moving": "{model} is on its way ({moving})",
    "wait_lane": "another model is being moved first",
    "wait_leases": "needs {need_bytes}, {free_bytes} are free, and the rest is in use",
    "wait_linger": "{model} was in use a moment ago and is usually asked for again at once",
    "wait_held": "{model} has just failed to get its memory and is tried again shortly",
    "wait_turn": "an older request has been passed by {count} times and goes first",
    "wait_priority": "a more urgent request goes first",
    "wait_order": "an earlier request needs the room first",
    "too_big": "{model} needs {need_bytes} of {memory} ({weights_bytes} weights, {working_bytes} for the call); {budget_bytes} may be had.",
    "foreign": "{model} needs {need_bytes} of {memory}, and other programs hold {foreign_bytes} of the {budget_bytes} that may be had.",
    "pinned": "{model} needs {need_bytes} of {memory}, and pinned models hold {pinned_bytes} of the {budget_bytes} that may be had.",
}
REMEDIES = {
    "too_big": "Choose a smaller variant of the model or ask for less at once (a smaller picture, a shorter text, a smaller batch).",
    "foreign": "Close the other program that uses the {memory}, or choose a smaller model.",
    "pinned": "Unpin {names}, or choose a smaller model.",
}


class Why(NamedTuple):
    """A reason not yet put into words."""

    code: str
    fields: dict[str, Any]

    def __str__(self) -> str:
        return SENTENCES[self.code].format(**_shown(self.fields))

    @property
    def remedy(self) -> str:
        """What would help; empty where nothing needs help."""
        return REMEDIES.get(self.code, "").format(**_shown(self.fields))


def _shown(fields: dict[str, Any]) -> dict[str, str]:
    shown = {}
    for key, value in fields.items():
        if key.endswith("_bytes"):
            shown[key] = size(value)
        elif key.endswith("_s"):
            shown[key] = seconds(value)
        elif key.endswith("_share"):
            shown[key] = f"{value:.0%}"
        else:
            shown[key] = str(value)
    return shown
