"""Texts to unit vectors with a sentence-transformers folder, such as the built-in all-MiniLM-L6-v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backends.base import Cancelled, Device, Footprint, Installed, IsCancelled, OnStep, Shape, Vectors
from backends.slab_engine import SlabEngine
from backends.token_loop import within_memory
from backends.transformers_load import LoadWatch, check_folder, dtype_of, watching
from configs.errors import BadInput, BadMedia, Conflict

BATCH = {True: 32, False: 128}  # texts in one pass, on a CPU and on a GPU
LETTERS_PER_TOKEN = 3  # a cautious guess, to plan memory


class SentenceEmbeddings(SlabEngine):
    """One embedding model. Texts longer than the card's ``context_tokens`` are read up to there.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self._batch = BATCH[device.is_cpu]

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        from sentence_transformers import SentenceTransformer

        check_folder(self.installed)
        watch, title = LoadWatch(on_step, self.installed.card.title), self.installed.card.title
        model, said = None, ""
        try:
            with watching(watch):
                model = SentenceTransformer(
                    str(self.installed.folder), device="cpu", trust_remote_code=False, local_files_only=True,
                    model_kwargs={"use_safetensors": True, "dtype": dtype_of(self.installed, self.device)},
                )  # fmt: skip
        except Exception as error:
            if watch.stopped is not None:
                raise watch.stopped from None
            said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        if model is None:
            raise BadMedia(f"{title} cannot be loaded from {self.installed.folder}: {said}.", "Install the model again.", "damaged")
        self._model = model.eval().requires_grad_(False)
        known, wanted = self._model.max_seq_length, self.installed.card.context_tokens
        if wanted and (known is None or wanted < known):
            self._model.max_seq_length = wanted
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Activations of one batch: the widest layer and the attention of all heads."""
        if self._model is None:
            return self.installed.variant.working_bytes
        config = self._model[0].auto_model.config
        longest = self._model.max_seq_length or 512
        tokens = min(longest, shape.get("letters", longest * LETTERS_PER_TOKEN) // LETTERS_PER_TOKEN + 2)
        wide = 6 * config.hidden_size + 2 * config.intermediate_size + config.num_attention_heads * tokens
        return int(min(self._batch, shape.get("texts", self._batch)) * tokens * wide * 4)

    def relieve(self, level: int) -> bool:
        """Reads fewer texts at once."""
        if level > 1 or self._batch <= 4:
            return False
        self._batch = 4
        return True

    def embed(self, texts: Sequence[str], is_cancelled: IsCancelled) -> Vectors:
        """One unit vector per text, in their order; raises `Cancelled` between two batches."""
        import torch

        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        if not texts:
            raise BadInput("There is no text to embed.", "Give at least one.")
        if "" in texts:
            raise BadInput(f"Text {list(texts).index('') + 1} is empty.", "Leave it out.")
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        rows: list[Any] = [None] * len(texts)
        tokens = 0
        for start in range(0, len(order), self._batch):
            if is_cancelled():
                raise Cancelled("between two batches")
            chosen = order[start : start + self._batch]
            made, read = within_memory(lambda batch=[texts[index] for index in chosen]: self._pass(batch))  # type: ignore[misc]
            tokens += read
            for index, row in zip(chosen, made, strict=True):
                rows[index] = row
        table = torch.stack(rows)
        return Vectors(table.numpy().astype("<f4", copy=False).tobytes(), len(texts), table.shape[1], tokens)

    def _pass(self, texts: Sequence[str]) -> tuple[Any, int]:
        """float32 unit vectors [n, dimensions] on the host, and the tokens read."""
        import torch

        read = getattr(self._model, "preprocess", None) or self._model.tokenize
        features = {name: value.to(self.device.name) if hasattr(value, "to") else value for name, value in read(list(texts)).items()}
        tokens = int(features["attention_mask"].sum())
        with torch.inference_mode():
            vectors = self._model(features)["sentence_embedding"].float()
            return torch.nn.functional.normalize(vectors, dim=1).cpu(), tokens
