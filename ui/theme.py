"""The look as one table of tokens: CSS variables for our own markup, and the same colours for Gradio's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

# token: (dark, light). Text on its ground has a contrast of at least 4.6, a border of at least 3.1.
COLOURS: dict[str, tuple[str, str]] = {
    "ground": ("#14161A", "#F4F1EA"),
    "panel": ("#1B1E24", "#FBF9F4"),
    "raised": ("#252A32", "#FFFFFF"),
    "text": ("#E8EAED", "#1E2126"),
    "muted": ("#A3ABB8", "#5C6470"),
    "action": ("#6CC4E8", "#0B6E99"),
    "on-action": ("#06222E", "#FFFFFF"),
    "action-soft": ("#6CC4E81F", "#0B6E9917"),
    "play": ("#FF6B4A", "#C8391B"),
    "good": ("#6BCB8B", "#1E7A43"),
    "warn": ("#F2B84B", "#8A5A00"),
    "border": ("#6B7482", "#8C8678"),
    "hair": ("#343A45", "#D8D2C4"),
    "shot-a": ("#2F3641", "#D6D0C1"),
    "shot-b": ("#3C4451", "#C3BCAB"),
    "mark-red": ("#F0607A", "#B4254A"),
    "mark-yellow": ("#E6C545", "#8F6C00"),
    "mark-green": ("#62C481", "#27784A"),
    "mark-cyan": ("#5AC8D3", "#0D7886"),
    "mark-blue": ("#7AA2F7", "#2F5DC0"),
    "mark-purple": ("#BC93F0", "#7646BB"),
    "hover": ("#FFFFFF0F", "#1E21260D"),
    "shadow": ("#00000080", "#3B352726"),
}
FONT = "Inter"
FONT_MONO = "JetBrains Mono"
SHAPE: dict[str, str] = {
    "corner": "4px",
    "control": "32px",
    "lane": "26px",
    "font": f'"{FONT}", system-ui, sans-serif',
    "mono": f'"{FONT_MONO}", ui-monospace, monospace',
    "heat-low": "#14285A",
    "heat-mid": "#C79A3A",
    "heat-high": "#E8442A",
}
TOUCH = "44px"  # the height of a control under a finger
MOTION = (
    "@keyframes breathe{from{opacity:.25}}"
    "@keyframes rise{from{opacity:0;transform:translateY(6px)}}"
    "@keyframes arrive{from{opacity:0;transform:translateX(-8px)}}"
    "@keyframes running{from{background-position:100% 0}to{background-position:-100% 0}}"
)
LATIN = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2190-2193,U+2212"
LATIN_MORE = "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF"
FONT_FACES: tuple[tuple[str, str, str], ...] = (
    (FONT, "fonts/inter-latin-wght-normal.woff2", LATIN),
    (FONT, "fonts/inter-latin-ext-wght-normal.woff2", LATIN_MORE),
    (FONT_MONO, "fonts/jetbrains-mono-latin-wght-normal.woff2", LATIN),
)


def variables_css() -> str:
    """The tokens as CSS variables: dark by ``data-theme`` on the root, else as the system prefers."""
    dark = "".join(f"--{name}:{dark};" for name, (dark, _) in COLOURS.items()) + "color-scheme:dark;"
    light = "".join(f"--{name}:{light};" for name, (_, light) in COLOURS.items()) + "color-scheme:light;"
    shape = "".join(f"--{name}:{value};" for name, value in SHAPE.items())
    return (
        f":root{{{shape}{light}}}\n:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f"@media (pointer:coarse),(max-width:640px){{:root{{--control:{TOUCH}}}}}\n"
        f"{MOTION}\n"
    )


def fonts_css() -> str:
    """The bundled variable fonts, addressed relative to the style sheet."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:normal;font-weight:100 900;font-display:swap;'
        f'src:url("{path}") format("woff2");unicode-range:{ranges}}}\n'
        for family, path, ranges in FONT_FACES
    )


def gradio_theme() -> gr.themes.Base:
    """The same tokens for Gradio's own components."""
    import gradio as gr

    def both(name: str, token: str) -> dict[str, str]:
        dark, light = COLOURS[token]
        return {name: light, f"{name}_dark": dark}

    theme = gr.themes.Base(
        font=[gr.themes.Font(FONT), gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font(FONT_MONO), gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        text_size=gr.themes.sizes.text_sm,
        spacing_size=gr.themes.sizes.spacing_sm,
        radius_size=gr.themes.sizes.radius_sm,
    )
    return theme.set(
        **both("body_background_fill", "ground"),
        **both("background_fill_primary", "panel"),
        **both("background_fill_secondary", "ground"),
        **both("body_text_color", "text"),
        **both("body_text_color_subdued", "muted"),
        **both("border_color_primary", "hair"),
        **both("input_background_fill", "raised"),
        **both("input_border_color", "border"),
        **both("button_primary_background_fill", "action"),
        **both("button_primary_text_color", "on-action"),
        **both("button_secondary_border_color", "border"),
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        color_accent=COLOURS["action"][1],
    )
