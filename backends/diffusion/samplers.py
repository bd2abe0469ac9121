"""THE table of samplers: our names, A1111's names for the same, and which spacing of noise levels each takes. Pure; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from configs.errors import BadInput

SPACED = ("karras", "exponential", "beta", "sgm_uniform", "trailing")
CURVED, LINEAR = SPACED[:3], SPACED[3:]
FLOW = ("flux2", "z-image")  # families that learned straight paths from noise to picture
# What a spacing means to the library; the last two are one thing under two names.
SPACINGS: Mapping[str, Mapping[str, Any]] = {
    "karras": {"use_karras_sigmas": True},
    "exponential": {"use_exponential_sigmas": True},
    "beta": {"use_beta_sigmas": True},
    "sgm_uniform": {"timestep_spacing": "trailing"},
    "trailing": {"timestep_spacing": "trailing"},
}
NO_SPACING = (
    "",
    "automatic",
    "normal",
    "uniform",
    "simple",
    "leading",
    "linspace",
    "discrete",
)  # other programs' words for it


@dataclass(frozen=True)
class Sampler:
    """One way from noise to a picture.

    Attributes:
        name: ours.
        title: A1111's.
        scheduler: the library's class.
        options: that it is built with.
        aliases: further names, in lower case.
        spaced: the spacings that it takes.
        passes: of the model for each step.
        random: whether noise is added on the way.
        flow: the class for families of `FLOW`; "": it is not for them.
    """

    name: str
    title: str
    scheduler: str
    options: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    spaced: tuple[str, ...] = SPACED
    passes: int = 1
    random: bool = False
    flow: str = ""


_DPM = "DPMSolverMultistepScheduler"
TABLE: tuple[Sampler, ...] = (
    Sampler("euler", "Euler", "EulerDiscreteScheduler", flow="FlowMatchEulerDiscreteScheduler"),
    Sampler("euler_a", "Euler a", "EulerAncestralDiscreteScheduler", {}, ("euler ancestral", "euler_ancestral"), LINEAR, random=True),
    Sampler("dpmpp_2m", "DPM++ 2M", _DPM, {"algorithm_type": "dpmsolver++", "solver_order": 2}),
    Sampler(
        "dpmpp_2m_sde", "DPM++ 2M SDE", _DPM, {"algorithm_type": "sde-dpmsolver++", "solver_order": 2, "euler_at_final": True},
        random=True,
    ),
    Sampler("dpmpp_3m", "DPM++ 3M", _DPM, {"algorithm_type": "dpmsolver++", "solver_order": 3}),
    Sampler(
        "dpmpp_2s", "DPM++ 2S", "DPMSolverSinglestepScheduler",
        {"algorithm_type": "dpmsolver++", "solver_order": 2, "lower_order_final": True}, (), CURVED,
    ),
    Sampler(
        "dpmpp_sde", "DPM++ SDE", "DPMSolverSinglestepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "solver_order": 2, "lower_order_final": True}, (), CURVED, random=True,
    ),
    Sampler("dpm2", "DPM2", "KDPM2DiscreteScheduler", {}, ("k_dpm_2",), passes=2),
    Sampler("dpm2_a", "DPM2 a", "KDPM2AncestralDiscreteScheduler", {}, ("k_dpm_2_a", "dpm2 ancestral"), passes=2, random=True),
    Sampler("heun", "Heun", "HeunDiscreteScheduler", passes=2),
    Sampler("lms", "LMS", "LMSDiscreteScheduler"),
    Sampler("plms", "PLMS", "PNDMScheduler", {"skip_prk_steps": True}, ("pndm",), LINEAR),
    Sampler("ddim", "DDIM", "DDIMScheduler", {"set_alpha_to_one": False, "clip_sample": False}, (), LINEAR),
    Sampler("ddpm", "DDPM", "DDPMScheduler", {"clip_sample": False}, (), LINEAR, random=True),
    Sampler("unipc", "UniPC", "UniPCMultistepScheduler", {}, ("uni_pc",)),
    Sampler("deis", "DEIS", "DEISMultistepScheduler"),
    Sampler(
        "lcm", "LCM", "LCMScheduler", {"clip_sample": False, "set_alpha_to_one": False}, (), (), random=True,
        flow="FlowMatchLCMScheduler",
    ),
    Sampler("tcd", "TCD", "TCDScheduler", {"clip_sample": False, "set_alpha_to_one": False}, (), (), random=True),
)  # fmt: skip
SAMPLERS: Mapping[str, Sampler] = {sampler.name: sampler for sampler in TABLE}


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("++", "pp").split())


_NAMES = {_plain(known): sampler for sampler in TABLE for known in (sampler.name, sampler.title, *sampler.aliases)}


@dataclass(frozen=True)
class Choice:
    """A sampler with its spacing; ``sampler`` None: the model's own."""

    sampler: Sampler | None
    schedule: str = ""


def choose(sampler: str, schedule: str = "", family: str = "") -> Choice:
    """What is meant by names as people and other programs write them: ``Euler a``, ``DPM++ 2M Karras``, ``dpmpp_2m`` with ``karras``.

    Raises:
        BadInput: there is no such sampler or spacing, or they or the family do not go together.
    """
    name, said = _plain(sampler), schedule.strip().lower().replace(" ", "_")
    found = None
    if name and name not in ("automatic", "default"):
        found = _NAMES.get(name)
        head, _, tail = name.rpartition(" ")
        if found is None and tail in SPACINGS and head in _NAMES:
            found, said = _NAMES[head], said or tail
        if found is None:
            raise BadInput(f"There is no sampler {sampler!r}{_nearest(name)}.", f"Samplers: {', '.join(SAMPLERS)}.", "no_sampler")
    said = "" if said in NO_SPACING else said
    _check(found, said, family)
    return Choice(found, said)


def _nearest(name: str) -> str:
    near = get_close_matches(name, _NAMES, 1)
    return f"; did you mean {_NAMES[near[0]].name!r}" if near else ""


def _check(sampler: Sampler | None, schedule: str, family: str) -> None:
    if schedule and schedule not in SPACINGS:
        raise BadInput(f"There is no schedule {schedule!r}.", f"Schedules: {', '.join(SPACINGS)}; or leave it out.", "no_schedule")
    if family in FLOW:
        usable = [other.name for other in TABLE if other.flow]
        if sampler is not None and not sampler.flow:
            raise BadInput(f"{sampler.title} does not work with {family}.", f"For {family}: {', '.join(usable)}.", "no_sampler")
        if schedule in LINEAR:
            raise BadInput(f"{family} spaces its noise levels itself, so {schedule!r} does not apply.", "Leave the schedule out.")
    elif sampler is not None and schedule and schedule not in sampler.spaced:
        takes = f"It takes: {', '.join(sampler.spaced)}." if sampler.spaced else "Leave the schedule out."
        raise BadInput(f"{sampler.title} does not take the schedule {schedule!r}.", takes, "no_schedule")


def make(choice: Choice, base: Any, family: str = "") -> Any:
    """The library's scheduler of a choice, fresh, for a model whose own one is ``base``."""
    import diffusers

    sampler = choice.sampler
    if sampler is None:
        made_class, options = type(base), dict[str, Any]()
    elif family in FLOW:
        made_class, options = getattr(diffusers, sampler.flow), dict[str, Any]()
    else:
        made_class, options = getattr(diffusers, sampler.scheduler), dict(sampler.options)
    options |= SPACINGS.get(choice.schedule, {})
    return made_class.from_config(base.config, **options)
