"""A storyboard card from a prompt: the staged frame, the slate beside it, the words below. No model, and no AI image, as it says itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from app.imaging.storyboard import slate
from app.imaging.storyboard.colours import PAPER, Colour, Palette, palette_of
from app.imaging.storyboard.figures import Member, paint_figures
from app.imaging.storyboard.guides import draw_guides, draw_move
from app.imaging.storyboard.places import paint_place
from app.imaging.storyboard.reading import MOST_FIGURES, WIDE, Reading, read_prompt
from app.imaging.storyboard.stage import Stage
from app.imaging.storyboard.weather import paint_far_weather, paint_near_weather

if TYPE_CHECKING:
    from PIL.Image import Image

ENGINE = "Storyboard card, no AI image"
SMALLEST = 224  # px of the shorter side; a smaller card is all frame, since nothing could be read
_TWICE, _PLAIN = 1_300_000, 3_000_000  # pixels of the frame up to which it is painted twice as large, and as large, as it is shown
_HORIZONS: Mapping[str, float] = {  # of the frame's height, from the top, seen at eye level
    "EWS": 0.6, "WS": 0.5, "2S": 0.42, "MLS": 0.42, "MS": 0.42, "MCU": 0.44, "CU": 0.46, "ECU": 0.5, "OTS": 0.45, "POV": 0.46,
}  # fmt: skip
People = tuple[tuple[float, Colour], ...]


@dataclass(frozen=True)
class CardCharacter:
    """A character on a card: the name people read, and #rrggbb colours: coat, hair, legs; a tone of skin is found among them."""

    name: str
    palette: tuple[str, ...] = ()
    kind: str = "human"


@dataclass(frozen=True, kw_only=True)
class StoryCard:
    """What a card is drawn from. The same card gives the same bits.

    Attributes:
        prompt: the words it is staged by, with the characters' names in them.
        caption: what is set below the frame; left out: the prompt.
        width, height: of the card, px.
        style: a name of `configs/styles/images.yaml`; it only tones the colours.
        number: of the panel, where it is one of several.
        picture: one to start from (RGB): it stands in the frame instead of the drawn scene.
    """

    prompt: str
    width: int
    height: int
    seed: int = 0
    style: str = ""
    cast: tuple[CardCharacter, ...] = ()
    number: int | None = None
    caption: str | None = None
    picture: Image | None = None


def draw(card: StoryCard) -> Image:
    """The card, RGB, of exactly the size asked for."""
    from PIL import Image as Images

    members = _members(card)
    reading = read_prompt(card.prompt, len(card.cast))
    rng = Random(hashlib.sha256(f"{card.seed}\n{card.prompt}".encode("utf-8", "replace")).digest())
    palette = palette_of(reading, card.style, rng)
    layout = slate.layout_of(card.width, card.height, framed=min(card.width, card.height) >= SMALLEST)
    frame, people, light = _frame(card, reading, members, palette, rng, layout.frame_size)
    if not layout.framed:
        slate.small_label(frame)
        return frame
    sheet = Images.new("RGB", (card.width, card.height), PAPER)
    sheet.paste(frame, layout.frame[:2])
    caption = card.prompt if card.caption is None else card.caption
    names = tuple(one.name for one in card.cast)
    slate.draw_sheet(sheet, layout, slate.Facts(reading, palette, caption, card.seed, card.number, names, ENGINE, people, light))
    return sheet


def _members(card: StoryCard) -> list[Member]:
    if card.cast:
        return [Member(one.kind, one.name, one.palette) for one in card.cast[:MOST_FIGURES]]
    return [Member(one.kind, colour=one.colour) for one in read_prompt(card.prompt).subjects]


def _frame(
    card: StoryCard, reading: Reading, members: list[Member], palette: Palette, rng: Random, size: tuple[int, int]
) -> tuple[Image, People, float]:
    """The scene as the camera sees it, with the guides over it; who stands where; where the light comes from."""
    from PIL import Image as Images
    from PIL import ImageOps

    if card.picture is not None:
        frame = ImageOps.fit(card.picture.convert("RGB"), size, Images.Resampling.LANCZOS)
        draw_guides(frame, -1.0)
        draw_move(frame, reading.move)
        return frame, (), 1.0
    pixels = size[0] * size[1]
    factor = 2.0 if pixels <= _TWICE else 1.0 if pixels <= _PLAIN else (_PLAIN / pixels) ** 0.5
    stage = _stage(reading, palette, rng, (max(8, round(size[0] * factor)), max(8, round(size[1] * factor))))
    paint_place(stage)
    paint_far_weather(stage)
    placed = paint_figures(stage, members)
    paint_near_weather(stage)
    image = stage.image
    if reading.angle == "Dutch angle":
        image = _canted(image, -7 if stage.light > 0 else 7)
    frame = image.reduce(2) if factor == 2.0 and image.size == (size[0] * 2, size[1] * 2) else image.resize(size, Images.Resampling.BICUBIC)
    shrunk = size[1] / stage.height
    draw_guides(frame, stage.horizon * shrunk if reading.angle != "Dutch angle" and reading.place != "underwater" else -1.0)
    draw_move(frame, reading.move)
    slate.tag_names(frame, [(one.member.name, one.at[0] * shrunk, one.top * shrunk) for one in placed if one.member.name])
    return frame, tuple((one.at[0] / stage.width, one.look.main) for one in placed), stage.light


def _stage(reading: Reading, palette: Palette, rng: Random, size: tuple[int, int]) -> Stage:
    """An empty stage: horizon, vanishing point and light as the shot and the angle have them."""
    from PIL import Image as Images

    horizon = _HORIZONS[reading.shot]
    horizon += {"Low angle": 0.3, "High angle": -0.3, "Bird's-eye": -0.62}.get(reading.angle, 0.0)
    if reading.angle == "" and reading.shot in WIDE:
        horizon += rng.uniform(-0.03, 0.05)
    side = {"left": -1.0, "right": 1.0}.get(reading.light, rng.choice((-1.0, 1.0)))
    high = {"day": 0.72, "dawn": 0.2, "golden": 0.16, "dusk": 0.12, "night": 0.72, "grey": 0.8}[reading.time]
    image = Images.new("RGB", size, palette.sky_low)
    vanish = size[0] * (0.5 + 0.1 * side * rng.uniform(0.3, 1))
    return Stage(image, palette, reading, rng, horizon * size[1], side, high, vanish)


def _canted(image: Image, degrees: float) -> Image:
    """Turned, and enlarged until no corner is empty."""
    from PIL import Image as Images

    grown = image.resize((round(image.width * 1.26), round(image.height * 1.26)), Images.Resampling.BILINEAR)
    grown = grown.rotate(degrees, Images.Resampling.BILINEAR)
    left, top = (grown.width - image.width) // 2, (grown.height - image.height) // 2
    return grown.crop((left, top, left + image.width, top + image.height))


def numbered(card: StoryCard, number: int) -> StoryCard:
    """The same card as a panel of a series."""
    return replace(card, number=number)
