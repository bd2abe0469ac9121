"""Buttons of toolbars: an icon, a label that is read out, and the key that does the same."""

from __future__ import annotations


def tool(place: str, action: str, icon: str, label: str, key: str, extra: str = "") -> str:
    """Markup of a square button; its script finds it by ``data-<place>="<action>"``."""
    return (
        f'<button type="button" class="button quiet square" data-{place}="{action}" aria-label="{label}" title="{label}  {key}"{extra}>'
        f'<svg class="icon" aria-hidden="true"><use href="#i-{icon}"></use></svg></button>'
    )
