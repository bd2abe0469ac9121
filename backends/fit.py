"""Whether a model will run on this machine, before it is downloaded: predicted from its card, with the numbers and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backends.cards import ModelCard, Variant

Verdict = Literal["fits", "when_others_leave", "quantised", "too_large"]
GB = 1e9


@dataclass(frozen=True)
class Machine:
    """Where models would run.

    Attributes:
        device: "the GPU" or "memory", as the sentences call it.
        budget_bytes: what models may take of it in all.
        free_bytes: what is free of that now.
        quantises: whether weights can be quantised while loading here.
    """

    device: str
    budget_bytes: int
    free_bytes: int
    quantises: bool = True


@dataclass(frozen=True)
class Fit:
    """How one form of a model would fare."""

    verdict: Verdict
    variant: str
    needs_bytes: int
    budget_bytes: int
    sentence: str


def needs(form: Variant, learned: Mapping[str, int] | None = None) -> int:
    """Weights and one usual call; what was learned on this machine replaces the card's estimate."""
    return (learned or {}).get(form.name, form.weights_bytes + form.working_bytes)


def predict(card: ModelCard, machine: Machine, learned: Mapping[str, int] | None = None) -> Fit:
    """The best that a card can do here: the first of its forms that the machine has room for, else why none does."""
    forms = [form for form in card.variants if machine.quantises or form.quantise is None]
    fits = (fit_of(card, form, machine, learned) for form in forms)
    return next((fit for fit in fits if fit.verdict != "too_large"), _too_large(card, forms or card.variants, machine, learned))


def fit_of(card: ModelCard, form: Variant, machine: Machine, learned: Mapping[str, int] | None = None) -> Fit:
    """How one form fares."""
    need = needs(form, learned)
    numbers = (form.name, need, machine.budget_bytes)
    amount, room = _gb(need), _gb(machine.budget_bytes)
    if need > machine.budget_bytes:
        return _too_large(card, (form,), machine, learned)
    if form.quantise is not None and _whole_is_too_large(card, form, machine, learned):
        return Fit("quantised", *numbers, f"Only quantised ({form.name}): {amount} of the {room} of {machine.device}.")
    if need > machine.free_bytes:
        return Fit(
            "when_others_leave", *numbers,
            f"Fits once others make room: it needs {amount}, {_gb(machine.free_bytes)} of the {room} of {machine.device} are free now.",
        )  # fmt: skip
    return Fit("fits", *numbers, f"Fits: {amount} of the {room} of {machine.device}.")


def _whole_is_too_large(card: ModelCard, form: Variant, machine: Machine, learned: Mapping[str, int] | None) -> bool:
    wider = [other for other in card.variants if other.quantise is None and other.name != form.name]
    return bool(wider) and all(needs(other, learned) > machine.budget_bytes for other in wider)


def _too_large(card: ModelCard, forms: Sequence[Variant], machine: Machine, learned: Mapping[str, int] | None) -> Fit:
    smallest = min(forms, key=lambda form: needs(form, learned))
    need = needs(smallest, learned)
    sentence = f"Too large: {card.title} needs {_gb(need)} even as {smallest.name}, and {machine.device} has {_gb(machine.budget_bytes)}."
    return Fit("too_large", smallest.name, need, machine.budget_bytes, sentence)


def _gb(count: int) -> str:
    return f"{count / GB:.1f} GB" if count >= 0.95 * GB else f"{count / 1e6:.0f} MB"
