"""Errors speak to a person and to a program."""

from __future__ import annotations

import pytest

from configs.errors import BadInput, BadMedia, Conflict, NotFound, Refused, StudioError, TooLarge, Unavailable


def test_an_error_says_what_happened_and_what_to_do() -> None:
    error = StudioError("The disk is full.", "Free some space.", "disk_full")
    assert str(error) == "The disk is full. Free some space."
    assert error.as_dict() == {"code": "disk_full", "message": "The disk is full.", "remedy": "Free some space."}


@pytest.mark.parametrize(
    ("kind", "status", "exit_code"),
    [
        (BadInput, 422, 2), (BadMedia, 422, 2), (TooLarge, 413, 2), (NotFound, 404, 2),
        (Refused, 403, 2), (Conflict, 409, 2), (Unavailable, 503, 1), (StudioError, 500, 1),
    ],
)  # fmt: skip
def test_every_kind_has_its_status_and_exit_code(kind: type[StudioError], status: int, exit_code: int) -> None:
    assert (kind.http_status, kind.exit_code) == (status, exit_code)
    assert kind("x").code == kind.code
