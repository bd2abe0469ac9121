"""A model's features for comparing pictures, within a job of the gpu lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.imaging.consistency.features import Features
from app.imaging.consistency.models import BUILT_IN_MODEL
from configs.errors import BadInput
from jobs.context import JobContext

SIDE_PX = 224


def features_of(model: str | None, job: JobContext) -> tuple[Features | None, str]:
    """(What describes pictures by that model, its title); (None, "") for the built-in descriptor."""
    if model in (None, BUILT_IN_MODEL):
        return None, ""
    name = str(model)
    return lambda images: described_by(name, images, job), job.installed(name).card.title


def described_by(name: str, images: Sequence[Any], job: JobContext) -> Any:
    """float32 (n, dimensions), one unit vector per picture; the model is leased for this call alone.

    Raises BadInput for a model that describes no pictures, and `JobCancelled`.
    """
    import numpy as np

    def stops() -> bool:
        job.raise_if_cancelled()
        return False

    def look(engine: Any) -> Any:
        if not hasattr(engine, "features"):
            raise BadInput(f"The model {name} describes no pictures.", "`models list` shows what each is for.", "wrong_task")
        return engine.features(list(images), stops)

    found = job.with_model(name, "features", {"images": len(images), "width": SIDE_PX, "height": SIDE_PX}, look)
    return np.frombuffer(found.data, dtype="<f4").reshape(found.count, found.dimensions)
