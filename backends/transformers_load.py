"""A language model's folder to host memory: safetensors only, nothing of the model's own code, cancellable, with NF4 where it works."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backends.base import Device, Installed, OnStep, OutOfMemory
from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY, is_pickle, refuse_unsafe
from configs.errors import BadMedia, StudioError

_LOADING = threading.Lock()  # the library's progress hook is one for the process
SAFE = {"local_files_only": True, "trust_remote_code": False}


def check_folder(installed: Installed) -> tuple[Path, ...]:
    """The weight files of a model's folder.

    Raises:
        BadMedia: there are none, they are pickles, or one is damaged.
    """
    folder = installed.folder
    if not (folder / "config.json").is_file():
        raise BadMedia(f"{folder} has no config.json, so {installed.card.title} cannot be built.", "Install the model again.", "damaged")
    weights = tuple(sorted(folder.glob("*.safetensors")))
    if not weights:
        pickles = [path for path in sorted(folder.glob("*.bin")) + sorted(folder.glob("*.pt*")) if is_pickle(path)]
        if pickles:
            raise BadMedia(f"{pickles[0].name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
        raise BadMedia(f"{folder} has no .safetensors file.", "Install the model again.", "damaged")
    for path in weights:
        refuse_unsafe(path)
    return weights


def load_model(
    auto_class: Any, installed: Installed, device: Device, on_step: OnStep, notes: list[str], attention: str = "sdpa"
) -> Any:  # fmt: skip
    """The model in host memory, ready for inference; why a wider form than wanted was taken is added to ``notes``.

    Args:
        attention: which implementation; "eager" for architectures that know no other.

    Raises:
        StudioError: the files are damaged or of an architecture that this library version does not know.
        OutOfMemory: host memory does not suffice. And what ``on_step`` raises.
    """
    check_folder(installed)
    watch = LoadWatch(on_step, installed.card.title)
    quantised = _quantisation(installed, device, notes)
    if quantised is not None:
        try:
            return _attempt(auto_class, installed, device, watch, quantised, attention)
        except (StudioError, OutOfMemory) as error:
            if watch.stopped is not None:
                raise
            notes.append(f"NF4 could not be used ({error}); the wider form was loaded instead.")
        gc.collect()
    return _attempt(auto_class, installed, device, watch, None, attention)


def dtype_of(installed: Installed, device: Device) -> Any:
    """The torch type that a variant's weights are held in.

    fp16 becomes bf16 on a CPU, where half precision is slow or missing; bf16 becomes fp16 on a GPU that has none.
    """
    import torch

    name = installed.variant.name.lower()
    if device.is_cpu:
        return torch.float32 if name.startswith("fp32") else torch.bfloat16
    if name.startswith("fp32"):
        return torch.float32
    if name.startswith("fp16") or not torch.cuda.is_bf16_supported():
        return torch.float16
    return torch.bfloat16


def quantised_on(installed: Installed, device: Device) -> str:
    """Where NF4 is made: on the GPU, tensor by tensor, while it has room for the small form twice; a processor takes minutes."""
    if device.is_cpu:
        return "cpu"
    import torch

    free, _ = torch.cuda.mem_get_info(device.name)
    return device.name if free > 2 * installed.variant.weights_bytes else "cpu"


def _quantisation(installed: Installed, device: Device, notes: list[str]) -> Any:
    if installed.variant.quantise is None:
        return None
    try:
        import bitsandbytes  # noqa: F401
        from transformers import BitsAndBytesConfig

        if installed.variant.quantise == "int8":
            return BitsAndBytesConfig(load_in_8bit=True)
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype_of(installed, device),
        )
    except Exception as error:  # a library built for another CUDA version fails with whatever its loader raises
        notes.append(f"NF4 needs bitsandbytes, which does not work here ({_sentence(error)}); the wider form was loaded instead.")
        return None


def _attempt(auto_class: Any, installed: Installed, device: Device, watch: LoadWatch, quantised: Any, attention: str) -> Any:
    title, options = installed.card.title, dict(SAFE)
    if quantised is not None:
        where = quantised_on(installed, device)
        options |= {"quantization_config": quantised, "device_map": {"": where}}  # type: ignore[dict-item]
    said = ""
    try:
        with watching(watch):
            model, report = auto_class.from_pretrained(
                installed.folder, dtype=dtype_of(installed, device), use_safetensors=True, output_loading_info=True,
                attn_implementation=attention, **options,
            )  # fmt: skip
    except MemoryError as error:
        model, said, full = None, _sentence(error), True
    except Exception as error:
        if watch.stopped is not None:
            raise watch.stopped from None
        model, said, full = None, _sentence(error), _is_memory(error)
    if model is None:
        if full:
            raise OutOfMemory(f"{title} does not fit into memory: {said}")
        raise BadMedia(f"{title} cannot be loaded from {installed.folder}: {said}.", "Install the model again.", "damaged")
    missing = sorted(report["missing_keys"])
    if missing:
        raise BadMedia(
            f"{title} is not whole: {len(missing)} tensors are missing from its files, {missing[0]} among them.",
            "Install the model again.", "damaged",
        )  # fmt: skip
    return model.eval().requires_grad_(False)


class LoadWatch:
    """Passes the library's progress on, tensor by tensor; keeps what the listener raised."""

    def __init__(self, on_step: OnStep, title: str) -> None:
        self._on_step, self._title, self._thread = on_step, title, threading.get_ident()
        self.stopped: BaseException | None = None

    def step(self, fraction: float) -> None:
        try:
            self._on_step(fraction, f"Loading {self._title}")
        except BaseException as error:
            self.stopped = error
            raise

    def bar(self, factory: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Stands in for the library's progress bar while this thread loads."""
        items = arguments[0] if arguments else options.get("iterable")
        if threading.get_ident() != self._thread or items is None:
            return factory(*arguments, **options)
        return self._through(items)

    def _through(self, items: Sequence[Any]) -> Iterator[Any]:
        count = max(1, len(items))
        for index, item in enumerate(items):
            self.step(index / count)
            yield item


@contextmanager
def watching(watch: LoadWatch) -> Iterator[None]:
    """The library's loading bar tells ``watch`` inside the block; versions without the hook load in one step."""
    from transformers.utils import logging

    hook = getattr(logging, "set_tqdm_hook", None)
    with _LOADING:
        watch.step(0.0)
        before = hook(watch.bar) if hook else None
        try:
            yield
        finally:
            if hook:
                hook(before)
    watch.step(1.0)


def _is_memory(error: BaseException) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error) or "can't allocate memory" in str(error)


def _sentence(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0].rstrip(".:") if lines else type(error).__name__)[:300]
