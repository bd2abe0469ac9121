"""Who is named in a prompt: ``@luca`` stands for a character, whose pack goes into the request when it is submitted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.media_fields import ImageRef, parts_marked
from configs.errors import BadInput

HANDLE = r"[a-z0-9](?:[a-z0-9_\-]{0,38}[a-z0-9_])?"
# No letter before the @: an e-mail address names nobody. A backslash keeps the @ as it is.
MENTION = re.compile(rf"(?<![\w\\.@])@({HANDLE})(?![\w@])", re.IGNORECASE)
MOST_CAST = 8
T = TypeVar("T", bound=BaseModel)


class Mentions:
    """Marks a text field in which characters may be named."""


Prompt = Annotated[str, Mentions()]


def plain_handle(given: Any) -> Any:
    """``@Luca`` as it is stored: luca."""
    return given.strip().removeprefix("@").lower() if isinstance(given, str) else given


Handle = Annotated[str, BeforeValidator(plain_handle), Field(pattern=rf"^{HANDLE}$", description="luca is named as @luca in prompts.")]


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class LoraUse(Strict):
    """A LoRA by its name in the LoRA browser."""

    name: str = Field(min_length=1, max_length=200)
    weight: float = Field(default=1.0, ge=-4, le=4)
    text_weight: float | None = Field(default=None, ge=-4, le=4, description="For the text encoders; left out: as weight.")


class CastMember(Strict):
    """A character as it was when the job was submitted, so that a rerun makes the same picture after the pack has changed."""

    name: str = Field(pattern=rf"^{HANDLE}$", description="The handle: luca is named as @luca.")
    title: str = Field(default="", max_length=120, description="The name people read.")
    description: str = Field(default="", max_length=2000, description="Stands in the prompt where the handle is.")
    trigger: str = Field(default="", max_length=400, description="Words that wake its LoRA.")
    negative: str = Field(default="", max_length=2000, description="What it must never look like.")
    loras: list[LoraUse] = Field(default=[], max_length=8)
    references: list[ImageRef] = Field(default=[], max_length=16, description="Pictures that show it, the best first.")
    palette: list[Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]] = Field(default=[], max_length=12)
    voice: str | None = Field(default=None, max_length=120, description="The voice it speaks with.")
    threshold: float = Field(default=0.65, ge=0, le=1, description="Least similarity to its references.")


def mentioned(text: str) -> list[str]:
    """The handles in a text, each once, in order, in lower case."""
    return list(dict.fromkeys(found.lower() for found in MENTION.findall(text)))


def handles_in(request: BaseModel) -> list[str]:
    """The handles in all fields of a request that are marked with `Mentions`."""
    return list(dict.fromkeys(handle for text in _texts(request) for handle in mentioned(text)))


def with_cast(request: T, find: Callable[[str], CastMember]) -> T:
    """The request with the packs of everybody it names in its field ``cast``; those given already are left as they are.

    Raises:
        NotFound: what ``find`` raises of a handle that names nobody.
        BadInput: more are named than may stand in one request.
    """
    if "cast" not in type(request).model_fields:
        return request
    given: list[CastMember] = list(request.cast)  # type: ignore[attr-defined]
    known = {member.name for member in given}
    added = [find(handle) for handle in handles_in(request) if handle not in known]
    if len(given) + len(added) > MOST_CAST:
        raise BadInput(f"{len(given) + len(added)} characters are named.", f"Name at most {MOST_CAST}.", "crowded")
    return request.model_copy(update={"cast": [*given, *added]}) if added else request


def spoken(text: str, cast: list[CastMember], say: Callable[[CastMember], str]) -> str:
    """The text with every handle replaced by what ``say`` makes of its character; ``\\@`` becomes a plain @."""
    by_name = {member.name: member for member in cast}

    def put(found: re.Match[str]) -> str:
        member = by_name.get(found[1].lower())
        return found[0] if member is None else say(member)

    return MENTION.sub(put, text).replace("\\@", "@")


def described(text: str, cast: list[CastMember]) -> str:
    """The text for a reader who knows none of the characters: ``Luca (a boy with curls)``, and after that ``Luca``.

    Whatever still looks like a handle in it is escaped, so that it may be read again.
    """
    told: set[str] = set()

    def say(member: CastMember) -> str:
        name, description = _named(member), " ".join(member.description.split()).rstrip(".")
        if member.name in told or not description:
            return name
        told.add(member.name)
        return f"{name} ({description})"

    return MENTION.sub(lambda found: f"\\{found[0]}", spoken(text, cast, say))


def by_name(text: str, cast: list[CastMember]) -> str:
    """The text with the names that people read in place of the handles."""
    return spoken(text, cast, _named)


def words_only(request: T, around: object) -> T:
    """The request with what can be said of its cast, without pictures and LoRAs: for capabilities that make no pictures."""
    cast = [member.model_copy(update={"references": [], "loras": []}) for member in request.cast]  # type: ignore[attr-defined]
    return request.model_copy(update={"cast": cast}) if cast else request


def cast_json(members: list[CastMember]) -> list[dict[str, Any]]:
    """A cast as JSON, to be handed on to a child job."""
    return [member.model_dump(mode="json") for member in members]


def _named(member: CastMember) -> str:
    return member.title or member.name.replace("_", " ").title()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        marks = parts_marked(type(value), Mentions)
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if name in marks:
                yield from [inner] if isinstance(inner, str) else [text for text in inner or () if isinstance(text, str)]
            else:
                yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
