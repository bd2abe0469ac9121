"""Settings of endpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from configs.endpoints import Endpoint
from configs.errors import BadInput
from configs.settings import load_settings

GOOD: dict[str, Any] = {"name": "ollama", "kind": "ollama", "url": "http://127.0.0.1:11434/v1", "models": [{"name": "qwen3:8b"}]}


def test_an_endpoint_needs_a_name_an_address_and_models() -> None:
    made = Endpoint.model_validate(GOOD)
    assert made.models[0].task == "chat"
    assert made.tools is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "127.0.0.1:11434"},
        {"url": "file:///etc"},
        {"name": "My PC"},
        {"models": []},
        {"kind": "magic"},
        {"colour": "red"},
        {"retries": -1},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Endpoint.model_validate({**GOOD, **wrong})


def test_the_key_is_not_shown() -> None:
    assert "sesame" not in repr(Endpoint.model_validate({**GOOD, "api_key": "sesame"}))


def test_they_stand_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "local.yaml").write_text(yaml.safe_dump({"endpoints": [{**GOOD, "api_key": "sesame"}]}))
    settings = load_settings(environ={"HOME": str(tmp_path)}, config_dir=tmp_path)
    assert settings.endpoints[0].models[0].name == "qwen3:8b"
    assert "sesame" not in repr(settings)


def test_they_may_stand_in_the_environment_as_json(tmp_path: Path) -> None:
    settings = load_settings(environ={"HOME": str(tmp_path), "STUDIO_ENDPOINTS": json.dumps([GOOD])}, config_dir=tmp_path)
    assert settings.endpoints[0].kind == "ollama"


@pytest.mark.parametrize("wrong", ["[", json.dumps([GOOD, GOOD]), json.dumps([{**GOOD, "url": "x"}])])
def test_wrong_ones_are_one_sentence(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(BadInput, match="'endpoints' in the environment"):
        load_settings(environ={"HOME": str(tmp_path), "STUDIO_ENDPOINTS": wrong}, config_dir=tmp_path)
