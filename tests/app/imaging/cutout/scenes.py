"""Pictures whose subject is known: a cartoon figure with anti-aliased edges over flat, graded and textured grounds."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from PIL import Image

FINE = 4  # drawn this many times larger, then averaged
GROUNDS = ("flat", "white", "graded", "noisy", "textured", "leaves")


def figure(size: int = 256) -> tuple[Any, Any]:
    """(colours [H, W, 3], alpha [H, W]), float32 0..1: a head with ears, a body, an arm that makes a hole, an antenna two px wide."""
    large = size * FINE
    alpha = np.zeros((large, large), np.uint8)
    colours = np.zeros((large, large, 3), np.uint8)

    def both(draw: Any, colour: tuple[int, int, int]) -> None:
        draw(alpha, 255)
        draw(colours, colour)

    def at(*share: float) -> tuple[int, ...]:
        return tuple(int(value * large) for value in share)

    both(lambda to, c: cv2.ellipse(to, at(0.5, 0.72), at(0.20, 0.20), 0, 0, 360, c, -1), (196, 62, 44))
    both(lambda to, c: cv2.ellipse(to, at(0.70, 0.66), at(0.11, 0.10), 20, 0, 360, c, int(0.035 * large)), (196, 62, 44))
    both(lambda to, c: cv2.circle(to, at(0.40, 0.22), int(0.07 * large), c, -1), (120, 74, 40))
    both(lambda to, c: cv2.circle(to, at(0.60, 0.22), int(0.07 * large), c, -1), (120, 74, 40))
    both(lambda to, c: cv2.circle(to, at(0.5, 0.36), int(0.17 * large), c, -1), (214, 154, 92))
    both(lambda to, c: cv2.line(to, at(0.5, 0.2), at(0.53, 0.08), c, max(2, 2 * FINE)), (40, 30, 30))
    both(lambda to, c: cv2.circle(to, at(0.53, 0.08), int(0.015 * large), c, -1), (240, 200, 40))
    cv2.circle(colours, at(0.44, 0.34), int(0.03 * large), (250, 250, 250), -1)
    cv2.circle(colours, at(0.56, 0.34), int(0.03 * large), (250, 250, 250), -1)
    cv2.circle(colours, at(0.44, 0.34), int(0.014 * large), (20, 20, 20), -1)
    cv2.circle(colours, at(0.56, 0.34), int(0.014 * large), (20, 20, 20), -1)
    shade = np.linspace(1.1, 0.75, large)[:, None, None]
    weight = alpha[..., None] / 255.0
    small = cv2.resize((np.clip(colours * shade, 0, 255) * weight).astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    covered = cv2.resize(alpha.astype(np.float32) / 255, (size, size), interpolation=cv2.INTER_AREA)
    return small / np.maximum(covered, 1e-4)[..., None] / 255, covered


def ground(kind: str, size: int = 256) -> Any:
    """float32 [H, W, 3] 0..1."""
    dice = np.random.default_rng(7)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    plain = np.array([0.35, 0.62, 0.42], np.float32)
    if kind == "white":
        return np.ones((size, size, 3), np.float32)
    if kind == "flat":
        return np.broadcast_to(plain, (size, size, 3)).copy()
    if kind == "graded":
        return np.dstack([0.25 + 0.3 * y, 0.45 + 0.25 * y * x, 0.85 - 0.35 * y]).astype(np.float32)
    if kind == "noisy":
        return np.clip(plain + dice.normal(0, 0.02, (size, size, 3)), 0, 1).astype(np.float32)
    spots = dice.normal(0, 1, (size, size)).astype(np.float32)
    wide = 6 if kind == "textured" else 3
    cloud = cv2.GaussianBlur(spots, (0, 0), wide)
    cloud = (cloud - cloud.min()) / np.ptp(cloud)
    one, two = (np.array([0.12, 0.25, 0.45]), np.array([0.55, 0.75, 0.85])) if kind == "textured" else (
        np.array([0.10, 0.28, 0.12]), np.array([0.62, 0.78, 0.35]))  # fmt: skip
    return (one + (two - one) * cloud[..., None]).astype(np.float32)


def scene(kind: str, size: int = 256, blur_px: float = 0.0) -> tuple[Image.Image, Any, Any]:
    """(picture, true alpha, true colours of the subject), as if out of focus by ``blur_px``."""
    colours, alpha = figure(size)
    if blur_px:
        weighted = cv2.GaussianBlur(colours * alpha[..., None], (0, 0), blur_px)
        alpha = cv2.GaussianBlur(alpha, (0, 0), blur_px)
        colours = weighted / np.maximum(alpha, 1e-4)[..., None]
    mixed = colours * alpha[..., None] + ground(kind, size) * (1 - alpha[..., None])
    return Image.fromarray((np.clip(mixed, 0, 1) * 255 + 0.5).astype(np.uint8)), alpha, colours


def errors(found: Image.Image, alpha: Any, colours: Any) -> dict[str, float]:
    """IoU at one half, mean error of alpha over the picture and over its soft edge, error of the edge's colours (0..1)."""
    made = np.asarray(found, np.float32) / 255
    mine = made[..., 3]
    edge = (alpha > 0.02) & (alpha < 0.98)
    solid = (alpha > 0.3) & (mine > 0.3) & (alpha < 0.98)
    return {
        "iou": float(((mine > 0.5) & (alpha > 0.5)).sum() / ((mine > 0.5) | (alpha > 0.5)).sum()),
        "alpha": float(np.abs(mine - alpha).mean()),
        "edge": float(np.abs(mine - alpha)[edge].mean()),
        "colour": float(np.abs(made[..., :3] - colours)[solid].mean()) if solid.any() else 1.0,
    }
