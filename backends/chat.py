"""What is asked of a chat engine and what it answers, piece by piece. The same forms cross the worker's pipe."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls"]


class Wire(BaseModel):
    """A frozen form that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TextPart(Wire):
    """Words."""

    type: Literal["text"] = "text"
    text: str


class ImagePart(Wire):
    """A picture: the bytes of a PNG, JPEG or WebP file as base64, or the path of one on this machine."""

    type: Literal["image"] = "image"
    base64: str | None = None
    path: str | None = None


Part = Annotated[TextPart | ImagePart, Field(discriminator="type")]


class ToolCall(Wire):
    """A tool the model wants called; ``arguments`` is JSON text."""

    id: str
    name: str
    arguments: str


class Message(Wire):
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Tool(Wire):
    """A function the model may ask for; ``parameters`` is a JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}


class ChatCall(Wire):
    """One request to a chat engine."""

    messages: tuple[Message, ...] = Field(min_length=1)
    tools: tuple[Tool, ...] = ()
    tool_choice: str = Field(default="auto", description="auto, none, required, or the name of one tool.")
    json_schema: dict[str, Any] | None = Field(default=None, description="The answer is JSON of this schema; {} means any object.")
    temperature: float = Field(default=0.7, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, description="Longest answer; left out: what the context has room for.")
    stop: tuple[str, ...] = ()
    seed: int | None = None

    @property
    def has_images(self) -> bool:
        """Whether a model that sees is needed."""
        return any(isinstance(part, ImagePart) for message in self.messages for part in message.parts)


class Usage(Wire):
    """Tokens of one call."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = Field(default=None, description="Price of the call, where its endpoint has one.")


class ChatPiece(Wire):
    """A part of the answer as it is made; the last piece has ``finish_reason`` and ``usage``."""

    text: str = ""
    reasoning: str = Field(default="", description="Thoughts of a thinking model; no part of the answer.")
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: FinishReason | None = None
    usage: Usage | None = None


class EmbedCall(Wire):
    """Texts to be turned into vectors."""

    texts: tuple[str, ...] = Field(min_length=1)


class Embeddings(Wire):
    """Unit vectors of some texts: ``vectors`` is base64 of little-endian float32 [count, dimensions]."""

    vectors: str
    count: int
    dimensions: int
    tokens: int
