"""The tokens: complete, readable (WCAG 2 contrast), and the same for Gradio's own components."""

from __future__ import annotations

import pytest

from ui import theme

TEXT, BORDER = 4.5, 3.0


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB after WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Ratio from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised"])
@pytest.mark.parametrize("text", ["text", "muted", "action", "play", "good", "warn"])
def test_text_can_be_read_on_every_ground(text: str, ground: str, scheme: int) -> None:
    assert contrast(theme.COLOURS[text][scheme], theme.COLOURS[ground][scheme]) >= TEXT


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_buttons_shots_and_borders_stand_out(scheme: int) -> None:
    colour = {name: pair[scheme] for name, pair in theme.COLOURS.items()}
    assert contrast(colour["on-action"], colour["action"]) >= TEXT
    for shot in ("shot-a", "shot-b"):
        assert contrast(colour["text"], colour[shot]) >= TEXT
    for ground in ("ground", "panel", "raised"):
        assert contrast(colour["border"], colour[ground]) >= BORDER


def test_every_token_is_a_variable_in_both_schemes() -> None:
    css = theme.variables_css()
    for name, (dark, light) in theme.COLOURS.items():
        assert css.count(f"--{name}:{dark};") >= 2, "by choice and by the system's preference"
        assert f"--{name}:{light};" in css
    assert ":root[data-theme=dark]" in css
    assert ":root:not([data-theme=light])" in css


def test_fonts_are_bundled() -> None:
    css = theme.fonts_css()
    assert css.count("@font-face") == len(theme.FONT_FACES)
    assert "//" not in css


def test_gradio_takes_the_same_colours() -> None:
    made = theme.gradio_theme()
    assert made.body_background_fill == theme.COLOURS["ground"][1]
    assert made.body_background_fill_dark == theme.COLOURS["ground"][0]
    assert made._stylesheets == []
