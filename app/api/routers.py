"""THE table of routers. To add one: write its file, name it here."""

from __future__ import annotations

from fastapi import APIRouter

from app.api import (
    adapters,
    artifacts,
    boards,
    catalogue,
    characters,
    edits,
    events,
    health,
    image_choices,
    images,
    jobs,
    keys,
    loaded,
    login,
    projects,
    reference,
    review,
    samples,
    thumbnails,
    uploads,
)
from app.api.v1 import chat, embeddings, models
from app.api.v1 import images as gateway_images

ROUTERS: tuple[APIRouter, ...] = (
    chat.router,  # the gateway first: addresses are compared one after the other, and its calls are the ones that count milliseconds
    embeddings.router,
    gateway_images.router,
    models.router,
    jobs.router,
    events.router,
    uploads.router,
    artifacts.router,
    thumbnails.router,
    review.router,
    edits.router,
    boards.router,
    images.router,
    image_choices.router,
    characters.router,
    samples.router,
    projects.router,
    loaded.router,  # before the catalogue: /api/models/memory is no model's name
    catalogue.router,
    adapters.router,
    keys.router,
    health.router,
    login.router,
    reference.router,
)
