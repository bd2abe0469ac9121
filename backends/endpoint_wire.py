"""The chat protocol of OpenAI-compatible servers: calls to their JSON, their JSON to pieces and sentences. No connections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backends.chat import ChatCall, ChatPiece, FinishReason, ImagePart, Message, TextPart, ToolCall, Usage
from backends.chat_prompt import call_schema, in_words, offered, plain, tool_json
from backends.endpoint_pictures import data_url
from backends.tool_text import new_id, parse_calls
from configs.endpoints import Endpoint, EndpointModel
from configs.errors import BadInput, NotFound, Refused, StudioError, Unavailable


@dataclass(frozen=True)
class Abilities:
    """What a server can do beyond plain chat."""

    tools: bool = True
    tool_choice: bool = True
    json_schema: bool = True
    images: bool = True


BY_KIND: Mapping[str, Abilities] = {
    "openai": Abilities(),
    "vllm": Abilities(),
    "ollama": Abilities(tool_choice=False),  # it ignores tool_choice; a JSON schema can stand in for it
    "lmstudio": Abilities(tool_choice=False),
    "llamacpp": Abilities(),
}
FINISH: Mapping[str, FinishReason] = {"length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls"}
Json = dict[str, Any]


def abilities(endpoint: Endpoint, model: EndpointModel) -> Abilities:
    """What is said of the endpoint, else what its kind is known for; pictures only for models that see."""
    known = BY_KIND[endpoint.kind]
    return Abilities(
        tools=known.tools if endpoint.tools is None else endpoint.tools,
        tool_choice=known.tool_choice if endpoint.tool_choice is None else endpoint.tool_choice,
        json_schema=known.json_schema if endpoint.json_schema is None else endpoint.json_schema,
        images=model.task == "vision-chat" if endpoint.images is None else endpoint.images,
    )


@dataclass(frozen=True)
class Asked:
    """A request's body; with ``forced`` the answer is one tool call written as JSON."""

    body: Json
    forced: bool = False


def ask(call: ChatCall, title: str, model: str, able: Abilities) -> Asked:
    """The body of a chat request.

    Raises:
        BadInput: the call needs what the endpoint cannot do; the sentence says what.
    """
    tools, schema = offered(call), call_schema(call)
    if call.has_images and not able.images:
        raise BadInput(f"{title} does not see pictures.", "Choose a model with the task vision-chat.")
    if tools and not able.tools and (schema is None or not able.json_schema):
        raise BadInput(f"{title} cannot call tools.", "Leave the tools out, or choose another model.")
    if call.json_schema is not None and not able.json_schema:
        raise BadInput(f"{title} cannot hold its answers to a JSON schema.", "Leave the schema out, or choose another model.")
    forced = schema is not None and not (able.tools and able.tool_choice)
    if forced and not able.json_schema:
        raise BadInput(f"{title} cannot be made to call a tool.", "Use tool_choice auto, or choose another model.")
    body: Json = {"model": model, "stream": True, "stream_options": {"include_usage": True}, "temperature": call.temperature}
    body["messages"] = [_message(message) for message in call.messages]
    optional = {"top_p": call.top_p if call.top_p < 1 else None, "max_tokens": call.max_tokens, "seed": call.seed}
    body |= {key: value for key, value in (optional | {"stop": list(call.stop) or None}).items() if value is not None}
    if forced:
        body["messages"].insert(0, {"role": "system", "content": in_words(tools)})
        body["response_format"] = _format(schema or {})
    elif tools:
        body["tools"] = [tool_json(tool) for tool in tools]
        if able.tool_choice:
            named = call.tool_choice not in ("auto", "required")
            body["tool_choice"] = {"type": "function", "function": {"name": call.tool_choice}} if named else call.tool_choice
    if call.json_schema is not None and not forced:
        body["response_format"] = _format(call.json_schema)
    return Asked(body, forced)


def _format(schema: Json) -> Json:
    if not schema:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}


def _message(message: Message) -> Json:
    if any(isinstance(part, ImagePart) for part in message.parts):
        content: Any = [
            {"type": "text", "text": part.text}
            if isinstance(part, TextPart)
            else {"type": "image_url", "image_url": {"url": data_url(part)}}
            for part in message.parts
        ]
    else:
        content = plain(message.parts)
    made: Json = {"role": message.role, "content": content}
    if message.tool_calls:
        made["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}} for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        made["tool_call_id"] = message.tool_call_id
    return made


@dataclass
class Reading:
    """Reads the events of one answer.

    Attributes:
        begun: something of the answer has come, so the request must not be repeated.
        over: the server has said that this was all.
    """

    forced: bool = False
    begun: bool = False
    over: bool = False
    usage: Usage | None = None
    _finish: FinishReason | None = None
    _calls: dict[int, Json] = field(default_factory=dict)
    _made: str = ""
    _pieces: int = 0

    def event(self, data: str) -> ChatPiece | None:
        """One `data:` line; raises StudioError when it tells of an error."""
        if data.strip() == "[DONE]":
            self.over = True
            return None
        try:
            event = json.loads(data)
        except ValueError:
            raise Unavailable("The endpoint sent something that is not JSON.", "Check its address and version.") from None
        if not isinstance(event, dict):
            raise Unavailable("The endpoint sent an event that is no object.", "Check its address and version.")
        if event.get("error"):
            raise StudioError(f"The endpoint broke off: {said(event)}.", "Try again.", "endpoint_failed")
        if event.get("usage"):
            counts = event["usage"]
            self.usage = Usage(prompt_tokens=counts.get("prompt_tokens") or 0, completion_tokens=counts.get("completion_tokens") or 0)
        choices = event.get("choices") or [{}]
        reason = choices[0].get("finish_reason")
        if reason:
            self._finish = FINISH.get(reason, "stop")
        return self._delta(choices[0].get("delta") or choices[0].get("message") or {})

    def finish(self) -> list[ChatPiece]:
        """The tool calls and the last piece; raises Unavailable when the answer broke off."""
        if not (self.over or self._finish):
            raise Unavailable("The endpoint broke off in the middle of its answer.", "Try again.", "endpoint_failed")
        if self.forced:
            calls = parse_calls(self._made, ())
        else:
            calls = tuple(
                ToolCall(id=c["id"] or new_id(), name=c["name"], arguments=c["arguments"] or "{}") for _, c in sorted(self._calls.items())
            )
        pieces = [ChatPiece(tool_calls=calls)] if calls else []
        reason: FinishReason = "tool_calls" if calls else "stop" if self._finish in (None, "tool_calls") else self._finish
        return [*pieces, ChatPiece(finish_reason=reason, usage=self.usage or Usage(completion_tokens=self._pieces))]

    def _delta(self, delta: Json) -> ChatPiece | None:
        for position, call in enumerate(delta.get("tool_calls") or ()):
            self.begun = True
            entry = self._calls.setdefault(call.get("index", position), {"id": "", "name": "", "arguments": ""})
            function = call.get("function") or {}
            entry["id"] = entry["id"] or call.get("id") or ""
            entry["name"] += function.get("name") or ""
            arguments = function.get("arguments") or ""
            entry["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments)
        text = delta.get("content") or ""
        thought = delta.get("reasoning_content") or delta.get("reasoning") or ""
        if not (text or thought):
            return None
        self.begun, self._pieces = True, self._pieces + 1
        if self.forced:
            self._made += text
            return ChatPiece(reasoning=thought) if thought else None
        return ChatPiece(text=text, reasoning=thought)


def said(body: Any) -> str:
    """The server's own words about an error, as the end of a sentence."""
    error = body.get("error", body) if isinstance(body, dict) else body
    text = error.get("message", "") if isinstance(error, dict) else str(error or "")
    line = " ".join(str(text).split()).rstrip(".")
    return line[:300] or "it gave no reason"


def refusal(title: str, status: int, body: Any) -> StudioError:
    """The sentence for an answer that is no success."""
    words, code = said(body), ""
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        code = str(body["error"].get("code") or "")
    if status in (401, 403):
        return Refused(f"{title} refused the key: {words}.", "Set api_key of the endpoint in configs/local.yaml.", "endpoint_key")
    if status == 404:
        return NotFound(f"{title} was not found by its endpoint: {words}.", "Check the model's name and the address, /v1 included.")
    if code == "context_length_exceeded" or "context length" in words.lower():
        return BadInput(f"The conversation is too long for {title}: {words}.", "Shorten it.", "context_length_exceeded")
    if status == 429:
        return Unavailable(f"{title} is asked too often: {words}.", "Wait a moment, then try again.", "rate_limited")
    if status < 500:
        return BadInput(f"{title} refused the request: {words}.", "Change the request.", "endpoint_refused")
    return Unavailable(f"{title} failed with status {status}: {words}.", "Look at the endpoint's own log.", "endpoint_failed")
