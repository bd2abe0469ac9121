"""The lanes of worker processes a studio has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from app.models.desk import GPU, start_data
from app.models.learned import Learned
from configs.settings import Settings
from jobs.lane import LaneSpec


@dataclass(frozen=True)
class Workers:
    """What worker processes build, and whether an idle one is kept ready beside the busy ones."""

    target: str
    gpu_target: str
    keep_spare: bool


def lanes(settings: Settings, workers: Workers, learned: Learned) -> dict[str, LaneSpec]:
    """Several processes for the processor, and one that owns the models, started when it is first needed."""
    models = LaneSpec(
        workers=1, target=workers.gpu_target, jobs_each=settings.model_jobs, on_demand=True, recycle=False,
        start_data=partial(start_data, settings, learned),
    )  # fmt: skip
    return {"cpu": LaneSpec(workers=settings.cpu_workers, target=workers.target, keep_spare=workers.keep_spare), GPU: models}
