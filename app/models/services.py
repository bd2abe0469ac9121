"""What the gpu worker answers besides jobs: chats, embeddings, and loading, unloading, pinning and freeing models."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from backends.adapters import AdapterFile, AdapterShelf
from backends.base import Cancelled, Installed, Shape
from backends.chat import ChatCall, EmbedCall, Embeddings
from configs.errors import BadInput, Unavailable
from jobs.context import JobCancelled
from jobs.services import Call, Tell
from storage.records import Json

if TYPE_CHECKING:
    from backends.room import Room

T = TypeVar("T")
NOWHERE = Path("/nonexistent")  # before the studio has said where adapters lie
Piece = Callable[[Json], None]
Stopped = Callable[[], bool]
CHARACTERS_PER_TOKEN = 3  # a cautious guess before anything is tokenised: it only sets memory aside
TOKENS_PER_IMAGE = 1024
USUAL_ANSWER_TOKENS = 512


class LendingRoom:
    """The room as jobs see it: a caller's giving up is `JobCancelled`."""

    def __init__(self, room: Room, shelf: AdapterShelf) -> None:
        self._room, self._shelf = room, shelf

    @contextmanager
    def lease(
        self, model: str, operation: str, shape: Shape, *, priority: int, is_cancelled: Stopped, on_step: Callable[[float, str], None]
    ) -> Iterator[Any]:  # fmt: skip
        """See `backends.room.Room.lease`."""
        try:
            with self._room.lease(model, operation, shape, priority=priority, is_cancelled=is_cancelled, on_step=on_step) as engine:
                yield engine
        except Cancelled as error:
            raise JobCancelled(str(error)) from None

    def call(
        self, model: str, operation: str, shape: Shape, work: Callable[[Any], T], *, priority: int, is_cancelled: Stopped,
        on_step: Callable[[float, str], None],
    ) -> T:  # fmt: skip
        """See `backends.room.Room.call`."""
        try:
            return self._room.call(model, operation, shape, work, priority=priority, is_cancelled=is_cancelled, on_step=on_step)
        except Cancelled as error:
            raise JobCancelled(str(error)) from None

    def installed(self, model: str) -> Installed:
        """See `jobs.lending.ModelRoom`."""
        return self._room.installed(model)

    def adapter(self, kind: str, name: str) -> AdapterFile:
        """See `jobs.lending.ModelRoom`."""
        return self._shelf.find(kind, name)


class ModelServices:
    """Answers calls on the engines of one room; the room is made when the studio has said where models lie."""

    def __init__(self) -> None:
        self._made: Room | None = None
        self._shelf = AdapterShelf(NOWHERE)

    @property
    def room(self) -> LendingRoom:
        """Where jobs borrow engines."""
        return LendingRoom(self._require(), self._shelf)

    def start(self, data: Json, tell: Tell) -> None:
        """Makes the room. ``data``: `app.models.desk.start_data`."""
        from app.models.room import make_room, make_shelf

        self._shelf = make_shelf(data)
        self._made = make_room(data, tell)

    def call(self, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
        """Answers one call; see `SERVICES`."""
        service = SERVICES.get(call.service)
        if service is None:
            raise BadInput(f"There is no model service {call.service!r}.", f"There are: {', '.join(SERVICES)}.")
        try:
            return service(self._require(), call, piece, is_cancelled)
        except Cancelled as error:
            raise JobCancelled(str(error)) from None

    def _require(self) -> Room:
        if self._made is None:
            raise Unavailable("The model process has not been told where the models are.", "Ask again in a moment.")
        return self._made


def _chat(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    request = ChatCall.model_validate(call.request)
    begun = False

    def work(engine: Any) -> None:
        nonlocal begun
        if not hasattr(engine, "chat"):
            raise BadInput(f"The model {call.model} does not chat.", "`models list` shows what each is for.", "wrong_task")
        for part in engine.chat(request, is_cancelled):
            begun = True
            piece(part.model_dump(mode="json", exclude_defaults=True))

    room.call(
        call.model, "chat", chat_shape(request), work, priority=call.priority, is_cancelled=is_cancelled, holder="chat",
        may_repeat=lambda: not begun,
    )  # fmt: skip
    return {}


def chat_shape(request: ChatCall) -> dict[str, int]:
    """What decides the working memory of a chat: its length in tokens, roughly, and its pictures."""
    letters = sum(len(getattr(part, "text", "")) for message in request.messages for part in message.parts)
    images = sum(part.type == "image" for message in request.messages for part in message.parts)
    tokens = letters // CHARACTERS_PER_TOKEN + images * TOKENS_PER_IMAGE + (request.max_tokens or USUAL_ANSWER_TOKENS)
    return {"tokens": max(1, tokens)}


def _embed(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    request = EmbedCall.model_validate(call.request)

    def work(engine: Any) -> Embeddings:
        if not hasattr(engine, "embed"):
            raise BadInput(f"The model {call.model} makes no embeddings.", "`models list` shows what each is for.", "wrong_task")
        found = engine.embed(request.texts, is_cancelled)
        return Embeddings(
            vectors=base64.b64encode(found.data).decode(), count=found.count, dimensions=found.dimensions, tokens=found.tokens
        )  # fmt: skip

    shape = {"texts": min(64, len(request.texts)), "letters": max(map(len, request.texts)) + 1}
    made = room.call(call.model, "embed", shape, work, priority=call.priority, is_cancelled=is_cancelled, holder="embeddings")
    return made.model_dump(mode="json")


def _load(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    def tell(fraction: float, message: str) -> None:
        piece({"fraction": fraction, "message": message})

    room.load(call.model, priority=call.priority, is_cancelled=is_cancelled, on_step=tell)
    return room.status()


def _unload(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    room.unload(call.model)
    return room.status()


def _pin(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    room.pin(call.model, bool(call.request.get("pinned", True)))
    return room.status()


def _free(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    return room.free(host=bool(call.request.get("host", False)))


def _status(room: Room, call: Call, piece: Piece, is_cancelled: Stopped) -> Json:
    return {**room.status(), "decisions": room.decisions()}


Service = Callable[["Room", Call, Piece, Stopped], Json]
SERVICES: Mapping[str, Service] = {
    "chat": _chat,
    "embed": _embed,
    "load": _load,
    "unload": _unload,
    "pin": _pin,
    "free": _free,
    "status": _status,
}
