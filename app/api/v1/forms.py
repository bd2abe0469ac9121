"""What OpenAI's clients send. Fields that change nothing here are taken and ignored; those that would be, and cannot be, are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Lenient = ConfigDict(extra="ignore")


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
    image_url: ImageUrl | None = None


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
    content: str | list[Part] | None = None
    tool_calls: list[ToolCallForm] = []
    tool_call_id: str | None = None


class FunctionForm(BaseModel):
    """A function the model may call."""

    model_config = Lenient
    name: str = Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")
    description: str = ""
    parameters: dict[str, Any] = {}


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
    schema_: dict[str, Any] = Field(default={}, alias="schema")


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
    stream: bool = False
    stream_options: StreamOptions | None = None
    tools: list[ToolForm] = Field(default=[], max_length=128)
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    response_format: ResponseFormat | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    n: Literal[1] | None = Field(default=None, description="Only 1.")
    logprobs: Literal[False] | None = Field(default=None, description="Not offered.")


class EmbeddingForm(BaseModel):
    """The body of `POST /v1/embeddings`."""

    model_config = Lenient
    model: str = Field(min_length=1, max_length=200)
    input: Annotated[str, Field(min_length=1)] | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Field(ge=1)] | None = None
