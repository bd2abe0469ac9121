"""Every operation on pictures at the smallest and largest values of its fields: what a plan may say, ffmpeg must carry out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
import numpy as np
import pytest
from pydantic.fields import FieldInfo

from app.editing.operations import OPERATIONS
from app.editing.operations.base import Operation, Stage

FRAMES, SIZE = 6, (48, 32)
LEAST = 1e-9  # above what must be exceeded
GIVEN: dict[str, dict[str, Any]] = {  # what the fields without a default are while another is at its end
    "crop": {"x": 0, "y": 0, "w": 0.5, "h": 0.5},
    "camera_move": {
        "step_s": 0.1, "x_percent": (0, 1), "y_percent": (0, 1), "scale_percent": (100, 110), "rotation_deg": (0, 2), "fill": "edges",
    },
    "lut": {"file": "table"},
    "match_colour": {"reference": "other"},
    "python_effect": {"name": "censor"},
    "composite": {"source": "other"},
    "picture_in_picture": {"source": "other"},
    "watermark": {"source": "other"},
}  # fmt: skip
COLUMNS = ("x_percent", "y_percent", "scale_percent", "rotation_deg")
PICTURED = sorted(op for op, row in OPERATIONS.items() if row.picture is not Operation.picture and row.STAGE != Stage.TIME)


def limits(field: FieldInfo) -> list[Any]:
    """The smallest and the largest value of a number, and every choice of a list."""
    if get_origin(field.annotation) is Literal:
        return list(get_args(field.annotation))
    if field.annotation is bool:
        return [False, True]
    found: list[Any] = []
    for rule in field.metadata:
        if isinstance(rule, annotated_types.Ge):
            found.append(rule.ge)
        elif isinstance(rule, annotated_types.Gt):
            found.append(rule.gt + LEAST)  # type: ignore[operator]
        elif isinstance(rule, annotated_types.Le):
            found.append(rule.le)
    return found


def cases() -> Iterator[Any]:
    """(op, fields): each field at each of its ends, the others as they come; and all of them at once."""
    for op in PICTURED:
        row, given = OPERATIONS[op], GIVEN.get(op, {})
        ends = {name: limits(field) for name, field in row.model_fields.items() if name not in ("op", "seed", *COLUMNS)}
        ends |= {name: [(end,) * 2 for end in (-400, 400)] for name in COLUMNS if name in row.model_fields}
        ends |= {"scale_percent": [(10, 10), (1000, 1000)]} if "scale_percent" in row.model_fields else {}
        for name, values in ends.items():
            for value in values:
                yield pytest.param(op, {**given, name: value}, id=f"{op}-{name}-{value}")
        for which in (0, -1):
            every = {name: values[which] for name, values in ends.items() if values}
            yield pytest.param(op, {**given, **every}, id=f"{op}-all-{'least' if which == 0 else 'most'}")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.cube"
    path.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("op", "fields"), list(cases()))
def test_it_runs(studio: Any, scenery: Any, table: Path, op: str, fields: dict[str, Any]) -> None:
    operation = OPERATIONS[op].model_validate({"op": op, **fields})
    pictures = scenery(FRAMES, *SIZE)
    studio.add("other", np.full((2, 20, 30, 3), 90, np.uint8))
    source = studio.add("shot", pictures)
    scope = "segment" if "segment" in operation.SCOPES else "film"
    place = studio.place(pictures, scope=scope, source=source)
    if list(operation.problems(place)):
        return  # it never comes to ffmpeg
    out = studio.render(operation, pictures, scope=scope, source=source, files={"table": table})
    assert len(out) == FRAMES
    if operation.STAGE not in (Stage.SOURCE, Stage.SHAPE):
        assert out.shape == pictures.shape
