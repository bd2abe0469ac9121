"""The repeated blocks of a model compiled, once; used by the calls that ask for it, since compiled arithmetic rounds otherwise."""

from __future__ import annotations

from typing import Any

COMPILER = ("torch._dynamo", "torch._inductor")


class Compiled:
    """The compiled form of one loaded model's denoiser.

    Compiling blocks rather than the whole takes a tenth of the time, and nothing is compiled anew when weights are moved or LoRAs mixed in.
    """

    def __init__(self, denoiser: Any) -> None:
        self._denoiser = denoiser
        self._forms: list[tuple[Any, Any]] | None = None  # each block and its compiled form

    def use(self, wanted: bool) -> None:
        """Whether the next pictures are painted with the compiled form; it is made when it is first used."""
        if self._forms is None:
            if not wanted:
                return
            self._denoiser.compile_repeated_blocks(fullgraph=True)
            blocks = self._denoiser.modules()
            self._forms = [(block, form) for block in blocks if (form := getattr(block, "_compiled_call_impl", None)) is not None]
        for block, form in self._forms:
            block._compiled_call_impl = form if wanted else None


def is_compilers(error: BaseException) -> bool:
    """Whether it is the compiler that failed: there is none on the machine, or it cannot compile this model."""
    return type(error).__module__.startswith(COMPILER)
