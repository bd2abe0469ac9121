"""The documented answers are the answers that are given: field for field, nothing more."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from app.api import models
from storage.records import Job, Project


def test_a_job_has_the_fields_of_the_record() -> None:
    public = set(Job.__dataclass_fields__) - {"seq", "cache_key"}
    assert set(models.JobAnswer.model_fields) == public | {"reused"}


def test_a_project_has_the_fields_of_the_record() -> None:
    assert set(models.ProjectAnswer.model_fields) == set(Project.__dataclass_fields__)


@pytest.mark.parametrize("model", [models.ErrorAnswer, models.ArtifactAnswer, models.JobAnswer, models.FreedAnswer, models.ToolsAnswer])
def test_an_undocumented_field_is_an_error(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError, match="nonsense"):
        model.model_validate({"nonsense": 1})


@pytest.mark.parametrize("model", [models.JobDetailAnswer[Any], models.PageAnswer[models.JobAnswer], models.LineageAnswer])
def test_every_model_has_a_schema(model: type[BaseModel]) -> None:
    schema = model.model_json_schema(mode="serialization")
    assert set(schema["properties"]) == set(model.model_fields)
    assert schema["additionalProperties"] is False


def test_errors_are_documented_for_every_route() -> None:
    assert set(models.ERRORS) == {"4XX", "5XX"}
