"""What is asked and shown of models refuses what it does not know."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from app.models.forms import CheckModel, ImportModel, InstallModel, ModelEntry, RemoveModel


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (InstallModel, {"model": ""}),
        (InstallModel, {"model": "a", "colour": "red"}),
        (ImportModel, {"path": "/x", "name": "Not A Name"}),
        (ImportModel, {"path": "/x", "name": "../x"}),
        (RemoveModel, {}),
        (CheckModel, {"model": "a", "deep": True}),
    ],
)
def test_what_is_wrong_is_refused(form: type[BaseModel], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        form.model_validate(values)


def test_every_field_that_a_person_fills_in_is_described() -> None:
    for form in (InstallModel, ImportModel):
        assert all(field.description for field in form.model_fields.values())


def test_nothing_is_accepted_unasked() -> None:
    asked = InstallModel(model="a")
    assert (asked.accept_licence, asked.cuda_without_gpu, asked.libraries) == (False, False, True)


def test_an_entry_can_be_sent() -> None:
    assert "fit" in ModelEntry.model_json_schema()["properties"]
