"""Icons as one SVG sprite: 16 px, stroke 1.5, drawn after Lucide (ISC licence, lucide.dev), and the peg-bar mark."""

from __future__ import annotations

# name: the inside of a 24-unit drawing.
ICONS: dict[str, str] = {
    "alert": '<path d="m21.7 18-8-14a2 2 0 0 0-3.4 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3"/><path d="M12 9v4M12 17h.01"/>',
    "arrow-down": '<path d="M12 5v14M6 13l6 6 6-6"/>',
    "arrow-left": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "arrow-up": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "check": '<path d="M20 6 9 17l-5-5"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "copy": '<rect x="8" y="8" width="13" height="13" rx="2"/><path d="M16 8V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h3"/>',
    "cpu": (
        '<rect x="5" y="5" width="14" height="14" rx="2"/>'
        '<path d="M9.5 9.5h5v5h-5zM15 2v3M9 2v3M15 19v3M9 19v3M2 15h3M2 9h3M19 15h3M19 9h3"/>'
    ),
    "download": '<path d="M12 3v12M7 11l5 5 5-5M4 21h16"/>',
    "eject": '<path d="m12 4 8 10H4zM4 19h16"/>',
    "eye": '<path d="M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7S2 12 2 12"/><circle cx="12" cy="12" r="3"/>',
    "file": '<path d="M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8z"/><path d="M14 2v6h6M8 13h8M8 17h5"/>',
    "film": '<rect x="3" y="3" width="18" height="18" rx="2"/><path d="M7 3v18M17 3v18M3 8h4M3 16h4M17 8h4M17 16h4M3 12h18"/>',
    "folder": '<path d="M4 20h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-8l-2-3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2"/>',
    "fullscreen": '<path d="M8 3H5a2 2 0 0 0-2 2v3M21 8V5a2 2 0 0 0-2-2h-3M3 16v3a2 2 0 0 0 2 2h3M16 21h3a2 2 0 0 0 2-2v-3"/>',
    "grid": '<path d="M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z"/>',
    "grip": '<path d="M9 5h.01M9 12h.01M9 19h.01M15 5h.01M15 12h.01M15 19h.01"/>',
    "help": '<circle cx="12" cy="12" r="9"/><path d="M9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3M12 17h.01"/>',
    "image": (
        '<rect x="3" y="3" width="18" height="18" rx="2"/><circle cx="9" cy="9" r="2"/>'
        '<path d="m21 15-3.1-3.1a2 2 0 0 0-2.8 0L6 21"/>'
    ),
    "in": '<path d="M9 4H6v16h3M11 12h9"/>',
    "layers": '<path d="m12 4 9 5-9 5-9-5zM3 14l9 5 9-5"/>',
    "library": '<path d="m16 6 4 14M12 6v14M8 8v12M4 4v16"/>',
    "link": (
        '<path d="M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.7 1.7"/>'
        '<path d="M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.7-1.7"/>'
    ),
    "list": '<path d="M8 6h13M8 12h13M8 18h13M3 6h.01M3 12h.01M3 18h.01"/>',
    "marker": '<path d="M6 21V4h12l-3 4 3 4H6"/>',
    "merge": '<path d="M2 12h7M6 9l3 3-3 3M22 12h-7M18 9l-3 3 3 3M12 4v3M12 17v3"/>',
    "message": '<path d="M21 15a2 2 0 0 1-2 2H8l-5 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>',
    "minus": '<path d="M5 12h14"/>',
    "moon": '<path d="M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9"/>',
    "music": '<path d="M9 18V5l12-2v13"/><circle cx="6" cy="18" r="3"/><circle cx="18" cy="16" r="3"/>',
    "next": '<path d="M5 4v16M9 12h12M15 6l6 6-6 6"/>',
    "out": '<path d="M15 4h3v16h-3M4 12h9"/>',
    "panel": '<rect x="3" y="3" width="18" height="18" rx="2"/><path d="M9 3v18"/>',
    "pause": '<path d="M8 5v14M16 5v14"/>',
    "pencil": '<path d="M4 20h4L20 8l-4-4L4 16zM14 6l4 4"/>',
    "pin": '<path d="M12 17v5M8 3h8l-1 7 3 4v3H6v-3l3-4z"/>',
    "play": '<path d="m7 4 13 8-13 8z"/>',
    "plus": '<path d="M5 12h14M12 5v14"/>',
    "redo": '<path d="m15 14 5-5-5-5"/><path d="M20 9H9a5 5 0 0 0 0 11h4"/>',
    "retry": '<path d="M3 12a9 9 0 1 0 3-6.7L3 8"/><path d="M3 3v5h5"/>',
    "run-next": '<path d="M12 20V9M6 14l6-6 6 6M4 4h16"/>',
    "scan": (
        '<path d="M3 7V5a2 2 0 0 1 2-2h2M17 3h2a2 2 0 0 1 2 2v2M21 17v2a2 2 0 0 1-2 2h-2M7 21H5a2 2 0 0 1-2-2v-2"/>'
        '<path d="M8 8v8M12 8v8M16 8v8"/>'
    ),
    "scissors": (
        '<circle cx="6" cy="6" r="3"/><circle cx="6" cy="18" r="3"/><path d="M8.1 8.1 12 12M20 4 8.1 15.9M14.8 14.8 20 20"/>'
    ),
    "search": '<circle cx="11" cy="11" r="7"/><path d="m21 21-4.3-4.3"/>',
    "send": '<path d="m4 4 17 8-17 8 3-8zM7 12h14"/>',
    "sound": '<path d="M11 5 6 9H2v6h4l5 4zM15.5 8.5a5 5 0 0 1 0 7M19 5a10 10 0 0 1 0 14"/>',
    "sound-off": '<path d="M11 5 6 9H2v6h4l5 4zM22 9l-6 6M16 9l6 6"/>',
    "bell": '<path d="M6 8a6 6 0 0 1 12 0c0 7 3 8 3 9H3c0-1 3-2 3-9M10.3 21a2 2 0 0 0 3.4 0"/>',
    "bell-off": '<path d="M8.7 3a6 6 0 0 1 9.3 5c0 2.1.3 3.6.8 4.800M17 17H3s3-2 3-9c0-.3 0-.7.1-1M10.3 21a2 2 0 0 0 3.4 0M2 2l20 20"/>',
    "split": '<path d="M12 3v18M7 9l-3 3 3 3M4 12h5M17 9l3 3-3 3M20 12h-5"/>',
    "step-back": '<path d="m15 5-8 7 8 7zM19 5v14"/>',
    "step-forward": '<path d="m9 5 8 7-8 7zM5 5v14"/>',
    "shot-back": '<path d="m19 5-7 7 7 7zM11 5l-7 7 7 7z"/>',
    "shot-forward": '<path d="m5 5 7 7-7 7zM13 5l7 7-7 7z"/>',
    "stop": '<rect x="6" y="6" width="12" height="12" rx="1"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/>'
        '<path d="M12 2v2M12 20v2M5 5l1.4 1.400M17.6 17.6 19 19M2 12h2M20 12h2M5 19l1.4-1.400M17.6 6.4 19 5"/>'
    ),
    "trash": '<path d="M3 6h18M8 6V4a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v2M19 6l-1 14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2L5 6M10 11v6M14 11v6"/>',
    "undo": '<path d="M9 14 4 9l5-5"/><path d="M4 9h11a5 5 0 0 1 0 11h-4"/>',
    "upload": '<path d="M12 16V4M7 8l5-5 5 5M4 21h16"/>',
    "wave": '<path d="M2 12h3l3-8 4 16 4-12 2 4h4"/>',
    "board": '<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M12 8v8M8 12h8"/>',
    "brush": (
        '<path d="m14 6 4 4M20 4c1.200 1.200 1 3-.2 4.200L11 17l-4-4 8.800-8.800C17 3 18.800 2.800 20 4'
        'M7 13c-2 0-3.500 1.500-3.500 3.500 0 1.500-.5 2.500-1.500 3.500 4 1 8-.5 9-3"/>'
    ),
    "compare": '<path d="M12 3v18M8 5H4v14h4M16 5h4v14h-4"/>',
    "dice": (
        '<rect x="4" y="4" width="16" height="16" rx="3"/>'
        '<path d="M8.500 8.500h.01M15.500 8.500h.01M12 12h.01M8.500 15.500h.01M15.500 15.500h.01"/>'
    ),
    "eraser": '<path d="m7 20-4-4a1.500 1.500 0 0 1 0-2L13 4a1.500 1.500 0 0 1 2 0l5 5a1.500 1.500 0 0 1 0 2l-9 9zM20 20H7M8 9l7 7"/>',
    "expand": '<path d="M15 3h6v6M9 21H3v-6M21 3l-7 7M3 21l7-7"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8h.01"/>',
    "invert": '<circle cx="12" cy="12" r="9"/><path d="M12 3v18M12 7h6.500M12 11h8.500M12 15h8M12 19h4"/>',
    "puzzle": '<path d="M10 4a2 2 0 1 1 4 0v2h4v4h2a2 2 0 1 1 0 4h-2v6h-5v-2a1.500 1.500 0 0 0-3 0v2H5v-6h1.500a2 2 0 0 0 0-4H5V6h5z"/>',
    "sliders": (
        '<path d="M4 6h10M18 6h2M4 12h2M10 12h10M4 18h8M16 18h4"/>'
        '<circle cx="16" cy="6" r="2"/><circle cx="8" cy="12" r="2"/><circle cx="14" cy="18" r="2"/>'
    ),
    "star": '<path d="m12 3 2.700 5.700 6.300.8-4.600 4.300 1.200 6.200-5.600-3-5.600 3 1.200-6.200L3 9.500l6.300-.8z"/>',
    "swap": '<path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/>',
    "wand": '<path d="m4 20 11-11M13 7l4 4M18 3v4M16 5h4M6 4v3M4.500 5.500h3M19 15v3M17.500 16.500h3"/>',
    "x": '<path d="M18 6 6 18M6 6l12 12"/>',
}  # fmt: skip

# The peg bar that animation paper hangs on: one round hole between two slots.
MARK = '<circle cx="12" cy="12" r="3.2"/><rect x="1" y="10" width="5" height="4" rx="1"/><rect x="18" y="10" width="5" height="4" rx="1"/>'


def sprite() -> str:
    """One hidden ``<svg>`` with a symbol per icon; use with ``<svg class="icon"><use href="#i-play"/></svg>``."""
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in ICONS.items())
    mark = f'<symbol id="i-mark" viewBox="0 8 24 8">{MARK}</symbol>'
    return f'<svg class="sprite" aria-hidden="true" width="0" height="0">{symbols}{mark}</svg>'


def favicon() -> bytes:
    """The mark on its own ground, for the browser's tab."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#14161A"/>'
        f'<g fill="#6CC4E8">{MARK}</g></svg>'
    ).encode()
