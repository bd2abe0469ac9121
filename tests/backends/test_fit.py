"""Will it run here: the four answers, with their numbers."""

from __future__ import annotations

import pytest

from backends.cards import ModelCard
from backends.fit import Machine, fit_of, needs, predict

GB = 10**9


def card(*forms: tuple[str, int, str | None]) -> ModelCard:
    """Forms of (name, weights in GB, quantise), each with 1 GB of working memory."""
    return ModelCard.model_validate(
        {
            "name": "m", "title": "A model", "task": "chat", "engine": "e", "source": {"repo": "a/b"},
            "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
            "variants": [
                {"name": name, "download_bytes": 1, "weights_bytes": weights * GB, "working_bytes": GB, "quantise": quantise}
                for name, weights, quantise in forms
            ],
        }
    )  # fmt: skip


BOTH = card(("bf16", 15, None), ("nf4", 5, "nf4"))


def machine(budget: int, free: int, quantises: bool = True) -> Machine:
    return Machine("the GPU", budget * GB, free * GB, quantises)


@pytest.mark.parametrize(
    ("budget", "free", "verdict", "form", "sentence"),
    [
        (24, 20, "fits", "bf16", "Fits: 16.0 GB of the 24.0 GB of the GPU."),
        (
            24,
            3,
            "when_others_leave",
            "bf16",
            "Fits once others make room: it needs 16.0 GB, 3.0 GB of the 24.0 GB of the GPU are free now.",
        ),
        (12, 12, "quantised", "nf4", "Only quantised (nf4): 6.0 GB of the 12.0 GB of the GPU."),
        (4, 4, "too_large", "nf4", "Too large: A model needs 6.0 GB even as nf4, and the GPU has 4.0 GB."),
        (16, 16, "fits", "bf16", "Fits: 16.0 GB of the 16.0 GB of the GPU."),
    ],
)
def test_the_four_answers(budget: int, free: int, verdict: str, form: str, sentence: str) -> None:
    fit = predict(BOTH, machine(budget, free))
    assert (fit.verdict, fit.variant, fit.sentence) == (verdict, form, sentence)
    assert fit.budget_bytes == budget * GB


def test_where_nothing_quantises_the_whole_must_fit() -> None:
    fit = predict(BOTH, machine(12, 12, quantises=False))
    assert (fit.verdict, fit.variant, fit.needs_bytes) == ("too_large", "bf16", 16 * GB)
    alone = card(("nf4", 5, "nf4"))
    assert predict(alone, machine(12, 12, quantises=False)).verdict == "too_large"


def test_a_form_that_only_comes_quantised_simply_fits() -> None:
    assert predict(card(("nf4", 5, "nf4")), machine(12, 12)).verdict == "fits"


def test_what_was_learned_replaces_the_estimate() -> None:
    assert needs(BOTH.variant("bf16"), {"bf16": 9 * GB}) == 9 * GB
    assert predict(BOTH, machine(12, 12), {"bf16": 9 * GB}).sentence == "Fits: 9.0 GB of the 12.0 GB of the GPU."


def test_one_form_can_be_asked_about() -> None:
    assert fit_of(BOTH, BOTH.variant("bf16"), machine(12, 12)).verdict == "too_large"
    assert fit_of(BOTH, BOTH.variant("nf4"), machine(24, 24)).verdict == "fits"


def test_small_models_are_told_in_megabytes() -> None:
    form = BOTH.variants[0].model_copy(update={"weights_bytes": 90_000_000, "working_bytes": 0})
    small = BOTH.model_copy(update={"variants": (form,)})
    assert "90 MB" in predict(small, machine(16, 16)).sentence
