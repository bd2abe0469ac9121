"""Parts of one checkpoint file, as A1111, Forge and civitai share them, loaded offline with the configs that the studio ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backends.checkpoint import read_header, refuse_unsafe
from backends.checkpoint_kinds import recognise
from backends.diffusion.kinds import Kind
from backends.families import FAMILIES, config_folder
from configs.errors import BadMedia

# What a whole checkpoint has of each part, and what the part is called in a sentence.
MARKS: Mapping[str, tuple[str, str]] = {
    "unet": ("model.diffusion_model.", "U-Net"),
    "vae": ("first_stage_model.", "VAE"),
    "text_encoder": ("conditioner.embedders.0.", "first text encoder"),
    "text_encoder_2": ("conditioner.embedders.1.", "second text encoder"),
}
INPUT = "model.diffusion_model.input_blocks.0.0.weight"


class CheckpointParts:
    """Reads the parts of a single file; only SDXL's can be read so, since only its parts are always all in one file."""

    def __init__(self, path: Path, kind: Kind, title: str, configs: Path) -> None:
        self._path, self._kind, self._title, self._cache = path, kind, title, configs
        self._tensors: dict[str, Any] | None = None
        self.settings = {"force_zeros_for_empty_prompt": True}

    def check(self) -> None:
        """Raises BadMedia: a pickle, damaged, of a family whose files lack parts, or a file of one part only."""
        refuse_unsafe(self._path)
        name = self._path.name
        if self._kind.family not in FAMILIES:
            raise BadMedia(
                f"{name} is one file of {self._kind.title}, which lacks the text encoder that the model reads with.",
                f"Install {self._kind.title} from its card, or import its whole folder as the model hub has it.", "not_whole",
            )  # fmt: skip
        header = read_header(self._path)
        lacking = [said for mark, said in MARKS.values() if not any(tensor.startswith(mark) for tensor in header.tensors)]
        if lacking:
            found = recognise(header).kind.replace("-", " ")
            raise BadMedia(
                f"{name} is no whole checkpoint but a {found}: it has no {', no '.join(lacking)}.",
                "Use the full checkpoint; on civitai it is the file of some 6.5 GB.", "not_whole",
            )  # fmt: skip

    @property
    def _configs(self) -> Path:
        return config_folder(self._kind.family, self._cache)

    def _all(self) -> dict[str, Any]:
        if self._tensors is None:
            from safetensors.torch import load_file

            self._tensors = load_file(self._path)
        return self._tensors

    def weightless(self, name: str) -> Any:
        """A tokenizer or the scheduler, the latter for what the model was trained to foresee."""
        import diffusers
        import transformers

        folder = self._configs / name
        if name != "scheduler":
            return getattr(transformers, self._kind.parts[name][1]).from_pretrained(folder, local_files_only=True)
        config = json.loads((folder / "scheduler_config.json").read_text(encoding="utf-8"))
        header = read_header(self._path)
        if "v_pred" in header.tensors:
            config |= {"prediction_type": "v_prediction"}
        if "ztsnr" in header.tensors:
            config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return getattr(diffusers, config["_class_name"]).from_config(config)

    def model(self, name: str, dtype: Any) -> Any:
        """A part with weights."""
        import diffusers
        import transformers
        from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm

        library, made = self._kind.parts[name]
        shared = {"config": str(self._configs), "subfolder": name, "torch_dtype": dtype, "local_files_only": True}
        mine = {key: tensor for key, tensor in self._all().items() if key.startswith(MARKS[name][0])}
        try:
            if library == "transformers":
                model = create_diffusers_clip_model_from_ldm(getattr(transformers, made), checkpoint=mine, **shared)
            else:
                extra = {"in_channels": int(mine[INPUT].shape[1])} if name == "unet" else {}
                model = getattr(diffusers, made).from_single_file(mine, **shared, **extra)
        except KeyError:  # a tensor that every such model has
            model = None
        except RuntimeError as error:
            if "meta tensor" not in str(error):  # a weight that nothing filled
                raise
            model = None
        if model is None or any(weight.is_meta for weight in model.state_dict().values()):
            raise BadMedia(
                f"The {MARKS[name][1]} in {self._path.name} is not whole: tensors are missing.", "Download it again.", "damaged",
            )  # fmt: skip
        return model.eval().requires_grad_(False)
