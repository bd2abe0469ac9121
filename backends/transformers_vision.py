"""Chat about pictures with Qwen-VL and SmolVLM (Idefics 3) models in this process, by transformers and PIL.

The models' own processor classes want torchvision and more for videos; what a picture becomes in the prompt is therefore written here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backends.base import Footprint, OnStep, Shape
from backends.chat import ChatCall
from backends.pictures import pictures_of
from backends.token_loop import Prompt
from backends.transformers_chat import TransformersChat
from backends.transformers_load import SAFE
from configs.errors import BadMedia, Unavailable


@dataclass(frozen=True)
class Sight:
    """How one family of models puts pictures into a prompt.

    Attributes:
        mark: the control word that stands for a picture in the rendered template.
        read: (image processor, pictures) -> inputs of the model, with what `words` needs.
        words: (inputs, model config) -> for each picture, the control words that take the place of its mark.
        inputs: names of the inputs that are handed on to the model.
    """

    mark: str
    read: Callable[[Any, Sequence[Any]], Mapping[str, Any]]
    words: Callable[[Mapping[str, Any], Any], list[str]]
    inputs: tuple[str, ...]


def _read_qwen(processor: Any, pictures: Sequence[Any]) -> Mapping[str, Any]:
    return {**processor(images=list(pictures), return_tensors="pt"), "merge": processor.merge_size}


def _words_qwen(read: Mapping[str, Any], config: Any) -> list[str]:
    return ["<|image_pad|>" * int(grid.prod() // read["merge"] ** 2) for grid in read["image_grid_thw"]]


def _read_idefics(processor: Any, pictures: Sequence[Any]) -> Mapping[str, Any]:
    return dict(processor(images=[list(pictures)], return_tensors="pt", return_row_col_info=True))


def _words_idefics(read: Mapping[str, Any], config: Any) -> list[str]:
    """A picture in one piece, or row by row in tiles with the whole at the end."""
    eye = config.vision_config
    once = "<image>" * ((eye.image_size // eye.patch_size) ** 2 // config.scale_factor**2)
    fake = "<fake_token_around_image>"
    whole = f"{fake}<global-img>{once}{fake}"
    made = []
    for rows, columns in zip(read["rows"][0], read["cols"][0], strict=True):
        lines = ["".join(f"{fake}<row_{row}_col_{column}>{once}" for column in range(1, columns + 1)) + "\n" for row in range(1, rows + 1)]
        made.append("".join(lines) + ("\n" if lines else "") + whole)
    return made


QWEN = Sight("<|image_pad|>", _read_qwen, _words_qwen, ("pixel_values", "image_grid_thw"))
IDEFICS = Sight("<image>", _read_idefics, _words_idefics, ("pixel_values", "pixel_attention_mask"))
SIGHTS: Mapping[str, Sight] = {
    "qwen2_vl": QWEN, "qwen2_5_vl": QWEN, "qwen3_vl": QWEN, "qwen3_vl_moe": QWEN, "qwen3_5": QWEN, "idefics3": IDEFICS, "smolvlm": IDEFICS,
}  # fmt: skip


class TransformersVision(TransformersChat):
    """One language model that sees."""

    auto_class = "AutoModelForImageTextToText"
    pictures = True
    _processor: Any = None
    _sight: Sight | None = None

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        self._sight = self._family()
        return super().load(on_step)

    def forget(self) -> None:
        """The processor of pictures as well."""
        self._processor = None
        super().forget()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """What words need, and the eye's activations as though every token were of a picture."""
        words = super().working_bytes(operation, shape)
        if self._model is None:
            return words
        eye = self._model.config.vision_config
        patches = min(shape.get("tokens", self.context_tokens), self.context_tokens) * self._patches_per_token()
        wide = 4 * eye.hidden_size + 2 * (getattr(eye, "intermediate_size", None) or 4 * eye.hidden_size)
        return words + int(patches * wide * self._model.dtype.itemsize)

    def _patches_per_token(self) -> int:
        config = self._model.config
        return int(getattr(config.vision_config, "spatial_merge_size", None) or getattr(config, "scale_factor", None) or 2) ** 2

    def _prompt(self, call: ChatCall) -> tuple[Prompt, bool]:
        import torch

        assert self._sight is not None
        text = self._render(call)
        seen = self._pictures(call)
        if not seen:
            return super()._prompt(call)
        read = self._sight.read(self._processor, seen)
        words = self._sight.words(read, self._model.config)
        tokens = torch.tensor([self._encode(filled(text, self._sight.mark, words))])
        extras = {name: read[name].to(self.device.name) for name in self._sight.inputs if name in read}
        extras["pixel_values"] = extras["pixel_values"].to(self._model.dtype)
        if "image_grid_thw" in extras:  # Qwen: which positions belong to pictures
            extras["mm_token_type_ids"] = (tokens == self._model.config.image_token_id).int().to(self.device.name)
        return Prompt(tokens.to(self.device.name), extras), text.rstrip().endswith("<think>")

    def _pictures(self, call: ChatCall) -> list[Any]:
        return pictures_of(call, self.installed.card.max_pixels)

    def _load_words(self) -> None:
        from transformers import AutoImageProcessor

        super()._load_words()
        try:
            self._processor = AutoImageProcessor.from_pretrained(self.installed.folder, backend="pil", **SAFE)
        except Exception as error:
            said = str(error).strip().splitlines()[:1] or [type(error).__name__]
            sentence = f"The picture settings of {self.installed.card.title} cannot be read: {said[0].rstrip('.')}."
            raise BadMedia(sentence, "Install the model again.", "damaged") from None

    def _family(self) -> Sight:
        kind = ""
        try:
            kind = str(json.loads((self.installed.folder / "config.json").read_text(encoding="utf-8")).get("model_type"))
        except (OSError, ValueError, AttributeError):
            raise BadMedia(f"{self.installed.folder} has no readable config.json.", "Install the model again.", "damaged") from None
        if kind not in SIGHTS:
            known = ", ".join(SIGHTS)
            raise Unavailable(
                f"{self.installed.card.title} is of the family {kind!r}, whose pictures this engine cannot read.", f"Families: {known}."
            )
        return SIGHTS[kind]


def filled(text: str, mark: str, words: Sequence[str]) -> str:
    """The text with each mark replaced by its words; marks that people wrote are marked as text and stay."""
    pieces = text.split(mark)
    made, used = pieces[0], 0
    for before, after in pairwise(pieces):
        if before.endswith("\ue000"):
            made += mark + after
        else:
            made += words[used] + after
            used += 1
    assert used == len(words), f"{used} places for {len(words)} pictures"
    return made
