"""Between two passes of the model: progress, previews, kept states, cancelling; and going on from a kept state.

The library's pipelines begin at the beginning. To go on from pass n, everything before the loop runs as ever (so that masks, noise and
ControlNet's times are the same), the first n passes go by with the model and the sampler answering without computing, and at the end of
the n-th the latents, the random numbers and the sampler's memory are put back.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled
from backends.diffusion.state import Kept, pack, restore
from backends.images import KEEP_EVERY, ImageHooks

if TYPE_CHECKING:
    from PIL.Image import Image

Preview = Callable[[Any], "Image"]  # clean latents -> a small picture


@dataclass(frozen=True)
class Blend:
    """Puts back what a mask keeps: the original's latents at the noise level that the next pass begins with.

    Attributes:
        mask: [1, 1, h, w], 1 is made anew. original, noise: as the latents are.
    """

    mask: Any
    original: Any
    noise: Any

    def apply(self, latents: Any, scheduler: Any, next_time: Any) -> Any:
        """``next_time`` None: after the last pass."""
        kept = self.original
        if next_time is not None:
            time = next_time.reshape(1)
            kept = (
                scheduler.scale_noise(kept, time, self.noise)
                if hasattr(scheduler, "scale_noise")
                else scheduler.add_noise(kept, self.noise, time)
            )
        return ((1 - self.mask) * kept + self.mask * latents).to(latents.dtype)


class Watch:
    """Stands beside one run of a pipeline; `callback` is what the pipeline calls after each pass.

    Attributes:
        passes_run: passes of the model that were really made.
    """

    def __init__(
        self, hooks: ImageHooks, key: str, scheduler: Any, generator: Any, kept: Kept | None = None, preview: Preview | None = None,
        blend: Blend | None = None,
    ) -> None:  # fmt: skip
        self._hooks, self._key, self._scheduler, self._generator = hooks, key, scheduler, generator
        self._kept, self._preview, self._blend = kept, preview, blend
        self._seen: Any = None
        self._pass = 0
        self.passes_run = 0

    @property
    def skipping(self) -> bool:
        """Whether the present pass was made before."""
        return self._kept is not None

    def callback(self, pipe: Any, index: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """After pass ``index``, counted from 0."""
        done, total = index + 1, int(pipe.num_timesteps)
        self._pass = done
        if self._kept is not None:
            if done < self._kept.passes:
                return {}
            latents = restore(self._kept, self._scheduler, self._generator, tensors["latents"])
            self._kept = None
            return {"latents": latents}
        self.passes_run += 1
        latents = tensors["latents"]
        if self._blend is not None:
            times = self._scheduler.timesteps[-total:]
            latents = self._blend.apply(latents, self._scheduler, times[done] if done < total else None)
        if self._hooks.on_keep is not None and done % KEEP_EVERY == 0 and done < total:
            self._hooks.on_keep(pack(self._key, done, latents, self._generator, self._scheduler), done)
        self._show(latents, done)
        self._hooks.on_step(done, total)
        if self._hooks.is_cancelled():
            raise Cancelled("between two steps")
        return {"latents": latents}

    def _show(self, latents: Any, done: int) -> None:
        seen, self._seen = self._seen, None
        if self._hooks.on_preview is not None and self._preview is not None and self._shown(done):
            self._hooks.on_preview(self._preview(latents if seen is None else seen), done)

    def _shown(self, done: int) -> bool:
        return self._hooks.on_preview is not None and done % max(1, self._hooks.preview_every) == 0

    @contextmanager
    def attached(self, models: Sequence[Any], within: bool = True) -> Iterator[None]:
        """Lets the sampler and the models (the denoiser first, then what guides it) answer without computing while passes go by.

        Args:
            within: ask between two blocks of the denoiser as well whether to stop; a compiled one would be compiled anew for it.
        """
        scheduler, original = self._scheduler, self._scheduler.step

        randomly = "generator" in inspect.signature(original).parameters

        @wraps(original)
        def step(output: Any, time: Any, sample: Any, *arguments: Any, **options: Any) -> Any:
            if self.skipping:
                return (sample,)
            if self._shown(self._pass + 1):
                self._seen = clean(scheduler, output, time, sample)
            if randomly:  # some pipelines do not hand it on, and the numbers would be the process's
                options["generator"] = self._generator
            return original(output, time, sample, *arguments, **options)

        scheduler.step = step
        hooks = [block.register_forward_pre_hook(self._ask) for block in blocks_of(models[0])] if within and models else []
        before = [vars(model).get("forward") for model in models] if self.skipping else []
        try:
            for place, model in enumerate(models if self.skipping else ()):
                model.forward = self._passed_by(model, model.forward, place == 0)
            yield
        finally:
            for hook in hooks:
                hook.remove()
            del scheduler.step
            for model, forward in zip(models, before, strict=False):
                if forward is None:
                    vars(model).pop("forward", None)
                else:
                    model.forward = forward

    def _ask(self, *_: Any) -> None:
        if self._hooks.is_cancelled():
            raise Cancelled("within a step")

    def _passed_by(self, model: Any, forward: Callable[..., Any], denoises: bool) -> Callable[..., Any]:
        @wraps(forward)
        def answer(*arguments: Any, **options: Any) -> Any:
            if not self.skipping:
                return forward(*arguments, **options)
            given = arguments[0] if arguments else next(iter(_first(options).values()))
            if not denoises:
                return (), given.new_zeros(())
            channels = getattr(model.config, "out_channels", None)
            return (given[:, :channels] if hasattr(given, "dim") and given.dim() == 4 and channels else given,)

        return answer


def blocks_of(model: Any) -> list[Any]:
    """The blocks that a model repeats, as the library names them."""
    names = set(getattr(model, "_repeated_blocks", None) or ())
    return [module for module in model.modules() if type(module).__name__ in names]


def _first(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: options[name] for name in ("sample", "hidden_states") if name in options}


def clean(scheduler: Any, output: Any, time: Any, sample: Any) -> Any:
    """The picture without noise that a pass foresees: x0 of Song et al. 2021 (DDIM, equation 12), Karras et al. 2022 or straight paths."""
    kind, config = type(scheduler).__name__, scheduler.config
    prediction = config.get("prediction_type", "epsilon")
    if kind.startswith("FlowMatch") or prediction == "flow_prediction":
        return sample - (float(time) / config.num_train_timesteps) * output
    if prediction == "sample":
        return output
    if kind.endswith("DiscreteScheduler") and scheduler.step_index is not None:  # noise is added to an unscaled picture
        sigma = float(scheduler.sigmas[scheduler.step_index])
        if prediction == "v_prediction":
            return sample / (sigma**2 + 1) - output * (sigma / (sigma**2 + 1) ** 0.5)
        return sample - sigma * output
    kept = float(scheduler.alphas_cumprod[int(time)])
    if prediction == "v_prediction":
        return kept**0.5 * sample - (1 - kept) ** 0.5 * output
    return (sample - (1 - kept) ** 0.5 * output) / max(kept, 1e-4) ** 0.5
