"""How a job follows one picture in the making: progress, previews, the kept state, cancelling."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.imaging.resume import Kept
from backends.images import ImageHooks
from jobs.context import JobCancelled, JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

PREVIEW_PX, PREVIEW_QUALITY = 512, 80


@dataclass
class Watch:
    """Of one picture.

    Attributes:
        index, count: which of how many.
        attempt: 0, and one more each time it is made again because it is too unlike its character.
        steps: how many sampling steps it takes, as far as is known.
    """

    job: JobContext
    index: int
    count: int
    attempt: int = 0
    preview_every: int = 1
    steps: int = 0
    kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        self.kept = Kept(self.job, f"{self.index}-{self.attempt}")

    @property
    def title(self) -> str:
        """``Picture 2 of 4``."""
        again = f", attempt {self.attempt + 1}" if self.attempt else ""
        return (f"Picture {self.index + 1} of {self.count}" if self.count > 1 else "Picture") + again

    def hooks(self) -> ImageHooks:
        """For the engine; goes on from the newest kept state, whether it is this process's or an earlier one's."""
        return ImageHooks(
            on_step=self.stepped, on_preview=self.preview if self.preview_every else None, preview_every=max(1, self.preview_every),
            on_keep=self.kept.keep, resume=self.kept.state, is_cancelled=self.is_cancelled,
        )  # fmt: skip

    def at(self, share: float, message: str) -> None:
        """Tells how far this picture is, 0 to 1; raises `JobCancelled`."""
        self.job.progress((self.index + min(1.0, max(0.0, share))) / self.count, message)

    def loading(self, fraction: float, message: str) -> None:
        """The model is on its way; the bar waits."""
        self.at(0.0, message or self.title)

    def stepped(self, step: int, steps: int) -> None:
        """One sampling step has ended."""
        self.steps = steps
        self.at(0.02 + 0.93 * step / max(1, steps), f"{self.title}: step {step} of {steps}")

    def preview(self, image: Image, step: int) -> None:
        """Shows what the picture looks like so far."""
        small = image.convert("RGB")
        small.thumbnail((PREVIEW_PX, PREVIEW_PX))
        data = io.BytesIO()
        small.save(data, "JPEG", quality=PREVIEW_QUALITY)
        text = base64.b64encode(data.getvalue()).decode()
        self.job.emit("preview", {"image": self.index, "step": step, "steps": self.steps, "jpeg": text})

    def is_cancelled(self) -> bool:
        """Asked within a step."""
        try:
            self.job.raise_if_cancelled()
        except JobCancelled:
            return True
        return False
