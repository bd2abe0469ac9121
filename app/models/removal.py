"""Removing a model, and checking that an installed one is still whole."""

from __future__ import annotations

from app.capability import capability
from app.models.catalogue import Catalogue
from app.models.forms import CheckedModel, CheckModel, RemovedModel, RemoveModel
from jobs.context import JobContext


@capability("model.remove", lane="io", title="Remove a model")
def remove_model(request: RemoveModel, job: JobContext) -> RemovedModel:
    """Deletes a model's files, finished and half downloaded, and says how many bytes that gave back.

    Refused while the model is in use; what belongs to another program is never deleted.
    """
    catalogue: Catalogue = job.part("catalogue")
    store = catalogue.store()
    here = any(entry.card.name == request.model and not entry.in_place for entry in store.installed())
    if here:
        catalogue.memory.require_unused(request.model)
    with catalogue.changing(request.model):
        freed = store.remove(request.model, request.variant)
    return RemovedModel(model=request.model, freed_bytes=freed)


@capability("model.check", lane="io", title="Check a model's files")
def check_model(request: CheckModel, job: JobContext) -> CheckedModel:
    """Reads every file of an installed model again and compares it with what was installed."""
    catalogue: Catalogue = job.part("catalogue")
    store = catalogue.store()
    wrong = store.verify(store.find(request.model, request.variant), job.progress)
    return CheckedModel(model=request.model, whole=not wrong, wrong=wrong)
