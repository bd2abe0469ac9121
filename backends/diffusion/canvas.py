"""Between pictures and latents: the VAE of a model, without changing the type or place of its weights; and small previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

# Latents of SDXL -> colours of 0 to 255 (T. Alexander Vass, "Explaining the SDXL latent space", 2024).
SDXL_COLOURS = ((60.0, 60.0, 60.0), (-60.0, -5.0, 10.0), (25.0, 15.0, -5.0), (-70.0, -50.0, -35.0))
SDXL_GREY = (150.0, 140.0, 130.0)
PALETTE_PX = 192  # of the picture from which a projection is learned


class Canvas:
    """The VAE of one loaded model."""

    def __init__(self, vae: Any, family: str, device: str) -> None:
        self._vae, self._family, self._device = vae, family, device
        self._colours: Any = None

    @property
    def patched(self) -> bool:
        """Whether the model sees four neighbouring latents as one (FLUX.2)."""
        return self._family == "flux2"

    def encode(self, image: Image) -> Any:
        """Latents [1, c, h, w] of a picture, as pipelines take them in place of one: the middle of what the VAE thinks likely."""
        import torch

        with torch.no_grad():
            z = self._vae.encode(_tensor(image).to(self._device, self._vae.dtype)).latent_dist.mode()
        if self.patched:
            return _patched(z)
        middle, width, scale = self._scale(z)
        return (z - middle) * scale / width

    def decode(self, latents: Any) -> Image:
        """The picture of a pipeline's last latents."""
        import torch

        with torch.no_grad():
            z = latents.to(self._device, self._vae.dtype)
            if not self.patched:
                middle, width, scale = self._scale(z)
                z = z * width / scale + middle
            return _image(self._vae.decode(z, return_dict=False)[0])

    def tile(self, on: bool) -> None:
        """Tiles and slices from now on, or the whole picture at once."""
        (self._vae.enable_tiling if on else self._vae.disable_tiling)()
        (self._vae.enable_slicing if on else self._vae.disable_slicing)()

    def preview(self, latents: Any, width: int, height: int) -> Image:
        """A small picture, a pixel for each latent, of clean latents as the model sees them."""
        import torch

        flat = self._flat(latents, width, height)[0].float()
        weights, grey = self._projection()
        colours = torch.einsum("chw,cr->rhw", flat, weights.to(flat.device)) + grey.to(flat.device)[:, None, None]
        return _pil(colours.clamp(0, 255).byte())

    def _flat(self, latents: Any, width: int, height: int) -> Any:
        if not self.patched:
            return latents
        if latents.dim() == 3:  # [1, h w, c]: without their places
            rows = height // (2 * self.step)
            latents = latents.transpose(1, 2).reshape(1, latents.shape[2], rows, -1)
        return latents

    @property
    def step(self) -> int:
        """Pixels from one latent to the next."""
        return int(2 ** (len(self._vae.config.block_out_channels) - 1))

    def _projection(self) -> Any:
        import torch

        if self._colours is None:
            known = self._family == "sdxl" and self._vae.config.latent_channels == len(SDXL_COLOURS)
            self._colours = (torch.tensor(SDXL_COLOURS), torch.tensor(SDXL_GREY)) if known else self._learned()
        return self._colours

    def _learned(self) -> Any:
        """Least squares from what this VAE makes of known colours; ridge, since its latents tell more than colours."""
        import torch

        palette = _palette()
        latents = self.normalised(self.encode(palette)).float().cpu()[0]
        channels, rows, columns = latents.shape
        small = palette.resize((columns, rows), 4)  # 4: the mean of each box
        known = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).reshape(-1, 3).float()
        told = torch.cat([latents.reshape(channels, -1).T, torch.ones(rows * columns, 1)], dim=1)
        ridge = 1e-2 * rows * columns * torch.eye(channels + 1)
        ridge[-1, -1] = 0
        solved = torch.linalg.solve(told.T @ told + ridge, told.T @ known)
        return solved[:-1], solved[-1]

    def normalised(self, latents: Any) -> Any:
        """What `encode` gave, as the model sees it."""
        if not self.patched:
            return latents
        norm, least = self._vae.bn, self._vae.config.batch_norm_eps
        middle = norm.running_mean.view(1, -1, 1, 1).to(latents)
        return (latents - middle) / (norm.running_var.view(1, -1, 1, 1).to(latents) + least).sqrt()

    def _scale(self, like: Any) -> tuple[Any, Any, float]:
        """Middle, width and factor of the VAE's latents, by which the model sees them around 0 and about as wide as noise."""
        import torch

        config = self._vae.config
        means, widths = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        if means is not None and widths is not None:
            middle, width = (torch.tensor(values).view(1, -1, 1, 1).to(like) for values in (means, widths))
            return middle, width, config.scaling_factor
        return getattr(config, "shift_factor", None) or 0.0, 1.0, config.scaling_factor


def _patched(z: Any) -> Any:
    """[1, c, h, w] -> [1, 4 c, h / 2, w / 2]."""
    count, channels, height, width = z.shape
    z = z.view(count, channels, height // 2, 2, width // 2, 2).permute(0, 1, 3, 5, 2, 4)
    return z.reshape(count, channels * 4, height // 2, width // 2)


def _tensor(image: Image) -> Any:
    """[1, 3, h, w], -1 to 1."""
    import torch

    raw = torch.frombuffer(bytearray(image.convert("RGB").tobytes()), dtype=torch.uint8)
    return (raw.reshape(1, image.height, image.width, 3).permute(0, 3, 1, 2).float() / 255) * 2 - 1


def _image(tensor: Any) -> Image:
    """Of [1, 3, h, w], -1 to 1."""
    return _pil((((tensor[0].float() / 2 + 0.5).clamp(0, 1)) * 255).round().byte())


def _pil(bytes_: Any) -> Image:
    """Of uint8 [3, h, w]."""
    from PIL import Image

    return Image.fromarray(bytes_.permute(1, 2, 0).cpu().contiguous().numpy(), "RGB")


def _palette() -> Image:
    """Patches of many colours, bright and dark, with soft transitions."""
    from PIL import Image

    side = 6
    values = [(red * 51, green * 51, blue * 51) for red in range(6) for green in range(6) for blue in range(6)]
    order = [values[(7 * place) % len(values)] for place in range(side * side)]
    small = Image.new("RGB", (side, side))
    small.putdata(order)
    return small.resize((PALETTE_PX, PALETTE_PX), 2)  # 2: bilinear
