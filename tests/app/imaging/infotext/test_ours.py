"""Our own JSON: the whole request of one picture among several."""

from __future__ import annotations

import json

from app.imaging.infotext.ours import found_in, read_ours
from app.imaging.infotext.saving import OURS


def test_the_request_with_this_picture_s_seed() -> None:
    picture = {"request": {"prompt": "a", "count": 4, "seed": 10, "model": "m"}, "seed": 12, "model_hash": "ab"}
    found = read_ours({OURS: json.dumps(picture)})
    assert found is not None
    assert found.exact
    assert found.settings == {"prompt": "a", "count": 1, "seed": 12, "model": "m"}
    assert (found.model, found.model_hash) == ("m", "ab")


def test_what_holds_no_request_is_none_of_ours() -> None:
    assert read_ours({}) is None
    assert read_ours({OURS: "[1]"}) is None
    assert found_in({"request": 3}) is None
    assert found_in({}) is None


def test_a_seed_that_is_none_is_left_alone() -> None:
    found = found_in({"request": {"prompt": "a", "seed": 10}, "seed": "x"})
    assert found is not None
    assert found.settings["seed"] == 10
