"""Model cards."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backends.cards import ComponentLicence, ModelCard, Source, Variant


def card(**changes: object) -> ModelCard:
    values: dict[str, object] = {
        "name": "tiny", "title": "Tiny", "task": "chat", "engine": "transformers", "source": {"repo": "someone/tiny"},
        "variants": [{"name": "bf16", "download_bytes": 10, "weights_bytes": 10, "working_bytes": 1}],
        "licences": [{"component": "weights", "name": "Apache-2.0", "commercial": True}],
    }  # fmt: skip
    return ModelCard.model_validate({**values, **changes})


def test_the_strictest_licence_decides() -> None:
    strict = [
        ComponentLicence(component="weights", name="MIT", commercial=True),
        ComponentLicence(component="vae", name="CC", commercial=False),
    ]
    assert card().commercial
    assert not card(licences=[licence.model_dump() for licence in strict]).commercial


def test_the_first_variant_is_the_default() -> None:
    wide = Variant(name="fp32", download_bytes=1, weights_bytes=1, working_bytes=0)
    both = card(variants=[{"name": "nf4", "download_bytes": 1, "weights_bytes": 1, "working_bytes": 0}, wide.model_dump()])
    assert both.variant().name == "nf4"
    assert both.variant("fp32") == wide
    with pytest.raises(KeyError):
        both.variant("int3")


def test_a_card_has_a_source() -> None:
    with pytest.raises(ValidationError, match="a repo, a package or a path"):
        Source.model_validate({})
    assert Source(repo="a/b", package="c==1").revision == "main"


@pytest.mark.parametrize(
    "source", [{"repo": "no-owner"}, {"repo": "../../etc"}, {"repo": "a/b/c"}, {"package": "anything>=1"}, {"package": "-r x"}]
)
def test_a_source_is_exact(source: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(source)


def test_a_form_quantised_while_loading_shares_the_files_of_the_wider_one() -> None:
    sizes = {"download_bytes": 1, "weights_bytes": 1, "working_bytes": 0}
    made = card(
        variants=[{"name": "nf4", "quantise": "nf4", **sizes}, {"name": "fp8", "files": ["fp8/*"], **sizes}, {"name": "bf16", **sizes}]
    )
    assert [made.stored(variant).name for variant in made.variants] == ["bf16", "fp8", "bf16"]
    alone = card(variants=[{"name": "nf4", "quantise": "nf4", **sizes}])
    assert alone.stored(alone.variant()).name == "nf4"
