"""What other programs call samplers and noise schedules, and what they are called here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from backends.diffusion.samplers import SAMPLERS

A1111_SCHEDULES: Mapping[str, str] = {
    "karras": "Karras", "exponential": "Exponential", "beta": "Beta", "sgm_uniform": "SGM Uniform", "trailing": "Trailing",
}  # fmt: skip
_OTHER_NAMES = {  # folded -> ours: ComfyUI's, InvokeAI's, the library's
    "eulerancestral": "euler_a", "keulera": "euler_a", "keulerancestral": "euler_a", "keuler": "euler", "eulercfgpp": "euler",
    "flowmatcheuler": "euler", "kheun": "heun", "klms": "lms", "dpm2ancestral": "dpm2_a", "kdpm2": "dpm2", "kdpm2a": "dpm2_a",
    "kdpm2ancestral": "dpm2_a", "dpmsolver": "dpmpp_2m", "dpmpp2msdegpu": "dpmpp_2m_sde", "dpmppsdegpu": "dpmpp_sde",
    "kdpmpp2m": "dpmpp_2m", "kdpmpp2msde": "dpmpp_2m_sde", "kdpmppsde": "dpmpp_sde", "pndm": "plms", "ipndm": "plms",
    "unipcbh2": "unipc", "uni": "unipc", "ddimcfgpp": "ddim", "flowmatchheun": "heun",
}  # fmt: skip
_NEAREST = {  # what is not here, and what comes closest
    "dpmpp3msde": "dpmpp_3m", "dpmpp3msdegpu": "dpmpp_3m", "kdpmpp3msde": "dpmpp_3m", "dpmpp2sa": "dpmpp_2s",
    "dpmpp2sancestral": "dpmpp_2s",
    "kdpmpp2sa": "dpmpp_2s", "kdpmpp2sancestral": "dpmpp_2s", "dpmpp2msdeheun": "dpmpp_2m_sde", "heunpp2": "heun", "dpmfast": "dpmpp_2m",
    "dpmadaptive": "dpmpp_2m", "resmultistep": "dpmpp_2m", "restart": "heun", "gradientestimation": "euler", "ersde": "dpmpp_2m_sde",
}  # fmt: skip
_OWN = ("", "automatic", "default", "ddpmcommon")
_OTHER_SCHEDULES = {
    "normal": "", "simple": "", "automatic": "", "uniform": "", "sgmuniform": "sgm_uniform", "ddimuniform": "", "default": "", "native": "",
    "linearquadratic": "", "k": "karras",
}  # fmt: skip


def sampler_title(name: str) -> str:
    """As A1111 writes it."""
    return SAMPLERS[name].title if name in SAMPLERS else name


def sampler_named(name: str) -> tuple[str | None, bool]:
    """Our name of a sampler that another program names, and whether it is the very same.

    "" is the model's own; None: none comes close.
    """
    folded = _folded(name)
    if folded in _OWN:
        return "", True
    same = _BY_FOLDED.get(folded) or _OTHER_NAMES.get(folded)
    return (same, True) if same else (_NEAREST.get(folded), False)


def schedule_named(name: str) -> str | None:
    """Our name of a noise schedule; "" where it is the model's own; None where there is none like it."""
    folded = _folded(name)
    for ours, theirs in A1111_SCHEDULES.items():
        if folded in (_folded(ours), _folded(theirs)):
            return ours
    return "" if not folded else _OTHER_SCHEDULES.get(folded)


def parted(name: str) -> tuple[str, str]:
    """Sampler and schedule of a name that holds both: ``DPM++ 2M Karras``, ``dpmpp_2m_k``."""
    found = re.fullmatch(r"(.+?)[ _](karras|exponential|k)", name.strip(), re.IGNORECASE)
    if found is None or sampler_named(name)[0] is not None:
        return name.strip(), ""
    return found[1], found[2]


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("++", "pp"))


_BY_FOLDED = {_folded(name): one.name for one in SAMPLERS.values() for name in (*one.aliases, one.title, one.name)}
