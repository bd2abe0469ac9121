"""What other programs call samplers and noise schedules, and what they are called here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

# our name -> as A1111 and Forge write it; our names are those of k-diffusion, as ComfyUI uses them too.
A1111_SAMPLERS: Mapping[str, str] = {
    "euler": "Euler",
    "euler_a": "Euler a",
    "heun": "Heun",
    "lms": "LMS",
    "dpm2": "DPM2",
    "dpm2_a": "DPM2 a",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_2s": "DPM++ 2S",
    "dpmpp_2s_a": "DPM++ 2S a",
    "ddim": "DDIM",
    "ddpm": "DDPM",
    "pndm": "PLMS",
    "unipc": "UniPC",
    "deis": "DEIS",
    "lcm": "LCM",
    "tcd": "TCD",
}
A1111_SCHEDULES: Mapping[str, str] = {
    "karras": "Karras",
    "exponential": "Exponential",
    "beta": "Beta",
    "sgm_uniform": "SGM Uniform",
    "trailing": "Trailing",
}
_OTHER_NAMES = {
    "eulerancestral": "euler_a", "keulera": "euler_a", "keulerancestral": "euler_a", "keuler": "euler", "kheun": "heun", "klms": "lms",
    "dpm2ancestral": "dpm2_a", "kdpm2": "dpm2", "kdpm2a": "dpm2_a", "kdpm2ancestral": "dpm2_a", "dpmpp2sancestral": "dpmpp_2s_a",
    "dpmsolver": "dpmpp_2m", "dpmpp2msdegpu": "dpmpp_2m_sde", "dpmpp3msdegpu": "dpmpp_3m_sde", "dpmppsdegpu": "dpmpp_sde",
    "kdpmpp2m": "dpmpp_2m", "kdpmpp2msde": "dpmpp_2m_sde", "kdpmpp2sa": "dpmpp_2s_a", "kdpmpp2sancestral": "dpmpp_2s_a",
    "kdpmppsde": "dpmpp_sde", "plms": "pndm", "unipcbh2": "unipc", "ipndm": "pndm", "dpmppm2": "dpmpp_2m", "flowmatcheuler": "euler",
}  # fmt: skip
_OTHER_SCHEDULES = {
    "normal": "",
    "simple": "",
    "automatic": "",
    "uniform": "",
    "sgmuniform": "sgm_uniform",
    "ddimuniform": "",
    "k": "karras",
}


def sampler_named(name: str) -> str | None:
    """Our name of a sampler that another program names; None where there is none like it."""
    folded = _folded(name)
    return _BY_FOLDED.get(folded) or _OTHER_NAMES.get(folded)


def schedule_named(name: str) -> str | None:
    """Our name of a noise schedule; "" where it is the model's own; None where there is none like it."""
    folded = _folded(name)
    for ours, theirs in A1111_SCHEDULES.items():
        if folded in (_folded(ours), _folded(theirs)):
            return ours
    return _OTHER_SCHEDULES.get(folded)


def parted(name: str) -> tuple[str, str]:
    """Sampler and schedule of a name that holds both: ``DPM++ 2M Karras``, ``dpmpp_2m_k``."""
    found = re.fullmatch(r"(.+?)[ _](karras|exponential|k)", name.strip(), re.IGNORECASE)
    if found is None or sampler_named(name) is not None:
        return name.strip(), ""
    return found[1], found[2]


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("++", "pp"))


_BY_FOLDED = {_folded(name): ours for ours, theirs in A1111_SAMPLERS.items() for name in (ours, theirs)}
