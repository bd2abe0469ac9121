"""What OpenAI's clients send. Fields that change nothing here are taken and ignored; those that would be, and cannot be, are refused."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from app.api.shapes import MANY, ONE

Lenient = ConfigDict(extra="ignore")
DEEPEST = 64


def one_or_many(value: Any) -> str:
    """Which branch of "a text, or something longer" a value belongs to, so that only that branch's error is told."""
    return ONE if isinstance(value, str) else MANY


def plain(value: Any, depth: int = 0) -> Any:
    """JSON that can be sent on: not nested without end, whole characters, numbers that are numbers.

    Raises:
        ValueError: it is not.
    """
    if depth > DEEPEST:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    if isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("it holds half a character")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("it holds a number that is none")
    elif isinstance(value, dict):
        for key, item in value.items():
            plain(key, depth)
            plain(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            plain(item, depth + 1)
    return value


Object = Annotated[dict[str, Any], AfterValidator(plain)]


class ImageUrl(BaseModel):
    """A picture as a ``data:`` URL, or an artifact of this studio as ``artifact:a-...``."""

    model_config = Lenient
    url: str
    detail: str = "auto"


class Part(BaseModel):
    """A part of a message."""

    model_config = Lenient
    type: str
    text: str | None = None
    image_url: Annotated[Annotated[str, Tag(ONE)] | Annotated[ImageUrl | None, Tag(MANY)], Discriminator(one_or_many)] = None


class FunctionCall(BaseModel):
    """A call of a tool that an earlier answer asked for."""

    model_config = Lenient
    name: str
    arguments: str = "{}"


class ToolCallForm(BaseModel):
    """The same, with its id."""

    model_config = Lenient
    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


class MessageForm(BaseModel):
    """One turn."""

    model_config = Lenient
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[Annotated[str, Tag(ONE)] | Annotated[list[Part] | None, Tag(MANY)], Discriminator(one_or_many)] = None
    tool_calls: list[ToolCallForm] | None = None
    tool_call_id: str | None = None


class FunctionForm(BaseModel):
    """A function the model may call."""

    model_config = Lenient
    name: str = Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")
    description: str | None = None
    parameters: Object | None = None


class ToolForm(BaseModel):
    """A tool; only functions."""

    model_config = Lenient
    type: Literal["function"] = "function"
    function: FunctionForm


class NamedFunction(BaseModel):
    """The name of a function."""

    model_config = Lenient
    name: str


class NamedTool(BaseModel):
    """This tool and no other."""

    model_config = Lenient
    type: Literal["function"] = "function"
    function: NamedFunction


class SchemaForm(BaseModel):
    """A JSON schema with a name."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    name: str = "answer"
    schema_: Object = Field(default={}, alias="schema")


class ResponseFormat(BaseModel):
    """text, any JSON object, or JSON of a schema."""

    model_config = Lenient
    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: SchemaForm | None = None


class StreamOptions(BaseModel):
    """Whether the stream ends with the tokens used."""

    model_config = Lenient
    include_usage: bool = False


class ChatForm(BaseModel):
    """The body of `POST /v1/chat/completions`."""

    model_config = Lenient
    model: str = Field(min_length=1, max_length=200)
    messages: list[MessageForm] = Field(min_length=1, max_length=2000)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: Annotated[list[ToolForm], Field(max_length=128)] | None = None
    tool_choice: Annotated[
        Annotated[Literal["none", "auto", "required"], Tag(ONE)] | Annotated[NamedTool | None, Tag(MANY)], Discriminator(one_or_many)
    ] = None
    response_format: ResponseFormat | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    stop: Annotated[
        Annotated[str, Tag(ONE)] | Annotated[Annotated[list[str], Field(max_length=4)] | None, Tag(MANY)], Discriminator(one_or_many)
    ] = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    n: Literal[1] | None = Field(default=None, description="Only 1.")
    logprobs: Literal[False] | None = Field(default=None, description="Not offered.")
    presence_penalty: Literal[0] | None = Field(default=None, description="Not offered.")
    frequency_penalty: Literal[0] | None = Field(default=None, description="Not offered.")
    logit_bias: Annotated[dict[str, Any], Field(max_length=0)] | None = Field(default=None, description="Not offered.")
    functions: Annotated[list[Any], Field(max_length=0)] | None = Field(default=None, description="Their successor is tools.")


class EmbeddingForm(BaseModel):
    """The body of `POST /v1/embeddings`."""

    model_config = Lenient
    model: str = Field(min_length=1, max_length=200)
    input: Annotated[
        Annotated[str, Field(min_length=1), Tag(ONE)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=2048), Tag(MANY)],
        Discriminator(one_or_many),
    ]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Field(ge=1)] | None = None
