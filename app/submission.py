"""From a request to a row: validate, resolve media, find a stored result, and only then enqueue."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from app.capability import Capability
from app.cast import with_cast
from app.media_fields import MediaField, media_in
from app.surroundings import Surroundings
from configs.errors import BadInput, BadMedia
from storage.artifacts import ArtifactStore
from storage.ids import is_id, new_id
from storage.jobs import NewJob
from storage.records import Artifact, Json

PRIORITY_LIMIT = 1000
PROMPT_IN_TITLE = 60
_LIKE_AN_ID = re.compile(r"[aj]-[0-9a-z]+")  # a mistyped id rather than the path of a clip
TakePath = Callable[[str, str], Artifact]  # (path, kind) -> artifact


def validate(capability: Capability[Any, Any], request: Mapping[str, Any] | BaseModel) -> BaseModel:
    """The typed request; raises `BadInput` naming the field, its value and what it should be."""
    if isinstance(request, BaseModel):
        request = request.model_dump(mode="json")
    try:
        typed: BaseModel = capability.request.model_validate(request)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "request"
        if first["type"] == "extra_forbidden":
            known = ", ".join(capability.request.model_fields)
            raise BadInput(f"{capability.name} has no field {name!r}.", f"Fields: {known}.") from None
        if first["type"] == "missing":
            raise BadInput(f"{capability.name} needs {name!r}.", "Give it.") from None
        shown = repr(first["input"])
        raise BadInput(f"{name} is {shown[:80]}: {first['msg'][:1].lower()}{first['msg'][1:]}.", f"Mend {name!r}.") from None
    _require_plain(typed)
    return typed


def _require_plain(typed: BaseModel) -> None:
    """Refuses what would be stored but could never be sent again: half characters, and numbers that are none."""
    for name, value in typed.model_dump(mode="python").items():
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            raise BadInput(
                f"{name} is {ascii(value)[:80]}, which holds half a character and is no text.", "Rename the file, or write the text anew."
            ) from None
        except ValueError:
            raise BadInput(
                f"{name} is {str(value)[:80]}, which is not a number to reckon with.", f"Give {name!r} a finite number."
            ) from None


def prepared(capability: Capability[Any, Any], request: BaseModel, around: Surroundings) -> BaseModel:
    """The request with the characters it names, and what the capability fills in from what the studio has."""
    request = with_cast(request, around.character)
    return request if capability.prepares is None else capability.prepares(request, around)


def resolve_media(
    capability: Capability[Any, Any], request: BaseModel, artifacts: ArtifactStore, take_path: TakePath | None
) -> tuple[dict[str, Any], dict[str, Artifact]]:
    """The request as JSON with every media field an artifact id, and those artifacts by field.

    Args:
        take_path: takes a local path in; None when the caller may not name paths.

    Raises:
        BadInput, BadMedia: the artifact is unknown or of another kind, its file has gone, or the path is not allowed.
    """
    values = request.model_dump(mode="json")
    media: dict[str, Artifact] = {}
    for path, mark, reference in media_in(request):
        name = ".".join(map(str, path))
        media[name] = _resolve(str(path[0]) if len(path) <= 2 else name, reference, mark, artifacts, take_path)
        _put(values, path, media[name].id)
    if capability.checks is not None:
        capability.checks(request, media)
    return values, media


def _put(values: Any, path: Sequence[str | int], value: Any) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = value


def _resolve(name: str, reference: str, mark: MediaField, artifacts: ArtifactStore, take_path: TakePath | None) -> Artifact:
    if mark.name is not None:
        return _resolve_named(name, reference, mark.name, artifacts)
    kind = mark.kind
    if is_artifact_id(reference):
        artifact = artifacts.require_file(artifacts.get(reference))
    elif take_path is None:
        raise BadInput(f"{name} is {reference!r}, which is not an artifact id.", "Upload the file first and give the id it gets.")
    elif _LIKE_AN_ID.fullmatch(reference):
        raise BadInput(f"{name} is {reference!r}, which is the id of no artifact.", "Give the id of a file in the library, or a path.")
    else:
        artifact = take_path(reference, kind)
    if artifact.kind not in mark.kinds:
        wanted = " or ".join(mark.kinds)
        raise BadMedia(f"{artifact.name} is of kind {artifact.kind}; {name} needs {wanted}.", f"Give a file of kind {wanted}.")
    return artifact


def _resolve_named(name: str, reference: str, wanted: str, artifacts: ArtifactStore) -> Artifact:
    """What a job made under the name that is wanted, by the job's id or its own."""
    if is_id("j-", reference):
        found = artifacts.named(reference, wanted)
        if found is None:
            raise BadInput(f"{name} is {reference}, which made no {wanted}.", "Give a job that has ended well.")
        return artifacts.require_file(found)
    if not is_artifact_id(reference):
        raise BadInput(f"{name} is {reference!r}, which is the id of no job and no artifact.", f"Give a job's id, or its {wanted}'s.")
    artifact = artifacts.require_file(artifacts.get(reference))
    if artifact.name != wanted:
        raise BadInput(f"{name} is {artifact.name}; it needs an {wanted}.", "Give the id of the job that made it.")
    return artifact


def is_artifact_id(reference: str) -> bool:
    """Whether a media field names an artifact rather than a path."""
    return is_id("a-", reference)


def cache_key(
    capability: Capability[Any, Any], values: Mapping[str, Any], media: Mapping[str, Artifact], project_id: str,
    reviews: Mapping[str, Json] | None = None,
) -> str | None:  # fmt: skip
    """Names a result: the same capability at the same version, settings, content and name of the media, in one project.

    Args:
        reviews: what people have said about the media, by field, where the result holds it.
    """
    if not capability.reusable:
        return None
    content = {
        name: [artifact.content_hash, artifact.name, str(artifact.path) if artifact.external else ""] for name, artifact in media.items()
    }
    settings = copy.deepcopy(dict(values))
    for name in media:
        _put(settings, [int(step) if step.isdecimal() else step for step in name.split(".")], None)
    named: list[Any] = [capability.name, capability.version, project_id, settings, content]
    text = json.dumps([*named, reviews] if reviews else named, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def said(values: Mapping[str, Any]) -> str:
    """The words that a request puts first, whatever files come with it: its prompt, the character whose sheet it is; else empty."""
    prompt = values.get("prompt") or next(iter(values.get("prompts") or ()), None)
    if isinstance(prompt, str) and prompt.strip():
        line = " ".join(prompt.split())
        return line if len(line) <= PROMPT_IN_TITLE else line[: PROMPT_IN_TITLE - 1].rstrip() + "…"
    character = values.get("character")
    return "@" + character.lstrip("@") if isinstance(character, str) and character else ""


def named_model(values: Mapping[str, Any]) -> str:
    """What a request without words and media is about: the model it names, or the file that is to become one; else empty."""
    model = values.get("model") or values.get("name")
    path = values.get("path")
    return model if isinstance(model, str) else Path(path).name if isinstance(path, str) else ""


def _shown(media: Sequence[Artifact]) -> str:
    """The first file by name, and how many more; empty without any."""
    if not media:
        return ""
    more = f" and {len(media) - 1} more" if len(media) > 1 else ""
    return f"{media[0].meta.get('clip') or media[0].name}{more}"


def new_job(
    capability: Capability[Any, Any], values: dict[str, Any], media: Mapping[str, Artifact], *, project_id: str, priority: int = 0,
    parent_id: str | None = None, child_key: str | None = None, key: str | None = None,
) -> NewJob:  # fmt: skip
    """The row to enqueue."""
    if not -PRIORITY_LIMIT <= priority <= PRIORITY_LIMIT:
        raise BadInput(
            f"The priority is {priority}.", f"Give a whole number from {-PRIORITY_LIMIT} to {PRIORITY_LIMIT}; higher runs earlier."
        )
    about = said(values) or _shown(list(media.values())) or named_model(values)
    return NewJob(
        id=new_id("j-"), capability=capability.name, title=f"{capability.title}: {about}" if about else capability.title,
        lane=capability.lane, engine=capability.engine, request=values, project_id=project_id, priority=priority,
        parent_id=parent_id, child_key=child_key, cache_key=key,
    )  # fmt: skip
