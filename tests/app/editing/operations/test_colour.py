"""Light and colour, told by pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.operations.colour import Fade, Grade, Lut, MatchColour, Sharpen
from configs.errors import BadMedia


def flat(colour: tuple[int, int, int], frames: int = 3, alpha: int | None = None) -> Any:
    whole = (*colour, alpha) if alpha is not None else colour
    return np.broadcast_to(np.array(whole, np.uint8), (frames, 90, 160, len(whole))).copy()


def middle(pictures: Any, frame: int = 1) -> list[int]:
    return [int(value) for value in pictures[frame, 45, 80]]


def near(one: Any, other: Any, levels: float = 3) -> bool:
    return bool(np.abs(np.asarray(one, float) - np.asarray(other, float)).max() <= levels)


def test_what_is_neutral_adds_nothing(studio: Any, scenery: Any) -> None:
    class Empty:
        graph, prepared = None, {}  # any filter would fail
        place = studio.place(scenery(2))

    assert Grade().picture("pad", Empty()) == "pad"  # type: ignore[arg-type]
    assert Fade().picture("pad", Empty()) == "pad"  # type: ignore[arg-type]


@pytest.mark.parametrize("stops", [-2, -1, 1, 2])
def test_a_stop_is_twice_the_light(studio: Any, stops: int) -> None:
    out = middle(studio.render(Grade(exposure_ev=stops), flat((90, 70, 50))))
    assert near(out, [min(255, value * 2 ** (stops / 2.2)) for value in (90, 70, 50)], 5)


def test_contrast_turns_about_the_middle(studio: Any) -> None:
    more = Grade(contrast=1.5)
    assert near(middle(studio.render(more, flat((126, 126, 126)))), (126,) * 3, 2)
    assert near(middle(studio.render(more, flat((60, 60, 60)))), (26,) * 3)
    assert near(middle(studio.render(more, flat((200, 200, 200)))), (236,) * 3)


def test_saturation_and_gamma(studio: Any) -> None:
    grey = middle(studio.render(Grade(saturation=0), flat((200, 80, 60))))
    assert max(grey) - min(grey) <= 1
    vivid = middle(studio.render(Grade(saturation=1.5), flat((150, 120, 110))))
    assert vivid[0] - vivid[2] > 1.4 * 40
    assert near(middle(studio.render(Grade(gamma=2), flat((64, 64, 64)))), (128,) * 3, 2)


def test_lower_kelvin_is_warmer_at_the_same_brightness(studio: Any) -> None:
    warm, cold = (middle(studio.render(Grade(temperature_k=kelvin), flat((120, 120, 120)))) for kelvin in (3500, 12_000))
    assert warm[0] > 125 > 110 > warm[2]
    assert cold[0] < 118 < 122 < cold[2]
    for colour in (warm, cold):
        assert np.dot(colour, (0.2126, 0.7152, 0.0722)) == pytest.approx(120, abs=8)


def test_a_vignette_darkens_the_corners_alone(studio: Any) -> None:
    out = studio.render(Grade(vignette=0.8), flat((150, 150, 150)))
    assert near(middle(out), (150,) * 3, 2)
    assert out[1, 2, 2].max() < 60
    assert out[2, 45, 3].mean() < 120
    assert np.abs(out[1].astype(int) - out[1, ::-1, ::-1]).max() <= 2


@pytest.mark.parametrize(
    "operation",
    [
        Grade(exposure_ev=0.5, temperature_k=4000, vignette=0.5),
        Sharpen(strength=2),
        Fade(in_s=0.1, out_s=0.1),
        Fade(in_s=0.1, colour="#3355ff"),
    ],
    ids=lambda one: one.op,
)
def test_transparency_is_kept(studio: Any, operation: Any) -> None:
    pictures = flat((120, 90, 60), 6, alpha=0)
    pictures[:, :, 80:, 3] = 180
    out = studio.render(operation, pictures, alpha=True, pixels="yuva420p")
    assert near(out[:, 20:70, 10:70, 3], 0, 1)
    assert near(out[:, 20:70, 90:150, 3], 180, 2)


CUBE = "TITLE \"swap, '[x];'\"\n# made by hand\nLUT_3D_SIZE 2\n" + "\n".join(f"{b} {g} {r}" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def test_a_table_is_looked_up_as_strongly_as_asked(studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "red and blue change places.cube"
    path.write_text(CUBE, encoding="utf-8")
    pictures = flat((200, 100, 40))
    assert near(middle(studio.render(Lut(file="x"), pictures, files={"x": path})), (40, 100, 200), 4)
    assert near(middle(studio.render(Lut(file="x", strength=0.25), pictures, files={"x": path})), (160, 100, 80), 4)


def test_a_table_of_one_dimension(studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "negative.cube"
    path.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n", encoding="utf-8")
    assert near(middle(studio.render(Lut(file="x"), flat((200, 100, 40)), files={"x": path})), (55, 155, 215), 4)


def test_a_bad_table_is_refused_before_anything_is_rendered(studio: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.cube"
    path.write_text("LUT_3D_SIZE 3\n0 0 0\n", encoding="utf-8")
    with pytest.raises(BadMedia, match="has 1 rows of colours"):
        studio.render(Lut(file="x"), flat((0, 0, 0)), files={"x": path})


@pytest.mark.parametrize("still", [True, False])
def test_colours_are_brought_to_those_of_a_reference(studio: Any, scenery: Any, still: bool) -> None:
    dim = (scenery(3, seed=1) * 0.4 + (70, 20, 10)).astype(np.uint8)
    studio.add("look", dim, still=still)
    pictures = scenery(6)
    source = studio.add("shot", pictures)
    out = studio.render(MatchColour(reference="look"), pictures, source=source)
    assert near(out[2].mean(axis=(0, 1)), dim[0].mean(axis=(0, 1)), 8)
    assert near(out[2].mean(axis=2).std(), dim[0].mean(axis=2).std(), 6)
    half = studio.render(MatchColour(reference="look", strength=0.5), pictures, source=source)
    assert near(half[2].mean(axis=(0, 1)), (dim[0].mean(axis=(0, 1)) + pictures[2].mean(axis=(0, 1))) / 2, 8)


def test_sharpening_steepens_an_edge(studio: Any) -> None:
    pictures = flat((80, 80, 80))
    pictures[:, :, 80:] = 160
    out = studio.render(Sharpen(strength=1), pictures)[1, 45, :, 0].astype(int)
    assert out[79:83].max() > 170
    assert out[77:81].min() < 70
    assert near(out[:70], 80, 2)


@pytest.mark.parametrize(("colour", "levels"), [("#000000", (0, 0, 0)), ("#ffffff", (255, 255, 255)), ("#c02010", (192, 32, 16))])
def test_a_fade_comes_from_its_colour_and_goes_to_it(studio: Any, colour: str, levels: tuple[int, int, int]) -> None:
    out = studio.render(Fade(in_s=4 / 24, out_s=4 / 24, colour=colour), flat((100, 140, 60), 16))
    assert near(middle(out, 0), levels, 5)
    assert near(middle(out, 15), levels, 5)
    assert near(middle(out, 2), [(a + b) / 2 for a, b in zip(levels, (100, 140, 60), strict=True)], 6)
    assert near(out[4:12, 45, 80], (100, 140, 60))
    distances = np.abs(out[:, 45, 80].astype(int) - np.array(levels)).sum(axis=1)
    assert np.all(np.diff(distances[:5]) > 0)
    assert np.all(np.diff(distances[11:]) < 0)


@pytest.mark.parametrize("colour", ["#000000", "#4060ff"])
def test_a_part_of_a_fade_is_what_the_whole_is_there(studio: Any, colour: str) -> None:
    pictures = flat((100, 140, 60), 16)
    fade = Fade(in_s=0.25, out_s=0.25, colour=colour)
    whole = studio.render(fade, pictures)
    for begins in (2, 8, 13):
        assert near(studio.render(fade, pictures, begins=begins), whole[begins:], 2)


def test_fades_that_would_meet_are_shortened_alike_as_the_sound_is(studio: Any) -> None:
    place = studio.place(flat((1, 1, 1), 24))
    fade = Fade(in_s=3, out_s=1)
    assert fade.lengths(place) == (18, 6)
    assert [at for at, _ in fade.gains(place)][1] == pytest.approx(18 / 24)
    assert Fade(in_s=0.5).lengths(place) == (12, 0)
