"""ComfyUI's drawn workflow, turned into the graph its API takes: for files in which only the drawing was kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.imaging.infotext.found import items, mapping, text_of

Json = Any
MOST_NODES = 5000
_MUTED = (2, 4)  # modes of a node: never run, and passed by
# Values stand in the drawing without their names; these are their places in the nodes that everybody uses.
_WIDGETS: Mapping[str, tuple[str, ...]] = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "SamplerCustom": ("", "noise_seed", "", "cfg"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", ""),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "UnetLoaderGGUF": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": ("width", "height"),
    "EmptySD3LatentImage": ("width", "height"),
    "CLIPSetLastLayer": ("stop_at_clip_layer",),
    "PrimitiveNode": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "LoadImage": ("image_name",),
}


def to_prompt(workflow: Mapping[str, Json]) -> dict[str, Json]:
    """id -> ``{class_type, inputs}``; empty where it is no workflow."""
    nodes = [mapping(node) for node in items(workflow.get("nodes"))[:MOST_NODES]]
    sources = _links(items(workflow.get("links")))
    passed = {str(node.get("id")): node for node in nodes if node.get("mode") in _MUTED or node.get("type") == "Reroute"}
    made: dict[str, Json] = {}
    for node in nodes:
        kind = text_of(node.get("type"))
        if not kind or str(node.get("id")) in passed:
            continue
        inputs = _values(kind, node.get("widgets_values"))
        for slot in items(node.get("inputs")):
            source = _source(mapping(slot).get("link"), sources, passed)
            if source is not None and text_of(mapping(slot).get("name")):
                inputs[text_of(mapping(slot).get("name"))] = list(source)
        made[str(node.get("id"))] = {"class_type": kind, "inputs": inputs}
    return made


def _links(rows: list[Json]) -> dict[Json, tuple[str, int]]:
    """Link -> the node and slot that it comes from; both forms of the file have it."""
    found: dict[Json, tuple[str, int]] = {}
    for row in rows:
        if isinstance(row, list) and len(row) >= 3 and isinstance(row[0], int):
            found[row[0]] = (str(row[1]), row[2] if isinstance(row[2], int) else 0)
        elif isinstance(row, Mapping) and isinstance(row.get("id"), int):
            found[row["id"]] = (str(row.get("origin_id")), 0)
    return found


def _source(link: Json, sources: Mapping[Json, tuple[str, int]], passed: Mapping[str, Mapping[str, Json]]) -> tuple[str, int] | None:
    """Where a link comes from, through nodes that only pass things on."""
    for _ in range(50):
        if not isinstance(link, int) or link not in sources:
            return None
        source = sources[link]
        if source[0] not in passed:
            return source
        link = next((mapping(slot).get("link") for slot in items(passed[source[0]].get("inputs"))), None)
    return None


def _values(kind: str, values: Json) -> dict[str, Json]:
    if isinstance(values, Mapping):
        return dict(values)
    return {name: value for name, value in zip(_WIDGETS.get(kind, ()), items(values), strict=False) if name and not isinstance(value, list)}
