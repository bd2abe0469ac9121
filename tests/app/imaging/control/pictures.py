"""Drawings whose outlines are known."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from app.imaging.control.base import MapSettings, Material


def drawing(size: int = 128) -> tuple[Any, Any]:
    """(uint8 RGB, bool): a disc and a box over shaded paper, and where their outlines run (two px to either side)."""
    paper = np.linspace(170, 200, size)[:, None, None].repeat(size, 1).repeat(3, 2).astype(np.uint8)
    outline = np.zeros((size, size), np.uint8)
    disc, box = (size // 3, size // 3), ((size // 2, size // 2), (size - size // 8, size - size // 6))
    cv2.circle(paper, disc, size // 5, (60, 90, 160), -1, cv2.LINE_AA)
    cv2.rectangle(paper, *box, (170, 60, 50), -1)
    cv2.circle(outline, disc, size // 5, 255, 5)
    cv2.rectangle(outline, *box, 255, 5)
    return paper, outline > 0


def textured(size: int = 128) -> Any:
    """The same under fine noise."""
    picture, _ = drawing(size)
    return np.clip(picture + np.random.default_rng(5).normal(0, 10, picture.shape), 0, 255).astype(np.uint8)


def material(rgb: Any, **settings: Any) -> Material:
    """What a preprocessor is given."""
    return Material(rgb, MapSettings(**settings))


def found_and_missed(lines: Any, outline: Any) -> tuple[float, float]:
    """(share of the lines that lie on the outline, share of the outline's middle that has a line near it)."""
    thin = lines > 60
    middle = cv2.erode(outline.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near = cv2.dilate(thin.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return float((thin & outline).sum() / max(1, thin.sum())), float((near & middle).sum() / middle.sum())
