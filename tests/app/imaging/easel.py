"""Stand-ins for pictures: a job on folders, what a studio has, and an engine that counts its steps and can be taken up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from app.cast import CastMember
from app.imaging.requests import GenerateImage
from backends.adapters import AdapterFile
from backends.base import Installed
from backends.cards import ModelCard
from backends.images import KEEP_EVERY, ImageCall, ImageHooks, ImageMade
from configs.errors import NotFound
from configs.image_styles_file import ImageStyle
from jobs.context import JobCancelled
from storage.records import Artifact

MODULUS = 2**61 - 1


def installed(name: str = "tiny-sdxl", task: str = "image", family: str = "sdxl", **card: Any) -> Installed:
    """A model as though its files were there."""
    values = {
        "name": name, "title": name.title(), "task": task, "engine": "diffusers-image", "family": family,
        "source": {"repo": f"tiny/{name}", "revision": "abc123"}, "max_pixels": 256 * 256,
        "variants": [{"name": "fp16", "download_bytes": 0, "weights_bytes": 1000, "working_bytes": 0}],
        "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
        "defaults": {"steps": 20, "guidance": 6.0, "width": 128, "height": 128}, **card,
    }  # fmt: skip
    made = ModelCard.model_validate(values)
    return Installed(made, made.variant(), Path(f"/nowhere/{name}"))


def adapter(kind: str, name: str, family: str = "sdxl", **more: Any) -> AdapterFile:
    return AdapterFile(name, kind, Path(f"/nowhere/{name}.safetensors"), 10, family, **more)


class Surrounded:
    """What a studio has."""

    def __init__(self, *models: Installed, adapters: Sequence[AdapterFile] = (), too_large: Sequence[str] = ()) -> None:
        self._models, self._adapters, self._too_large = models, adapters, too_large
        self.looks = {"ink": ImageStyle(title="Ink", prompt="ink drawing of {prompt}", negative="colour", steps=40, guidance=9.0)}

    def models(self, task: str) -> list[Installed]:
        return [model for model in self._models if model.card.task == task]

    def model(self, name: str) -> Installed:
        found = next((model for model in self._models if model.card.name == name), None)
        if found is None:
            raise NotFound(f"The model {name} is not installed.", "Install it.", "not_installed")
        return found

    def fits(self, model: Installed) -> bool:
        return model.card.name not in self._too_large

    def adapters(self, kind: str) -> list[AdapterFile]:
        return [one for one in self._adapters if one.kind == kind]

    def adapter(self, kind: str, name: str) -> AdapterFile:
        found = next((one for one in self.adapters(kind) if one.name == name), None)
        if found is None:
            raise NotFound(f"There is no {kind} named {name!r}.", "Put it there.", "no_adapter")
        return found

    def character(self, handle: str) -> CastMember:
        raise NotFound(f"There is no character @{handle}.", "Make one.")

    def styles(self) -> Mapping[str, ImageStyle]:
        return self.looks

    def wildcards(self) -> Mapping[str, Sequence[str]]:
        return {"animals": ("fox", "owl", "bear")}


class CountingEngine:
    """Each step turns a number over; the number becomes the picture, so that a step too few or twice shows.

    Attributes:
        calls: what was asked. stop_at: raises ``stop_with`` after that step, once.
    """

    def __init__(self) -> None:
        self.calls: list[ImageCall] = []
        self.steps: list[int] = []
        self.stop_at = 0
        self.stop_with: Callable[[], BaseException] = lambda: RuntimeError("stopped")

    def generate(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        self.calls.append(call)
        value, done = call.seed + 1, 0
        if hooks.resume is not None:
            value, done = map(int, hooks.resume.decode().split())
        ran = 0
        for step in range(done + 1, call.steps + 1):
            value = (value * 6364136223846793005 + 1442695040888963407) % MODULUS
            ran += 1
            self.steps.append(step)
            hooks.on_step(step, call.steps)
            if hooks.on_preview is not None and step % hooks.preview_every == 0:
                hooks.on_preview(Image.new("RGB", (16, 16), colour(value)), step)
            if hooks.on_keep is not None and step % KEEP_EVERY == 0:
                hooks.on_keep(f"{value} {step}".encode(), step)
            if step == self.stop_at:
                self.stop_at = 0
                raise self.stop_with()
        return ImageMade(Image.new("RGB", (call.width, call.height), colour(value)), ran)


def colour(value: int) -> tuple[int, int, int]:
    return (value % 256, value // 256 % 256, value // 65536 % 256)


class EaselJob:
    """One attempt after another at the same job: steps and the checkpoint stay, as in the studio."""

    def __init__(self, folder: Path, *models: Installed, adapters: Sequence[AdapterFile] = (), engine: Any = None) -> None:
        self.job_id, self.attempt, self.work_dir = "j-1", 1, folder / "work"
        self.work_dir.mkdir(parents=True, exist_ok=True)
        self.engine = engine or CountingEngine()
        self.around = Surrounded(*models, adapters=adapters)
        self.steps: dict[str, Any] = {}
        self.saved: Any = None
        self.published: dict[str, Any] = {}
        self.said: list[tuple[float, str]] = []
        self.emitted: list[tuple[str, Any]] = []
        self.kept: dict[str, Artifact] = {}
        self.media: dict[str, Artifact] = {}
        self.shapes: list[Any] = []
        self.runs = 1  # how often the device runs a call: more after running out of memory
        self.cancelled = False
        self._folder = folder

    def give(self, name: str, image: Image.Image) -> str:
        """A picture for the request; returns its id."""
        path = self._folder / name
        image.save(path)
        probe = {"width": image.width, "height": image.height}
        self.media[name] = artifact(name, path, meta={"probe": probe})
        return name

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise JobCancelled(self.job_id)

    def progress(self, fraction: float, message: str = "") -> None:
        self.raise_if_cancelled()
        self.said.append((fraction, message))

    def span(self, start: float, end: float) -> Callable[[float, str], None]:
        return lambda fraction, message: self.progress(start + (end - start) * fraction, message)

    def step(self, name: str, function: Callable[[], Any]) -> Any:
        if name not in self.steps:
            self.raise_if_cancelled()
            self.steps[name] = function()
        return self.steps[name]

    def checkpoint(self, state: Any) -> None:
        self.saved = state

    def publish(self, key: str, value: Any) -> None:
        self.published[key] = value

    def emit(self, kind: str, data: Any) -> None:
        self.emitted.append((kind, data))

    def artifact(self, artifact_id: str) -> Artifact:
        return self.media[artifact_id]

    def made(self, artifact_id: str) -> Artifact:
        return next(one for one in self.kept.values() if one.id == artifact_id)

    def save(self, name: str, path: Path, **options: Any) -> Artifact:
        if name not in self.kept:
            target = self._folder / "kept" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(Path(path).read_bytes())
            self.kept[name] = artifact(
                name, target, meta=options["meta"], role=options.get("role", "result"), inputs=tuple(options["inputs"]), job_id=self.job_id
            )
        return self.kept[name]

    def with_model(self, name: str, operation: str, shape: Any, work: Callable[[Any], Any], *, on_step: Any = None) -> Any:
        self.shapes.append((name, operation, dict(shape)))
        for _ in range(self.runs - 1):
            work(self.engine)
        return work(self.engine)

    def installed(self, name: str) -> Installed:
        return self.around.model(name)

    def adapter(self, kind: str, name: str) -> AdapterFile:
        return self.around.adapter(kind, name)


def artifact(name: str, path: Path, *, meta: dict[str, Any], **changes: Any) -> Artifact:
    values = {
        "id": f"a-{name}", "name": name, "kind": "image", "role": "source", "media_type": "image/png",
        "size_bytes": path.stat().st_size, "content_hash": name, "path": path, "external": False, "missing": False, "project_id": "p",
        "job_id": None, "created_at": 0.0, "meta": meta, **changes,
    }  # fmt: skip
    return Artifact(**values)


def asked(**fields: Any) -> GenerateImage:
    """A request as it is prepared for the tiny model."""
    return GenerateImage(**{"prompt": "a fox", "model": "tiny-sdxl", "width": 64, "height": 64, "steps": 12, "guidance": 5.0, **fields})
