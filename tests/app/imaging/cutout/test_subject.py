"""Inside, outside and the band between them."""

from __future__ import annotations

import cv2
import numpy as np

from app.imaging.cutout.border import read_border
from app.imaging.cutout.subject import ENCLOSED, INSIDE, OUTSIDE, UNSURE, cut, from_matte, keyed, softness
from tests.app.imaging.cutout.scenes import scene


def planes(kind: str, size: int = 128) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    picture, alpha, _ = scene(kind, size)
    rgb = np.asarray(picture)
    return rgb, cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), alpha


def test_the_band_holds_the_soft_edge_and_little_else() -> None:
    _, lab, alpha = planes("flat", 192)
    trimap = keyed(lab, read_border(lab), holes=True).trimap
    assert alpha[trimap == INSIDE].min() > 0.9
    assert alpha[trimap == OUTSIDE].max() < 0.05
    assert (trimap == UNSURE).mean() < 0.2


def test_enclosed_background_stays_unless_holes_are_wanted() -> None:
    _, lab, _ = planes("white", 192)
    hole = (int(0.66 * 192), int(0.73 * 192))
    kept = keyed(lab, read_border(lab), holes=False)
    assert kept.trimap[hole] == INSIDE
    assert ENCLOSED in kept.doubts
    opened = keyed(lab, read_border(lab), holes=True)
    assert opened.trimap[hole] == OUTSIDE
    assert opened.doubts == ()


def test_a_thin_line_is_not_called_outside() -> None:
    _, lab, alpha = planes("flat", 192)
    trimap = keyed(lab, read_border(lab), holes=True).trimap
    rows = slice(int(0.10 * 192), int(0.18 * 192))
    line = alpha[rows] > 0.5
    assert (trimap[rows][line] != OUTSIDE).all()


def test_a_textured_ground_is_cut_the_same_each_time_and_with_a_doubt() -> None:
    rgb, lab, alpha = planes("textured", 192)
    found = cut(rgb, lab, read_border(lab))
    assert np.array_equal(found.trimap, cut(rgb, lab, read_border(lab)).trimap)
    assert ((found.trimap == INSIDE) & (alpha < 0.5)).mean() < 0.01
    assert "look at the edges" in found.doubts[0]
    assert found.method.startswith("GrabCut")


def test_a_blurred_subject_has_a_wide_band() -> None:
    body = np.zeros((200, 200), np.uint8)
    cv2.circle(body, (100, 100), 60, 1, -1)
    sharp, soft = (cv2.GaussianBlur(body * 50.0, (0, 0), sigma) for sigma in (0.5, 4.0))
    assert softness(sharp.astype(np.float32), (sharp > 3).astype(np.uint8), 2) <= 3
    assert softness(soft.astype(np.float32), (soft > 3).astype(np.uint8), 2) >= 6
    assert softness(sharp.astype(np.float32), np.zeros_like(body), 2) == 2


def test_nothing_and_everything_are_doubted() -> None:
    plain = cv2.cvtColor(np.full((64, 64, 3), 0.4, np.float32), cv2.COLOR_RGB2Lab)
    assert keyed(plain, read_border(plain), holes=False).doubts == ("Nothing stands out from the background.",)
    busy = np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)
    lab = cv2.cvtColor(busy.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    assert cut(busy, lab, read_border(lab)).doubts


def test_a_subject_along_the_frame_is_doubted() -> None:
    picture = np.full((90, 90, 3), (0.2, 0.7, 0.3), np.float32)
    picture[:, 50:] = (0.8, 0.1, 0.1)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab)
    assert any("along the frame" in said for said in keyed(lab, read_border(lab), holes=False).doubts)


def test_a_matte_becomes_a_trimap() -> None:
    assert from_matte(np.array([[0, 5, 6, 128, 249, 250, 255]], np.uint8)).tolist() == [[0, 0, 128, 128, 128, 255, 255]]
