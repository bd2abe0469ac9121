"""Settings of endpoints."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from configs.endpoints import Endpoint

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
