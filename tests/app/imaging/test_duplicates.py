"""Hashes by hand; copies are found, look-alikes are not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageOps

from app.imaging.duplicates import BITS, MOST_DCT, Print, Prints, dct_hash, difference_hash, hamming, prints_of, same, twin_of
from tests.app.imaging.damages import COPIES, clean

PLAIN = Print(0, 0, (0.0,) * 32)


@lru_cache
def pictures() -> tuple[Image.Image, ...]:
    return tuple(clean(seed) for seed in range(210, 216))


@lru_cache
def prints() -> tuple[Prints, ...]:
    return tuple(prints_of(picture) for picture in pictures())


@pytest.mark.parametrize(("one", "other", "wanted"), [(0, 0, 0), (0b1011, 0b0010, 2), (0, 2**BITS - 1, 64), (1 << 63, 0, 1)])
def test_hamming(one: int, other: int, wanted: int) -> None:
    assert hamming(one, other) == hamming(other, one) == wanted


def test_the_difference_hash_asks_each_pixel_for_its_left_neighbour() -> None:
    rising, falling = np.tile(np.arange(9) * 10.0, (8, 1)), np.tile(np.arange(9)[::-1] * 10.0, (8, 1))
    assert difference_hash(rising) == 2**64 - 1
    assert difference_hash(falling) == 0
    rising[0, 1] = 0  # equal to its left neighbour: the first bit falls
    assert difference_hash(rising) == 2**63 - 1
    assert difference_hash(np.tile(np.arange(9) * 1.5, (8, 1))) == 0  # noise on flat ground says nothing


def test_the_dct_hash_has_the_low_frequencies_above_their_median() -> None:
    x = np.arange(32)
    wave = np.tile(np.cos(np.pi * (x + 0.5) * 3 / 32), (32, 1)) * 50
    found = dct_hash(wave)
    assert found >> (63 - 3) & 1  # the fourth of the first row
    assert dct_hash(wave + 100) == found  # the mean says nothing
    assert hamming(dct_hash(-wave), found) >= 1


def test_two_prints_are_of_one_picture_within_the_limits() -> None:
    assert same(PLAIN, Print(2**MOST_DCT - 1, 0, PLAIN.tints))
    assert not same(PLAIN, Print(2 ** (MOST_DCT + 1) - 1, 0, PLAIN.tints))
    assert not same(PLAIN, Print(0, 2**20 - 1, PLAIN.tints))


def test_other_colours_make_another_picture() -> None:
    picture = pictures()[0]
    red, green, blue = picture.split()
    assert twin_of(prints_of(Image.merge("RGB", (green, blue, red))), [prints()[0]]) is None
    assert not same(PLAIN, Print(0, 0, (13.0,) * 32))


@pytest.mark.parametrize("name", list(COPIES))
def test_copies_are_found(name: str) -> None:
    found = [twin_of(prints_of(COPIES[name](picture)), prints()) for picture in pictures()]
    assert [twin.index for twin in found if twin is not None] == list(range(len(pictures())))
    assert {twin.mirrored for twin in found if twin is not None} == {name == "mirrored"}


def test_different_pictures_are_not_repeats() -> None:
    assert [twin_of(own, prints()[:number]) for number, own in enumerate(prints())] == [None] * len(prints())


def test_the_same_scene_with_somebody_else_in_it_is_no_repeat() -> None:
    assert twin_of(prints_of(clean(210, decoy=True)), prints()) is None


def test_the_closest_is_named_and_unmirrored_comes_first() -> None:
    own = prints()[1]
    near = Prints(Print(own.plain.dct ^ 0b11, own.plain.difference, own.plain.tints), own.mirrored)
    found = twin_of(own, [prints()[0], near, own])
    assert found is not None
    assert (found.index, found.mirrored, found.bits) == (2, False, 0)
    even = Image.new("RGB", (32, 32), "teal")
    twin = twin_of(prints_of(even), [prints_of(ImageOps.mirror(even))])
    assert twin is not None
    assert not twin.mirrored
