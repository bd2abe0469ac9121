"""Models of endpoints as installed models: their files lie elsewhere, so they need no installing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from backends.base import Installed
from backends.cards import ComponentLicence, ModelCard, Source, Variant
from configs.endpoints import Endpoint, EndpointModel

ENGINE = "openai-endpoint"


def endpoint_models(endpoints: Sequence[Endpoint]) -> list[Installed]:
    """One installed model for each model of each endpoint, in their order."""
    return [_installed(endpoint, model) for endpoint in endpoints for model in endpoint.models]


def card_name(endpoint: Endpoint, model: EndpointModel) -> str:
    """``ollama-qwen3-8b``: the endpoint's name and what is left of the model's."""
    return f"{endpoint.name}-{re.sub(r'[^a-z0-9.]+', '-', model.name.lower()).strip('-')}"


def _installed(endpoint: Endpoint, model: EndpointModel) -> Installed:
    licence = ComponentLicence(component="service", name=model.licence, commercial=model.commercial)
    card = ModelCard(
        name=card_name(endpoint, model), title=f"{model.name} ({endpoint.name})", summary=f"Runs at {endpoint.url}.", task=model.task,
        engine=ENGINE, source=Source(path=endpoint.url), licences=(licence,), context_tokens=model.context_tokens,
        dimensions=model.dimensions, variants=(Variant(name="remote", download_bytes=0, weights_bytes=1, working_bytes=0),),
    )  # fmt: skip
    return Installed(card, card.variant(), Path(endpoint.url), in_place=True, options={"endpoint": endpoint, "model": model})
