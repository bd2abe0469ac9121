"""A tool's button says what it does, to eyes, ears and its script."""

from __future__ import annotations

from ui.components.buttons import tool


def test_a_button_is_labelled_and_found_by_its_action() -> None:
    made = tool("deck", "mute", "sound-off", "Sound of the clip", "A", ' aria-pressed="false"')
    for part in (
        'data-deck="mute"',
        'aria-label="Sound of the clip"',
        'title="Sound of the clip  A"',
        "#i-sound-off",
        'aria-pressed="false"',
    ):
        assert part in made
