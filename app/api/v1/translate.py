"""From OpenAI's forms to our own. Pure but for looking up the pictures that are artifacts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path

from app.api.v1.errors import FieldError
from app.api.v1.forms import ChatForm, FunctionForm, MessageForm, NamedTool, Part
from backends.chat import ChatCall, ImagePart, Message, TextPart, Tool, ToolCall

DATA_URL = re.compile(r"data:image/(png|jpeg|jpg|webp|gif);base64", re.IGNORECASE)
PICTURE_LIMIT_BYTES = 20 << 20
FindPicture = Callable[[str], Path]  # the file of an artifact; raises NotFound


def to_call(form: ChatForm, find_picture: FindPicture) -> ChatCall:
    """The call that a form asks for.

    Raises:
        FieldError: a part is of an unknown kind, a picture cannot be read, a named tool is not among the tools.
    """
    wanted = form.response_format
    schema = None
    if wanted is not None and wanted.type == "json_object":
        schema = {}
    elif wanted is not None and wanted.type == "json_schema":
        if wanted.json_schema is None:
            message = "response_format is 'json_schema' without a json_schema."
            raise FieldError("response_format", message, "Give response_format.json_schema.schema.")
        schema = wanted.json_schema.schema_
    stop = (form.stop,) if isinstance(form.stop, str) else tuple(form.stop or ())
    tools = form.tools or ()
    values = {"temperature": form.temperature, "top_p": form.top_p}
    return ChatCall(
        messages=tuple(_message(f"messages[{number}]", message, find_picture) for number, message in enumerate(form.messages)),
        tools=tuple(_tool(tool.function) for tool in tools),
        tool_choice=_tool_choice(form),
        json_schema=schema,
        max_tokens=form.max_completion_tokens or form.max_tokens,
        stop=tuple(text for text in stop if text),
        seed=form.seed,
        **{name: value for name, value in values.items() if value is not None},
    )


def _tool(form: FunctionForm) -> Tool:
    return Tool(name=form.name, description=form.description or "", parameters=form.parameters or {})


def _tool_choice(form: ChatForm) -> str:
    names = [tool.function.name for tool in form.tools or ()]
    choice = form.tool_choice
    if isinstance(choice, NamedTool):
        if choice.function.name not in names:
            known = ", ".join(names) or "none"
            message = f"tool_choice names {choice.function.name!r}, which is not among the tools."
            raise FieldError("tool_choice", message, f"Tools given: {known}.")
        return choice.function.name
    if choice == "required" and not names:
        raise FieldError("tool_choice", "tool_choice is 'required', but no tools are given.", "Give tools, or leave tool_choice out.")
    return choice or "auto"


def _message(where: str, form: MessageForm, find_picture: FindPicture) -> Message:
    content = form.content
    parts = [Part(type="text", text=content)] if isinstance(content, str) else content or []
    if form.role == "tool" and not form.tool_call_id:
        raise FieldError(where, "A message of the role 'tool' has no tool_call_id.", "Give the id of the tool call it answers.")
    if content is None and form.role != "assistant":
        raise FieldError(where, f"A message of the role {form.role!r} has no content.", "Give it a content, if need be an empty text.")
    return Message(
        role="system" if form.role == "developer" else form.role,
        parts=tuple(_part(f"{where}.content[{number}]", part, find_picture) for number, part in enumerate(parts)),
        tool_calls=tuple(ToolCall(id=c.id, name=c.function.name, arguments=c.function.arguments) for c in form.tool_calls or ()),
        tool_call_id=form.tool_call_id,
    )


def _part(where: str, part: Part, find_picture: FindPicture) -> TextPart | ImagePart:
    if part.type == "text" and part.text is not None:
        return TextPart(text=part.text)
    if part.type == "image_url" and part.image_url is not None:
        return _picture(where, part.image_url if isinstance(part.image_url, str) else part.image_url.url, find_picture)
    message = f"A message has a part of the type {part.type!r} without what belongs to it."
    if part.type not in ("text", "image_url"):
        message = f"A message has a part of the type {part.type!r}, which no model here takes."
    raise FieldError(where, message, "Parts are {type: text, text} and {type: image_url, image_url: {url}}.")


def _picture(where: str, url: str, find_picture: FindPicture) -> ImagePart:
    if url.startswith("artifact:"):
        return ImagePart(path=str(find_picture(url.removeprefix("artifact:"))))
    head, _, encoded = url.partition(",")
    if not DATA_URL.fullmatch(head):
        shown = url[:60] + ("..." if len(url) > 60 else "")
        remedy = "Send data:image/png;base64,... (or jpeg, webp, gif), or artifact:ID; nothing is fetched for you."
        raise FieldError(where, f"The picture {shown!r} is not a data URL.", remedy)
    try:
        size = len(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise FieldError(where, "A picture's data URL is not valid base64.", "Encode the bytes of a PNG, JPEG or WebP file.") from None
    if not 0 < size <= PICTURE_LIMIT_BYTES:
        raise FieldError(where, f"A picture has {size:,} bytes.", f"1 to {PICTURE_LIMIT_BYTES:,} bytes are taken.")
    return ImagePart(base64=encoded)
