"""The list of models through OpenAI's own client."""

from __future__ import annotations

import openai
import pytest
from openai import OpenAI


def test_what_can_be_called_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["parrot", "counter", "slow"]
    assert client.models.retrieve("parrot").object == "model"


def test_a_model_that_is_not_here_is_named(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="nobody"):
        client.models.retrieve("nobody")
