"""Pictures to resemble: through IP-Adapters for SDXL, or by models that take reference pictures themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backends.base import Device, OutOfMemory
from backends.diffusion.ip_adapter_files import Adapter, read_adapter, read_encoder
from backends.diffusion.lora_read import FAMILY_TITLES, family_of
from backends.images import ReferenceInput
from configs.errors import BadInput

OWN = ("flux2",)  # families that read reference pictures themselves
MOST_OWN = 8


class References:
    """Keeps the IP-Adapters of the last picture in the pipeline."""

    def __init__(self, pipe: Any, device: Device) -> None:
        self._pipe, self._device = pipe, device
        self._loaded: tuple[Path, ...] = ()
        self._encoder: Path | None = None
        self._seen: tuple[bytes, list[Any]] = (b"", [])  # which pictures were read last, and what of them

    def use(self, references: Sequence[ReferenceInput], guided: bool = True) -> dict[str, Any]:
        """Makes exactly these count and returns the arguments of the pipeline's call. A weight of 0 is as good as no reference.

        Several pictures of one adapter and weight are read together; of different weights, by one copy of the adapter each.
        What the encoder made of pictures is kept for the next call.

        Args:
            guided: the model is guided away from the negative prompt as well (guidance above 1), so that its input is twice as long.

        Raises:
            BadInput: the model takes no such references, the adapter is for another family, its image encoder is missing.
            BadMedia: damaged files. `OutOfMemory`. Nothing is loaded then.
        """
        wanted = [reference for reference in references if reference.weight]
        own = [reference for reference in wanted if reference.path is None]
        adapted = [reference for reference in wanted if reference.path is not None]
        arguments = self._own(own) if own else {}
        if not adapted:
            self.clear()
            return arguments
        family = family_of(self._pipe)
        if family not in ("sdxl", ""):
            title = FAMILY_TITLES.get(family, family)
            raise BadInput(f"IP-Adapters join SDXL models here, and this one is of {title}.", "Choose an SDXL model.", "no_references")
        groups: dict[tuple[Path, float], list[Any]] = {}
        for reference in adapted:
            assert reference.path is not None
            groups.setdefault((reference.path, reference.weight), []).append(reference.image.convert("RGB"))
        self._require(tuple(path for path, _ in groups))
        self._pipe.set_ip_adapter_scale([weight for _, weight in groups])
        read = self._read(list(groups.values()))
        return {**arguments, "ip_adapter_image_embeds": read if guided else [pair.chunk(2)[1] for pair in read]}

    def clear(self) -> None:
        """Takes the adapters and the image encoder out; the pipeline is as if they had never been there."""
        if self._loaded or self._encoder is not None:
            self._loaded, self._encoder, self._seen = (), None, (b"", [])
            self._pipe.unload_ip_adapter()

    def _read(self, pictures: list[list[Any]]) -> list[Any]:
        """[2, pictures, ...] per adapter: of nothing, and of its pictures. Raises `OutOfMemory`."""
        import torch

        mark = hashlib.sha256(
            b"".join(b"|" if one is None else repr(one.size).encode() + one.tobytes() for group in pictures for one in (None, *group))
        ).digest()
        if self._seen[0] == mark:
            return self._seen[1]
        shortage = None
        try:
            with torch.no_grad():
                made = self._pipe.prepare_ip_adapter_image_embeds(pictures, None, torch.device(self._device.name), 1, True)
        except torch.OutOfMemoryError as error:
            shortage = str(error).split("\n")[0]
        if shortage is not None:
            raise OutOfMemory(shortage)
        self._seen = (mark, made)
        return list(made)

    def _own(self, references: Sequence[ReferenceInput]) -> dict[str, Any]:
        family = family_of(self._pipe)
        if family not in OWN:
            title = FAMILY_TITLES.get(family, "this kind")
            remedy = "Choose an IP-Adapter (`models list --task ip-adapter`), or FLUX.2."
            raise BadInput(f"Models of {title} take no reference pictures by themselves.", remedy, "no_references")
        if len(references) > MOST_OWN:
            raise BadInput(
                f"{len(references)} reference pictures are more than the {MOST_OWN} that can be read at once.", "Choose the best."
            )
        return {"image": [reference.image.convert("RGB") for reference in references]}

    def _require(self, paths: tuple[Path, ...]) -> None:
        """Loads adapters and encoder unless they are those that are there."""
        if paths == self._loaded:
            return
        adapters = [read_adapter(path, int(self._pipe.unet.config.cross_attention_dim)) for path in paths]
        encoders = {adapter.encoder for adapter in adapters}
        if len(encoders) > 1:
            names = " and ".join(adapter.name for adapter in adapters)
            raise BadInput(f"{names} read pictures through different encoders.", "Use one IP-Adapter for every picture.", "encoders")
        self.clear()
        try:
            shortage = self._load(adapters)
        except BaseException:
            self._abandon()
            raise
        if shortage is not None:
            self._abandon()
            raise OutOfMemory(shortage)
        self._loaded = paths

    def _load(self, adapters: Sequence[Adapter]) -> str | None:
        import torch

        unet = self._pipe.unet
        try:
            encoder, extractor = read_encoder(adapters[0].encoder, unet.dtype, self._device.name)
            self._encoder = adapters[0].encoder
            self._pipe.register_modules(image_encoder=encoder, feature_extractor=extractor)
            nothing = [""] * len(adapters)
            self._pipe.load_ip_adapter(
                [adapter.tensors(unet.dtype) for adapter in adapters], subfolder=nothing, weight_name=nothing, image_encoder_folder=None
            )
            for part in (unet.encoder_hid_proj, *unet.attn_processors.values()):
                if isinstance(part, torch.nn.Module):  # where weights are streamed, theirs are at home and these are not
                    part.to(self._device.name)
        except torch.OutOfMemoryError as error:
            return str(error).split("\n")[0]
        except (RuntimeError, ValueError, KeyError, IndexError) as error:
            why = " ".join(str(error).split())[:100]
            raise BadInput(
                f"The IP-Adapter {adapters[0].name} does not fit this model: {why}.", "Choose another.", "adapter_family"
            ) from None
        return None

    def _abandon(self) -> None:
        self._loaded, self._seen = (), (b"", [])
        self._pipe.unload_ip_adapter()
        self._encoder = None
