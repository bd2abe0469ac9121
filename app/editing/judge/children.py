"""Children of a job that is tried again: what ran well or still runs is used, what failed is done anew."""

from __future__ import annotations

from collections.abc import Mapping

from configs.errors import StudioError
from jobs.context import JobContext
from storage.records import Json


def child(job: JobContext, key: str, capability: str, request: Mapping[str, Json]) -> Json:
    """A child's result. In a later attempt a child that failed before gets a second key; one that is under way is waited for.

    Raises:
        StudioError: the child failed in this attempt.
    """
    try:
        return job.run(key, capability, request)
    except StudioError:
        if job.attempt == 1:
            raise
        return job.run(f"{key}-{job.attempt}", capability, request)
