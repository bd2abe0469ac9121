"""Other pictures over and behind, told by pixels; exact in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.editing.operations.layers import ChromaKey, Composite, PictureInPicture, Watermark


def flat(colour: tuple[int, ...], frames: int = 12, size: tuple[int, int] = (160, 90)) -> Any:
    return np.broadcast_to(np.array(colour, np.uint8), (frames, size[1], size[0], len(colour))).copy()


def near(one: Any, other: Any, levels: float = 4) -> bool:
    return bool(np.abs(np.asarray(one, float) - np.asarray(other, float)).max() <= levels)


def counting(studio: Any, name: str = "count") -> None:
    """A source whose red says which frame it is."""
    pictures = flat((0, 0, 250), 12, (80, 60))
    pictures[..., 0] = np.arange(12)[:, None, None] * 20
    studio.add(name, pictures)


SCREEN = flat((0, 255, 0))
SCREEN[:, 30:60, 60:110] = (200, 60, 60)


def test_a_key_shows_the_background_colour_of_the_film(studio: Any) -> None:
    out = studio.render(ChromaKey(), SCREEN, background="#3050a0")
    assert near(out[:, 10, 10], (48, 80, 160))
    assert near(out[:, 45, 85], (200, 60, 60))


@pytest.mark.parametrize("begins", [0, 5])
def test_a_key_shows_another_source_in_time(studio: Any, begins: int) -> None:
    counting(studio)
    out = studio.render(ChromaKey(background="count", background_start_s=2 / 24), SCREEN, begins=begins)
    assert near(out[:, 10, 10, 0], [min(k + 2, 11) * 20 for k in range(begins, 12)])
    assert near(out[:, 45, 85], (200, 60, 60))


def test_a_key_stays_transparent_where_the_film_keeps_it(studio: Any) -> None:
    pictures = np.concatenate([SCREEN, np.full((12, 90, 160, 1), 255, np.uint8)], axis=3)
    out = studio.render(ChromaKey(), pictures, alpha=True, pixels="yuva420p")
    assert near(out[:, 10, 10, 3], 0, 1)
    assert near(out[:, 45, 85], (200, 60, 60, 255))


def test_spilt_light_is_taken_out(studio: Any) -> None:
    pictures = flat((0, 255, 0))
    pictures[:, :, 80:] = (120, 160, 120)
    red, green, blue = studio.render(ChromaKey(), pictures)[3, 45, 130].astype(int)
    assert abs(green - (red + blue) / 2) < 12


@pytest.mark.parametrize("blend", [0.0, 0.3])
def test_the_edge_is_as_soft_as_asked(studio: Any, blend: float) -> None:
    steps = flat((0, 255, 0, 255))
    for x in range(160):
        steps[:, :, x, :3] = (x, 255 - x, x * 0.6)
    out = studio.render(ChromaKey(similarity=0.2, blend=blend), steps, alpha=True, pixels="yuva420p")[3, 45, :, 3]
    assert near(out[0], 0, 1)
    assert (int(np.sum((out > 10) & (out < 245))) > 30) is (blend > 0.1)


def test_grey_is_no_key(studio: Any) -> None:
    (problem,) = ChromaKey(colour="#707274").problems(studio.place(SCREEN))
    assert problem.code == "key_is_grey"
    assert list(ChromaKey(colour="#1144cc").problems(studio.place(SCREEN))) == []


@pytest.mark.parametrize("begins", [0, 4])
def test_a_small_picture_comes_and_goes_exactly(studio: Any, begins: int) -> None:
    counting(studio)
    inset = PictureInPicture(source="count", start_s=1 / 24, at_s=3 / 24, duration_s=6 / 24, x=0.5, y=0.5, w=0.25)
    out = studio.render(inset, flat((100, 100, 100)), begins=begins)
    wanted = [(k - 2) * 20 if 3 <= k < 9 else 100 for k in range(begins, 12)]
    assert near(out[:, 55, 90, 0], wanted)
    assert near(out[:, 10, 10], 100)


def test_its_place_shape_border_and_opacity(studio: Any) -> None:
    studio.add("red", flat((255, 0, 0), 1, (80, 40)), still=True)
    inset = PictureInPicture(source="red", x=0.25, y=0.2, w=0.5, border_px=4, border_colour="#00ff00", opacity=0.5)
    out = studio.render(inset, flat((0, 0, 0)))[6].astype(int)
    seen = np.argwhere(out.max(axis=2) > 60)
    assert (seen.min(axis=0) == [18, 40]).all()
    assert (seen.max(axis=0) == [18 + 48 - 1, 40 + 88 - 1]).all()
    assert near(out[42, 84], (128, 0, 0), 6)
    assert near(out[20, 60], (0, 128, 0), 8)


def test_it_is_heard_where_it_should_be(studio: Any) -> None:
    counting(studio)
    place = studio.place(flat((0, 0, 0), 48), first_frame=24)
    inset = PictureInPicture(source="count", start_s=0.25, at_s=0.5, duration_s=9, sound=True, gain_db=-6)
    assert list(inset.model_copy(update={"sound": False}).layers(place)) == []
    (layer,) = inset.layers(place)
    assert (layer.at_s, layer.seconds, layer.source_id, layer.source_start_s, layer.gain_db) == (1.5, 1.5, "count", 0.25, -6)


MODES = {
    "over": lambda base, layer: layer,
    "multiply": lambda base, layer: base * layer / 255,
    "screen": lambda base, layer: 255 - (255 - base) * (255 - layer) / 255,
    "overlay": lambda base, layer: 2 * base * layer / 255 if base < 128 else 255 - 2 * (255 - base) * (255 - layer) / 255,
    "add": lambda base, layer: min(255, base + layer),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("base", "layer"), [(200, 64), (80, 160)])
@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_modes_of_laying_one_over_another(studio: Any, mode: Any, base: int, layer: int, opacity: float) -> None:
    studio.add("layer", flat((layer,) * 3, 1, (40, 40)), still=True)
    operation = Composite(source="layer", mode=mode, opacity=opacity, at_s=3 / 24, duration_s=5 / 24)
    out = studio.render(operation, flat((base,) * 3))[:, 45, 80, 0]
    mixed = base + opacity * (MODES[mode](base, layer) - base)
    assert near(out, [mixed if 3 <= k < 8 else base for k in range(12)], 5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("alpha", [False, True])
def test_where_the_layer_is_transparent_nothing_changes(studio: Any, mode: Any, alpha: bool) -> None:
    layer = flat((250, 120, 20, 0), 1)
    layer[:, :, 80:, 3] = 255
    studio.add("layer", layer, still=True)
    pictures = flat((90, 140, 60, 200) if alpha else (90, 140, 60))
    kept = {"alpha": True, "pixels": "yuva420p"} if alpha else {}
    out = studio.render(Composite(source="layer", mode=mode), pictures, **kept)
    assert near(out[:, 45, 30], pictures[0, 0, 0], 5)
    assert not near(out[:, 45, 130, :3], pictures[0, 0, 0, :3], 5)


def test_a_layer_of_another_shape_covers_all_of_the_picture(studio: Any) -> None:
    studio.add("tall", flat((10, 200, 10), 1, (30, 100)), still=True)
    out = studio.render(Composite(source="tall"), flat((90, 90, 90)))
    assert near(out[4].reshape(-1, 3), (10, 200, 10))


@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "bottom_right"])
def test_a_watermark_stands_in_its_corner(studio: Any, corner: Any) -> None:
    studio.add("logo", flat((255, 255, 255, 255), 1, (60, 30)), still=True)
    out = studio.render(Watermark(source="logo", corner=corner, w=0.25, margin=0.05, opacity=0.5), flat((0, 0, 0)), scope="film")
    seen = np.argwhere(out[7, :, :, 0] > 60)
    left, top = (8, 112)["right" in corner], (8, 62)["bottom" in corner]
    assert (seen.min(axis=0) == [top, left]).all()
    assert (seen.max(axis=0) == [top + 19, left + 39]).all()
    assert near(out[:, top + 10, left + 20], 128, 6)
