"""Reads ComfyUI's graphs: from the sampler back to its texts, model, LoRAs and size. Nothing in a graph is ever run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.imaging.infotext.comfyui_workflow import to_prompt
from app.imaging.infotext.found import Found, Json, items, mapping, number, parsed, text_of

SOURCE = "ComfyUI"
MOST_NODES = 5000
_DEEPEST = 60  # connections followed from one input
_SAMPLERS = {  # class -> inputs that hold the positive and the negative conditioning
    "KSampler": ("positive", "negative"), "KSamplerAdvanced": ("positive", "negative"), "KSampler (Efficient)": ("positive", "negative"),
    "KSampler Adv. (Efficient)": ("positive", "negative"), "SamplerCustom": ("positive", "negative"),
    "SamplerCustomAdvanced": ("guider", ""), "FaceDetailer": ("positive", "negative"), "UltimateSDUpscale": ("positive", "negative"),
}  # fmt: skip
_PASSED = ("FaceDetailer", "UltimateSDUpscale")  # they touch up what another sampler has made
_TEXTS = ("text", "text_g", "prompt", "t5xxl", "text_l", "clip_l", "value", "string", "populated_text", "wildcard_text", "positive")
_LOADERS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "gguf_name")
_ON_THE_WAY = (  # inputs that lead on from a node that changes what passes through it
    "conditioning", "conditioning_1", "conditioning_to", "conditioning1", "positive", "model", "guider", "samples", "latent_image",
    "latent", "clip", "source", "any", "input", "pipe", "value", "string", "text", "image", "pixels", "sigmas", "anything", "noise_mask",
)  # fmt: skip


@dataclass
class Graph:
    """A prompt as ComfyUI's API takes it: id -> node, and what was noticed on the way."""

    nodes: Mapping[str, Mapping[str, Json]]
    found: Found
    unknown: set[str] = field(default_factory=set)

    def kind(self, node: str) -> str:
        """The class of a node."""
        return text_of(self.nodes[node].get("class_type"))

    def inputs(self, node: str) -> Mapping[str, Json]:
        """A node's inputs: values, or links ``[id, slot]``."""
        return mapping(self.nodes[node].get("inputs"))

    def linked(self, value: Json) -> str | None:
        """The node that a link comes from."""
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int) and str(value[0]) in self.nodes:
            return str(value[0])
        return None

    def value(self, value: Json) -> Json:
        """A plain value, or what the node behind a link holds as one; None where that has to be computed."""
        for _ in range(_DEEPEST):
            node = self.linked(value)
            if node is None:
                return None if isinstance(value, list | dict) else value
            inputs = self.inputs(node)
            value = next(
                (inputs[name] for name in ("value", "seed", "noise_seed", "int", "float", "Number", "number") if name in inputs), None
            )
        return None


def read_comfyui(texts: Mapping[str, str]) -> Found | None:
    """From ``prompt``, else from ``workflow``; None where neither is a graph of ComfyUI's."""
    nodes = _nodes(parsed(texts.get("prompt")))
    found = Found(SOURCE)
    if not nodes:
        nodes = _nodes(to_prompt(mapping(parsed(texts.get("workflow")))))
        if not nodes:
            return None
        found.notes.append("Only the drawn workflow is in the file; values are taken from where its nodes usually keep them.")
    graph = Graph(nodes, found)
    sampler = _main_sampler(graph)
    if sampler is None:
        found.notes.append(f"None of its {len(nodes)} nodes is a sampler that is known here.")
        return found
    _sampling(graph, sampler)
    _conditioning(graph, sampler)
    _model(graph, sampler)
    _size(graph, sampler)
    if graph.unknown:
        found.notes.append(f"Not understood, and passed over: {', '.join(sorted(graph.unknown)[:8])}.")
    return found


def _nodes(data: Json) -> dict[str, Mapping[str, Json]]:
    rows = mapping(data)
    if len(rows) > MOST_NODES:
        return {}
    return {str(key): row for key, row in rows.items() if isinstance(row, Mapping) and isinstance(row.get("class_type"), str)}


def _main_sampler(graph: Graph) -> str | None:
    """The sampler that made the picture: of several in a row the first, from whose noise the picture came."""
    samplers = [node for node in graph.nodes if graph.kind(node) in _SAMPLERS and graph.kind(node) not in _PASSED]
    samplers = samplers or [node for node in graph.nodes if _looks_like_sampler(graph, node)]
    if not samplers:
        return None
    if len(samplers) > 1:
        graph.found.notes.append(f"It has {len(samplers)} samplers; the settings are those of the first, the others refine its picture.")
    first = [node for node in samplers if not _behind(graph, node, set(samplers) - {node})]
    return min(first or samplers, key=_order)


def _looks_like_sampler(graph: Graph, node: str) -> bool:
    return {"seed", "steps", "cfg"} <= graph.inputs(node).keys()


def _behind(graph: Graph, node: str, others: set[str]) -> bool:
    """Whether a sampler's latent comes from another sampler."""
    inputs = graph.inputs(node)
    return any(found in others for found in _upstream(graph, inputs.get("latent_image", inputs.get("samples"))))


def _order(node: str) -> tuple[int, str]:
    return (int(node) if node.isdecimal() and len(node) < 12 else 1 << 40, node)


def _upstream(graph: Graph, value: Json) -> list[str]:
    """The nodes from a link back along what passes through them, nearest first."""
    found: list[str] = []
    open_ = [graph.linked(value)]
    while open_ and len(found) < 4 * _DEEPEST:
        node = open_.pop(0)
        if node is None or node in found:
            continue
        found.append(node)
        inputs = graph.inputs(node)
        open_ += [graph.linked(inputs[name]) for name in _ON_THE_WAY if name in inputs]
    return found


def _sampling(graph: Graph, sampler: str) -> None:
    found, inputs = graph.found, graph.inputs(sampler)
    sources = [inputs] + [
        graph.inputs(node) for name in ("sigmas", "sampler", "noise", "guider") for node in _upstream(graph, inputs.get(name))
    ]

    def said(*names: str) -> Json:
        for source in sources:
            for name in names:
                if name in source:
                    value = graph.value(source[name])
                    if value is not None:
                        return value
        return None

    found.say("seed", said("seed", "noise_seed"))
    found.say("steps", said("steps"))
    found.say("guidance", _flux_guidance(graph, inputs) or said("cfg"))
    found.say("sampler", text_of(said("sampler_name")))
    found.say("schedule", text_of(said("scheduler")))
    strength = number(said("denoise"))
    if strength is not None and strength < 1:
        found.say("strength", strength)
        found.notes.append("It was made from another picture, which is not in the file: choose it again, or leave it out.")
    skipped = next(
        (number(graph.inputs(node).get("stop_at_clip_layer")) for node in graph.nodes if graph.kind(node) == "CLIPSetLastLayer"), None
    )
    if skipped is not None and skipped < 0:
        found.say("clip_skip", -skipped)


def _flux_guidance(graph: Graph, inputs: Mapping[str, Json]) -> Json:
    """Of models that are told it in words: their cfg is always 1."""
    for node in [*_upstream(graph, inputs.get("positive")), *_upstream(graph, inputs.get("guider"))]:
        if "Guidance" in graph.kind(node) and "guidance" in graph.inputs(node):
            return graph.value(graph.inputs(node)["guidance"])
    return None


def _conditioning(graph: Graph, sampler: str) -> None:
    positive, negative = _SAMPLERS.get(graph.kind(sampler), ("positive", "negative"))
    inputs = graph.inputs(sampler)
    if positive == "guider":
        guider = graph.linked(inputs.get("guider"))
        inputs = graph.inputs(guider) if guider is not None else {}
        positive, negative = ("positive", "negative") if "positive" in inputs else ("conditioning", "")
    for name, key in (("prompt", positive), ("negative", negative)):
        found = [_text(graph, node) for node in _upstream(graph, inputs.get(key))] if key else []
        texts = list(dict.fromkeys(text for text in found if text))
        if texts:
            graph.found.say(name, ", ".join(texts[:4]))
        for node in _upstream(graph, inputs.get(key)) if key else ():
            _notice(graph, node)
    if "prompt" not in graph.found.settings:
        graph.found.notes.append("Its prompt is put together by nodes that are not known here; write it anew.")


def _text(graph: Graph, node: str) -> str:
    """The words of a text-encode node, also where another node holds them."""
    inputs = graph.inputs(node)
    if "clip" not in inputs and "CLIPTextEncode" not in graph.kind(node) and "Text Encode" not in graph.kind(node):
        return ""
    for name in _TEXTS:
        value = inputs.get(name)
        for _ in range(_DEEPEST):
            if isinstance(value, str):
                if value.strip():
                    return value.strip()
                break
            source = graph.linked(value)
            if source is None:
                break
            held = graph.inputs(source)
            value = next((held[key] for key in _TEXTS if key in held), None)
    return ""


def _notice(graph: Graph, node: str) -> None:
    kind = graph.kind(node)
    if "ControlNet" in kind:
        graph.unknown.add("ControlNet (its picture is not in the file)")
    elif "IPAdapter" in kind:
        graph.unknown.add("IP-Adapter (its picture is not in the file)")


def _model(graph: Graph, sampler: str) -> None:
    found, inputs = graph.found, graph.inputs(sampler)
    start = inputs.get("model")
    if start is None:
        guider = graph.linked(inputs.get("guider"))
        start = graph.inputs(guider).get("model") if guider is not None else None
    for node in _upstream(graph, start):
        held = graph.inputs(node)
        name = next((text_of(graph.value(held[key])) for key in _LOADERS if key in held and text_of(graph.value(held[key]))), "")
        if name and not found.model:
            found.model = name
        _loras(graph, held)
        _notice(graph, node)
    found.loras.reverse()  # they were met from the sampler backwards


def _loras(graph: Graph, held: Mapping[str, Json]) -> None:
    """Of one node: a loader of one, or a stack of rows."""
    name = text_of(graph.value(held.get("lora_name")))
    rows: list[tuple[str, Json, Json]] = []
    if name:
        rows.append((name, held.get("strength_model", held.get("lora_wt", 1.0)), held.get("strength_clip")))
    for value in held.values():
        row = mapping(value)
        if text_of(row.get("lora")) and row.get("on", True) is not False:
            rows.append((text_of(row.get("lora")), row.get("strength", 1.0), row.get("strengthTwo")))
    for number_ in range(1, 51):
        stacked = text_of(held.get(f"lora_name_{number_}")) or text_of(held.get(f"lora_{number_}"))
        if stacked and stacked != "None":
            rows.append((stacked, held.get(f"model_str_{number_}", held.get(f"lora_wt_{number_}", 1.0)), held.get(f"clip_str_{number_}")))
    for lora, weight, text in rows:
        whole, words = number(graph.value(weight)), number(graph.value(text))
        whole = 1.0 if whole is None else whole
        graph.found.loras.append({"name": lora, "weight": whole, "text_weight": words if words is not None and words != whole else None})


def _size(graph: Graph, sampler: str) -> None:
    inputs = graph.inputs(sampler)
    for node in _upstream(graph, inputs.get("latent_image", inputs.get("latent"))):
        held = graph.inputs(node)
        wide, high = (number(graph.value(held.get(name, held.get(f"empty_latent_{name}")))) for name in ("width", "height"))
        if wide and high and "pscale" not in graph.kind(node):
            graph.found.say("width", wide)
            graph.found.say("height", high)
            return
    for node in _upstream(graph, inputs.get("latent_image", inputs.get("latent"))):
        if items(graph.inputs(node).get("image")) or "LoadImage" in graph.kind(node):
            graph.found.notes.append("It starts from a picture, which is not in the file.")
            return
