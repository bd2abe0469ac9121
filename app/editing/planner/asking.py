"""Asking a chat model of the studio for an answer of a form, with limits of time and with cancelling."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.models.calls import CallEvent, ModelCalls, ModelView
from app.models.desk import told_error
from backends.chat import ChatCall, Message, TextPart
from configs.errors import BadInput, StudioError, Unavailable

CHATS = ("chat", "vision-chat")
LOADED = ("resident", "busy", "parked")
_TICK_S = 0.25


@dataclass(frozen=True)
class Limits:
    """Seconds: until the first word (the model may have to be loaded), between words, in all. Tokens of the answer."""

    first_s: float = 300.0
    silence_s: float = 90.0
    whole_s: float = 900.0
    tokens: int = 6000


def chat_model(models: ModelCalls, wanted: str | None) -> ModelView | None:
    """The model to ask: the one that was named, else one that is loaded, else the first that can chat; None where there is none.

    Raises:
        BadInput: the one that was named is not installed or cannot chat.
    """
    able = [model for model in models.models() if model.task in CHATS and model.installed]
    if wanted is not None:
        found = next((model for model in able if model.name == wanted), None)
        if found is None:
            names = ", ".join(model.name for model in able) or "none is installed"
            raise BadInput(f"planner is {wanted!r}, which is no installed chat model.", f"Give auto, built_in or a chat model: {names}.")
        return found
    return min(able, key=lambda model: (model.state not in LOADED, model.task != "chat"), default=None)


def ask(
    models: ModelCalls, model: str, words: Sequence[tuple[str, str]], schema: dict[str, Any] | None, *,
    seed: int, limits: Limits, keep_on: Callable[[], None],
) -> str:  # fmt: skip
    """The answer's text. ``words``: (role, text) turns; ``keep_on``: raises when the caller should stop.

    Raises:
        Unavailable: the model was silent for too long.
        StudioError: the model failed, in its own words.
    """
    messages = tuple(Message(role=role, parts=(TextPart(text=text),)) for role, text in words)  # type: ignore[arg-type]
    call = ChatCall(messages=messages, json_schema=schema, temperature=0.4, seed=seed, max_tokens=limits.tokens)
    events: queue.SimpleQueue[tuple[CallEvent, dict[str, Any]]] = queue.SimpleQueue()
    handle = models.start("chat", model, call, lambda kind, data: events.put((kind, data)))
    try:
        return _gathered(events, model, limits, keep_on)
    finally:
        handle.cancel()


def _gathered(events: queue.SimpleQueue[tuple[CallEvent, dict[str, Any]]], model: str, limits: Limits, keep_on: Callable[[], None]) -> str:
    pieces: list[str] = []
    began = heard = time.monotonic()
    while True:
        keep_on()
        try:
            kind, data = events.get(timeout=_TICK_S)
        except queue.Empty:
            now = time.monotonic()
            if now - heard > (limits.silence_s if pieces else limits.first_s) or now - began > limits.whole_s:
                raise Unavailable(f"{model} did not answer within {now - began:.0f} s.", "Ask again, or choose a quicker model.") from None
            continue
        heard = time.monotonic()
        if kind == "done":
            return "".join(pieces)
        if kind == "error":
            raise told_error(data)
        pieces.append(str(data.get("text", "")))
        if heard - began > limits.whole_s:
            raise Unavailable(f"{model} was not done within {limits.whole_s:.0f} s.", "Choose a quicker model.")


def ask_formed(
    models: ModelCalls, model: str, words: Sequence[tuple[str, str]], schema: dict[str, Any], *,
    seed: int, limits: Limits, keep_on: Callable[[], None],
) -> str:  # fmt: skip
    """The same, held to a schema where the model's engine can hold it to one; else the words alone say the form."""
    try:
        return ask(models, model, words, schema, seed=seed, limits=limits, keep_on=keep_on)
    except StudioError as error:
        if "schema" not in f"{error.code} {error.message}".lower():
            raise
    return ask(models, model, words, None, seed=seed, limits=limits, keep_on=keep_on)
