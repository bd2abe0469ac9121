"""Pictures: what the engine adds to the plain library, what kept states and previews cost, whether going on ends with the same bits.

On any machine with a tiny random SDXL, whose step takes so little that what stands beside it weighs more than with any real one; what is
painted is noise. On an NVIDIA GPU also with full-size random weights, see `images_gpu.py`.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

Row = dict[str, Any]
SIDE, STEPS = 128, 20
MOST_BESIDE = 1.03  # ours beside the plain library
MOST_KEPT = 0.01  # of the time of a picture
MOST_SHOWN = 0.03
NEEDS = ("torch", "diffusers", "transformers", "peft")


def run(quick: bool) -> list[Row]:
    """A row per figure; one sentence where the libraries are not installed."""
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        return [{"what": f"{', '.join(missing)} not installed: nothing was measured"}]
    from tests.benchmarks import images_gpu

    turns = 3 if quick else 15
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_plain(Path(folder), turns), *_joined(Path(folder), turns), *_going_on(Path(folder), quick)]
    return [*rows, *images_gpu.run(quick)]


def _engine(folder: Path) -> Any:
    from tests.backends.tiny.painting import loaded
    from tests.backends.tiny.pictures import save_sdxl

    place = folder / "sdxl"
    if not place.exists():
        save_sdxl(place)
    return loaded(place)


def _call(**values: Any) -> Any:
    from tests.backends.tiny.painting import a_call

    return a_call(width=SIDE, height=SIDE, steps=STEPS, **values)


def _peer(folder: Path) -> tuple[Any, Callable[..., Any]]:
    """The plain pipeline on the same files, and a picture by it."""
    import torch
    from diffusers import StableDiffusionXLPipeline

    pipe = StableDiffusionXLPipeline.from_pretrained(folder / "sdxl", local_files_only=True)
    pipe.set_progress_bar_config(disable=True)

    def paint(**arguments: Any) -> Any:
        given = {"prompt": "a fox", "width": SIDE, "height": SIDE, "num_inference_steps": STEPS, "guidance_scale": 5.0, **arguments}
        return pipe(**given, generator=torch.Generator().manual_seed(3)).images[0]

    return pipe, paint


def seconds(work: Callable[[], object]) -> float:
    """Of this process: others on the machine do not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def in_turns(works: dict[str, Callable[[], object]], turns: int) -> dict[str, list[float]]:
    """Each in turn, so that all see the same machine; the first round is not counted."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(turns + 1):
        for name, work in works.items():
            took = seconds(work)
            if turn:
                found[name].append(took)
    return found


def _ratio(ours: list[float], peer: list[float]) -> float:
    return statistics.median(mine / theirs for mine, theirs in zip(ours, peer, strict=True))


def _plain(folder: Path, turns: int) -> list[Row]:
    from backends.images import ImageHooks

    engine = _engine(folder)
    _, paint = _peer(folder)
    states: list[bytes] = []
    keeping = ImageHooks(on_keep=lambda state, step: states.append(state))
    showing = ImageHooks(on_preview=lambda picture, step: None)
    found = in_turns(
        {
            "ours": lambda: engine.generate(_call(), ImageHooks()),
            "peer": paint,
            "keeping": lambda: engine.generate(_call(), keeping),
            "showing": lambda: engine.generate(_call(), showing),
        },
        turns,
    )
    same = engine.generate(_call(), ImageHooks()).image.tobytes() == paint().tobytes()
    engine.close()
    ratio = _ratio(found["ours"], found["peer"])
    kept, shown = _ratio(found["keeping"], found["ours"]) - 1, _ratio(found["showing"], found["ours"]) - 1
    one_ms = statistics.median(found["ours"]) * 1000
    return [
        {
            "what": f"a picture of {STEPS} steps, ms (peer: plain diffusers)", "ours": one_ms,
            "peer": statistics.median(found["peer"]) * 1000, "ratio": ratio, "target": MOST_BESIDE, "met": ratio <= MOST_BESIDE,
        },
        {"what": "the same bits as plain diffusers", "ours": same, "met": same},
        {"what": "keeping states, share of the time", "ours": kept, "target": MOST_KEPT, "met": kept <= MOST_KEPT, "bytes": len(states[0])},
        {"what": "a preview at every step, share of the time", "ours": shown, "target": MOST_SHOWN, "met": shown <= MOST_SHOWN},
    ]  # fmt: skip


def _joined(folder: Path, turns: int) -> list[Row]:
    """Two LoRAs: ours are in the weights, the library's are computed beside them."""
    from backends.images import ImageHooks, LoraInput
    from tests.backends.tiny.pictures import save_lora

    engine = _engine(folder)
    pipe, paint = _peer(folder)
    paths = [save_lora(folder / f"{name}.safetensors", seed=seed) for seed, name in enumerate(("luca", "style"))]
    try:
        for path in paths:
            pipe.load_lora_weights(folder, weight_name=path.name, adapter_name=path.stem)
        pipe.set_adapters([path.stem for path in paths], [0.7, 0.5])
        call = _call(loras=(LoraInput("luca", paths[0], 0.7), LoraInput("style", paths[1], 0.5)))
        found = in_turns({"ours": lambda: engine.generate(call, ImageHooks()), "peer": paint}, turns)
    finally:
        engine.close()
    ratio = _ratio(found["ours"], found["peer"])
    return [
        {
            "what": "a picture with two LoRAs, ms (peer: diffusers with PEFT)", "ours": statistics.median(found["ours"]) * 1000,
            "peer": statistics.median(found["peer"]) * 1000, "ratio": ratio, "target": MOST_BESIDE, "met": ratio <= MOST_BESIDE,
        }
    ]  # fmt: skip


def _going_on(folder: Path, quick: bool) -> list[Row]:
    from backends.base import Cancelled
    from backends.diffusion.samplers import SAMPLERS
    from backends.images import ImageHooks
    from tests.backends.tiny.painting import kept_states

    engine = _engine(folder)
    names = list(SAMPLERS)[:4] if quick else list(SAMPLERS)
    same = 0
    for name in names:
        call = replace(_call(sampler=name), steps=12, width=64, height=64)
        whole, states = kept_states(engine, call)
        same += all(engine.generate(call, ImageHooks(resume=state)).image.tobytes() == whole for state in states)
    late: list[int] = []
    for when in (1, 7, 13):
        done: list[int] = []
        hooks = ImageHooks(on_step=lambda at, of, done=done: done.append(at), is_cancelled=lambda done=done, when=when: len(done) >= when)  # type: ignore[misc]
        try:
            engine.generate(_call(), hooks)
        except Cancelled:
            late.append(len(done) - when)
    engine.close()
    return [
        {"what": "samplers that go on with the same bits", "ours": same, "target": len(names), "met": same == len(names)},
        {"what": "steps made after cancelling, the most of 3", "ours": max(late), "target": 1, "met": len(late) == 3 and max(late) <= 1},
    ]
