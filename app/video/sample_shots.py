"""The six shots of the sample clip, each a function that prepares its scenery and returns ``draw(frame) -> image``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from app.video.sample_art import (
    DEEP_RED,
    INK,
    LEAF,
    NIGHT,
    NON_PHOTO_BLUE,
    OCHRE,
    PALE_BLUE,
    PAPER,
    RED_PENCIL,
    WHITE,
    Pose,
    arc,
    body,
    draw_pip,
    fill,
    line,
    oval,
    paper,
    pegs,
    shadow,
    turned,
)
from app.video.sample_truth import BEAT_FRAMES, GROUND_TRUTH, HEIGHT, WIDTH

if TYPE_CHECKING:
    Image = np.ndarray[Any, np.dtype[np.uint8]]
    Draw = Callable[[int], Image]


def ease(t: float) -> float:
    """Slow in, slow out on 0..1."""
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def hop(frame: float, height: float) -> tuple[float, float]:
    """(height above ground, stretch) of a bounce that lands on every beat."""
    phase = (frame % BEAT_FRAMES) / BEAT_FRAMES
    up = 4 * phase * (1 - phase)
    landing = min(phase, 1 - phase)
    stretch = 0.72 + 0.28 * min(1.0, landing / 0.10) if landing < 0.10 else 1.0 + 0.22 * (1 - up) * (landing > 0.10)
    return height * up, stretch


def pencil(image: Image, tip: tuple[float, float], lean: float = -38) -> None:
    """A red pencil whose point is at ``tip``."""
    parts = (
        ([(0, 0), (-13, -40), (13, -40)], (150, 196, 232)),
        ([(0, 0), (-4.5, -14), (4.5, -14)], RED_PENCIL),
        ([(-13, -40), (-13, -210), (13, -210), (13, -40)], RED_PENCIL),
        ([(3, -40), (3, -210), (13, -210), (13, -40)], DEEP_RED),
        ([(-13, -210), (-13, -226), (13, -226), (13, -210)], (190, 190, 186)),
    )
    for shape, colour in parts:
        fill(image, turned(np.array(shape, dtype=np.float64), -lean) + tip, colour)
    line(
        image,
        turned(np.array([(0, 0), (-13, -40), (-13, -226), (13, -226), (13, -40)], dtype=np.float64), -lean) + tip,
        INK,
        3,
        closed=True,
    )


def slate(image: Image, scene: int, colour: tuple[int, int, int] = (196, 170, 120)) -> None:
    """The note in the corner of the sheet."""
    cv2.putText(image, f"PIP  SC {scene:02d}", (54, 62), cv2.FONT_HERSHEY_DUPLEX, 0.62, colour, 1, cv2.LINE_AA)


def drawing_board() -> Draw:
    """Shot 1: a pencil draws Pip over blue construction lines."""
    sheet = paper(PAPER, WIDTH, HEIGHT)
    cv2.rectangle(sheet, (40, 32), (WIDTH - 40, HEIGHT - 70), PALE_BLUE, 2, cv2.LINE_AA)
    for x in (WIDTH // 3, 2 * WIDTH // 3):
        cv2.line(sheet, (x, 32), (x, HEIGHT - 70), (238, 230, 206), 1, cv2.LINE_AA)
    pegs(sheet)
    slate(sheet, 1)
    pose = Pose(WIDTH / 2, 540, size=165, feet=True, look_x=0.3, look_y=-0.2)
    outline = np.roll(body(pose), 18, axis=0)
    guide = oval(pose.x, pose.y - 168, 172, 176, count=90)

    def draw(frame: int) -> Image:
        image = sheet.copy()
        rough = ease(frame / 16)
        line(image, guide[: max(2, int(len(guide) * rough))], NON_PHOTO_BLUE, 3)
        for share, ends in ((0.35, ((pose.x, 150), (pose.x, 560))), (0.55, ((pose.x - 210, 345), (pose.x + 210, 345)))):
            grown = ease((frame / 16 - share) * 3)
            start, end = np.array(ends[0], dtype=float), np.array(ends[1], dtype=float)
            if grown > 0:
                line(image, np.stack([start, start + (end - start) * grown]), NON_PHOTO_BLUE, 2)
        count = int(len(outline) * ease((frame - 10) / 26))
        tip = guide[min(len(guide) - 1, int(len(guide) * rough))]
        if frame >= 36:
            awake = ease((frame - 36) / 6)
            draw_pip(image, pose.moved(eyes=awake, sprout=10 * math.sin(frame * 0.9), stretch=1 + 0.05 * math.sin((frame - 36) * 0.55)))
            tip = np.array([pose.x + 250 + 9 * (frame - 36), 470 + 6 * (frame - 36)])
        elif count > 1:
            line(image, outline[:count], INK, 8)
            tip = outline[count - 1]
        pencil(image, (float(tip[0]), float(tip[1] + 0.4 * (frame % 2))))
        return image

    return draw


def bounce() -> Draw:
    """Shot 2: four bounces along a planned arc, with onion skins."""
    sheet = paper((246, 222, 150), WIDTH, HEIGHT)
    ground = 590
    cv2.line(sheet, (0, ground + 4), (WIDTH, ground + 4), (206, 160, 76), 3, cv2.LINE_AA)
    for number in range(4):
        path = np.array([(_bounce_x(number * 12 + f / 2), ground - hop(f / 2, 300)[0] - 90) for f in range(24)])
        line(sheet, path, (222, 178, 96), 2)
        for point in path[::4]:
            fill(sheet, oval(float(point[0]), float(point[1]), 4, 4), (206, 160, 76))
    slate(sheet, 2, (170, 120, 50))

    def draw(frame: int) -> Image:
        image = sheet.copy()
        for ghost in (6, 3):
            if frame >= ghost:
                line(image, body(_bouncing(frame - ghost, ground)), (214, 170, 90), 2, closed=True)
        pose = _bouncing(frame, ground)
        shadow(image, pose.x, ground, 92, ground - pose.y, (210, 168, 92))
        draw_pip(image, pose, boil=frame // 3)
        return image

    return draw


def _bounce_x(frame: float) -> float:
    return 170 + frame * 19.6


def _bouncing(frame: int, ground: float) -> Pose:
    up, stretch = hop(frame, 300)
    rising = math.cos(math.pi * (frame % BEAT_FRAMES) / BEAT_FRAMES)
    return Pose(
        _bounce_x(frame), ground - up, stretch=stretch, lean=6 * rising, look_x=0.7, look_y=-0.6 * rising, smile=0.9, sprout=-26 * rising
    )


def hills() -> Draw:
    """Shot 3: the camera pans along a landscape, sixteen pixels a frame, with Pip hopping in the middle of the picture."""
    speed = GROUND_TRUTH.pan_px_per_frame
    wide = int(WIDTH + speed * (GROUND_TRUTH.pan[1] - GROUND_TRUTH.pan[0]))
    land = paper((216, 236, 244), wide, HEIGHT, seed=9)
    fill(land, oval(1480, 190, 78, 78), (120, 196, 246))
    line(land, oval(1480, 190, 78, 78), (72, 148, 226), 4, closed=True)
    x = np.arange(0, wide + 20, 20, dtype=np.float64)
    layers = ((430, 60, 0.0042, 0.4, (228, 206, 160)), (500, 46, 0.0065, 2.0, (206, 176, 112)), (575, 26, 0.009, 1.1, (132, 186, 132)))
    for base, height, pace, phase, colour in layers:
        crest = np.stack([x, base - height * np.sin(pace * x + phase) - 0.4 * height * np.sin(2.7 * pace * x)], axis=1)
        fill(land, np.concatenate([crest, [[wide + 20, HEIGHT], [0, HEIGHT]]]), colour)
        line(land, crest, tuple(int(c * 0.72) for c in colour), 3)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    for place in np.arange(90, wide, 230) + rng.uniform(-40, 40, len(np.arange(90, wide, 230))):
        _tree(land, float(place), 560 + float(rng.uniform(-12, 22)), float(rng.uniform(46, 84)))
    for place in (260, 900, 1560):
        for part in ((0, 0, 70), (-62, 14, 44), (64, 12, 50)):
            fill(land, oval(place + part[0], 150 + part[1], part[2], part[2] * 0.55), WHITE)

    def draw(frame: int) -> Image:
        left = round(speed * frame)
        image = land[:, left : left + WIDTH].copy()
        up, stretch = hop(frame, 120)
        shadow(image, WIDTH * 0.45, 650, 78, up, (104, 156, 104))
        rising = math.cos(math.pi * (frame % BEAT_FRAMES) / BEAT_FRAMES)
        draw_pip(
            image,
            Pose(WIDTH * 0.45, 650 - up, size=78, stretch=stretch, lean=8, look_x=0.9, smile=0.9, sprout=-20 - 14 * rising),
            boil=frame // 3,
        )
        return image

    return draw


def _tree(image: Image, x: float, ground: float, size: float) -> None:
    line(image, np.array([[x, ground], [x, ground - size * 0.9]]), (66, 92, 130), 7)
    crown = oval(x, ground - size * 1.35, size * 0.55, size * 0.72)
    fill(image, crown, LEAF)
    line(image, crown, (56, 104, 56), 4, closed=True)
    for step in range(3):
        line(image, arc(x - 4, ground - size * (1.1 + 0.22 * step), size * 0.28, 20, 120, 0.6, 12), (56, 104, 56), 2)


def night() -> Draw:
    """Shot 4: Pip dances under the moon; every drawing is held for two frames."""
    sky = paper(NIGHT, WIDTH, HEIGHT, grain=1.2, seed=5)
    fill(sky, oval(980, 170, 84, 84), (176, 226, 240))
    fill(sky, oval(1012, 148, 76, 76), NIGHT)
    rng = np.random.default_rng(4)
    stars = [
        (float(x), float(y), float(p))
        for x, y, p in zip(rng.uniform(20, 1260, 70), rng.uniform(20, 430, 70), rng.uniform(0, 6.3, 70), strict=True)
    ]
    fill(sky, np.concatenate([arc(WIDTH / 2, 1290, 800, 200, 340, 1.0, 60), [[WIDTH, HEIGHT], [0, HEIGHT]]]), (84, 54, 38))
    line(sky, arc(WIDTH / 2, 1290, 800, 200, 340, 1.0, 60), (132, 92, 66), 4)

    def draw(frame: int) -> Image:
        held = frame - frame % 2
        image = sky.copy()
        for x, y, phase in stars:
            size = 2.2 + 1.4 * math.sin(phase + held * 0.5)
            fill(image, oval(x, y, size, size, count=10), (206, 232, 240))
        sway = math.sin(math.pi * held / BEAT_FRAMES)
        up, stretch = hop(held, 46)
        pose = Pose(WIDTH / 2 + 60 * sway, 496 - up, size=112, stretch=stretch, lean=13 * sway, look_x=sway, look_y=-0.4, smile=0.9)
        draw_pip(image, pose.moved(sprout=-26 * sway, arms=34 + 34 * math.sin(2 * math.pi * held / 24)), boil=held // 2, ink=(30, 18, 14))
        return image

    return draw


def leap() -> Draw:
    """Shot 5: a somersault over three sharpened pencils, in the heat of the afternoon."""
    ground = paper(OCHRE, WIDTH, HEIGHT, seed=6)
    rays = [
        np.array(
            [
                [640.0, 760],
                [640 + 1500 * math.cos(a), 760 + 1500 * math.sin(a)],
                [640 + 1500 * math.cos(a + 0.13), 760 + 1500 * math.sin(a + 0.13)],
            ]
        )
        for a in np.arange(-3.2, 0.1, 0.32)
    ]
    for ray in rays:
        fill(ground, ray, (90, 190, 242))
    fill(ground, np.array([[0.0, 610], [WIDTH, 610], [WIDTH, HEIGHT], [0, HEIGHT]]), (48, 140, 206))
    line(ground, np.array([[0.0, 610], [WIDTH, 610]]), (30, 92, 150), 4)
    for x in (500, 640, 780):
        pencil_up(ground, x, 612, 150 if x == 640 else 104)

    def draw(frame: int) -> Image:
        image = ground.copy()
        flight = min(1.0, max(0.0, (frame - 8) / 30))
        x = 150 + 980 * flight if flight > 0 else 150 + 1.2 * frame
        up = 4 * flight * (1 - flight) * 380
        anticipation = 0.72 + 0.28 * (1 - ease(frame / 7)) if frame < 8 else 1.0
        landing = (
            1 - 0.34 * math.exp(-((frame - 40) ** 2) / 6) if frame >= 38 else 1.0 + 0.16 * (flight > 0) * abs(math.cos(math.pi * flight))
        )
        for streak in range(5):
            if 0.05 < flight < 0.95:
                tail = x - 120 - 34 * streak
                height = 600 - up - 60 - 22 * streak + 8 * math.sin(frame * 2.0 + streak)
                line(image, np.array([[tail - 70, height + 10], [tail, height]]), (214, 236, 248), 5)
        shadow(image, x, 612, 96, up, (34, 112, 176))
        spin = 360 * ease(flight) if 0 < flight < 1 else 0.0
        pose = Pose(x, 612, stretch=anticipation * landing, look_x=0.8, look_y=-0.5, smile=0.95, sprout=-20 * math.cos(frame * 0.4))
        centre = pose.size
        offset = turned(np.array([[0.0, centre]]), spin)[0]
        draw_pip(image, pose.moved(x=x + float(offset[0]), y=612 - up - centre + float(offset[1]), lean=spin), boil=frame // 3)
        return image

    return draw


def pencil_up(image: Image, x: float, ground: float, height: float) -> None:
    """A pencil standing in the ground, point up."""
    shapes = (
        ([(-17, 0), (-17, -height), (17, -height), (17, 0)], NON_PHOTO_BLUE),
        ([(4, 0), (4, -height), (17, -height), (17, 0)], (206, 160, 76)),
        ([(-17, -height), (0, -height - 44), (17, -height)], (150, 196, 232)),
        ([(-6, -height - 28), (0, -height - 44), (6, -height - 28)], NON_PHOTO_BLUE),
    )
    for shape, colour in shapes:
        fill(image, np.array(shape, dtype=np.float64) + np.array([x, ground]), colour)
    outline = np.array([(-17, 0), (-17, -height), (0, -height - 44), (17, -height), (17, 0)], dtype=np.float64) + np.array([x, ground])
    line(image, outline, INK, 4)


def portrait() -> Draw:
    """Shot 6: close-up; somebody takes a picture with a flash, and Pip takes a moment."""
    sheet = paper((214, 206, 246), WIDTH, HEIGHT, seed=8)
    for radius in (300, 350, 410):
        line(sheet, oval(WIDTH / 2, 400, radius, radius * 0.92, count=90), (196, 180, 236), 3, closed=True)
    flash = GROUND_TRUTH.flash[0] - GROUND_TRUTH.cuts[-1]

    def draw(frame: int) -> Image:
        if frame == flash:
            return np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
        image = sheet.copy()
        since = frame - flash
        dazzled = 0 < since < 14
        shake = 9 * math.exp(-since / 5) * math.sin(since * 2.4) if since > 0 else 0.0
        blink = 0.0 if dazzled or 30 <= since <= 32 else 1.0
        breath = 1 + 0.022 * math.sin(frame * 0.45)
        smile = 0.25 if dazzled else 0.95 if since >= 14 else 0.6
        pose = Pose(
            WIDTH / 2 + shake, 690, size=250, stretch=breath, eyes=blink, smile=smile, look_x=0.25 * math.sin(frame * 0.16), feet=False
        )
        draw_pip(image, pose.moved(sprout=13 * math.sin(frame * 0.5), lean=1.5 * math.sin(frame * 0.3)), boil=frame // 3)
        if dazzled:
            for number in range(5):
                angle = since * 0.35 + number * 2 * math.pi / 5
                _star(image, WIDTH / 2 + 300 * math.cos(angle), 250 + 70 * math.sin(angle), 22)
        return image

    return draw


def _star(image: Image, x: float, y: float, size: float) -> None:
    angles = np.arange(10) * math.pi / 5 - math.pi / 2
    radii = np.where(np.arange(10) % 2 == 0, size, size * 0.45)
    points = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=1)
    fill(image, points, (90, 200, 246))
    line(image, points, INK, 3, closed=True)


SHOTS: tuple[Callable[[], Draw], ...] = (drawing_board, bounce, hills, night, leap, portrait)
