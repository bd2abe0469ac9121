"""Servers of models that the user runs or rents: addresses, keys, abilities, prices."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["openai", "ollama", "lmstudio", "llamacpp", "vllm"]


class EndpointModel(BaseModel):
    """One model of an endpoint. Prices are per million tokens, in whatever currency the endpoint charges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="As the endpoint calls it, e.g. qwen3:8b.")
    task: Literal["chat", "vision-chat", "embedding"] = "chat"
    context_tokens: int | None = Field(default=None, gt=0)
    dimensions: int | None = Field(default=None, gt=0)
    price_in: float = Field(default=0.0, ge=0)
    price_out: float = Field(default=0.0, ge=0)
    licence: str = "as its provider says"
    commercial: bool = Field(default=False, description="Whether its answers may be used commercially.")


class Endpoint(BaseModel):
    """One OpenAI-compatible server. Abilities left out follow from its kind. Times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]*$")
    url: str = Field(pattern=r"^https?://[^\s?#]+$", description="With its version path: http://127.0.0.1:11434/v1.")
    kind: Kind = "openai"
    api_key: str | None = Field(default=None, repr=False)
    models: tuple[EndpointModel, ...] = Field(min_length=1)
    tools: bool | None = None
    tool_choice: bool | None = None
    json_schema: bool | None = None
    images: bool | None = None
    connect_s: float = Field(default=5.0, gt=0)
    answer_s: float = Field(default=120.0, gt=0, description="Longest silence; it grows with the size of the request.")
    retries: int = Field(default=4, ge=0, le=20)
