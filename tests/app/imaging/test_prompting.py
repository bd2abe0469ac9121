"""Prompts: characters and styles filled in, LoRA tags taken out."""

from __future__ import annotations

import pytest

from app.cast import CastMember, LoraUse
from app.imaging.prompting import cast_of, references_of, without_tags, worded
from app.imaging.requests import ReferenceUse, Styling
from configs.errors import BadInput
from tests.app.imaging.easel import asked

LUCA = CastMember(
    name="luca", title="Luca", description="a boy with red hair.", trigger="lucachar", negative="beard", loras=[LoraUse(name="luca-v1")],
    references=["r1", "r2", "r3"],
)  # fmt: skip
MAYA = CastMember(name="maya", title="Maya", negative="beard, hat")


def test_a_character_is_described_once_and_named_after_that() -> None:
    found = worded(asked(prompt="@luca waves, @maya looks at @luca", cast=[LUCA, MAYA]))
    assert found.prompt == "lucachar, a boy with red hair waves, Maya looks at lucachar"
    assert found.negative == "beard, hat"


def test_a_style_lies_around_the_prompt_and_braces_mean_nothing() -> None:
    styling = Styling(title="Ink", prompt="ink drawing of {prompt}, fine", negative="colour")
    found = worded(asked(prompt="a {prompt} {fox}", negative="fog", styling=styling))
    assert found.prompt == "ink drawing of a {prompt} {fox}, fine"
    assert found.negative == "fog, colour"


def test_a_backslash_keeps_the_sign_and_a_stranger_stays_as_written() -> None:
    assert worded(asked(prompt=r"mail \@luca to @nobody", cast=[LUCA])).prompt == "mail @luca to @nobody"


def test_loras_come_from_the_request_the_tags_and_the_cast_each_once() -> None:
    request = asked(prompt="@luca <lora:ink:0.5> runs", loras=[LoraUse(name="luca-v1", weight=0.3)], cast=[LUCA])
    found = worded(request)
    assert [(lora.name, lora.weight) for lora in found.loras] == [("luca-v1", 0.3), ("ink", 0.5)]
    assert [lora.name for lora in found.tagged] == ["ink"]
    assert found.said == "@luca runs"


@pytest.mark.parametrize(
    ("prompt", "text", "lora"),
    [
        ("a fox, <lora:ink:0.8>, at night", "a fox, at night", LoraUse(name="ink", weight=0.8)),
        ("<lora:ink>a fox", "a fox", LoraUse(name="ink")),
        ("a <LoRA:my ink v2:0.6:0.9> fox", "a fox", LoraUse(name="my ink v2", weight=0.9, text_weight=0.6)),
        ("a fox <lora:ink:-1>", "a fox", LoraUse(name="ink", weight=-1)),
    ],
)
def test_tags_as_other_programs_write_them(prompt: str, text: str, lora: LoraUse) -> None:
    assert without_tags(prompt) == (text, [lora])


def test_what_is_no_tag_stays() -> None:
    assert without_tags("1 < 2, a  <b> ,") == ("1 < 2, a  <b> ,", [])


@pytest.mark.parametrize("tag", ["<lora:ink:1.2.3>", "<lora:ink:99>", "<lora:ink:.>"])
def test_a_weight_that_is_none_is_one_sentence(tag: str) -> None:
    with pytest.raises(BadInput, match="weight of <lora:ink>"):
        worded(asked(prompt=f"a fox {tag}"))


def test_the_cast_stands_in_the_order_of_the_prompt() -> None:
    assert [member.name for member in cast_of(asked(prompt="@maya and @luca", cast=[LUCA, MAYA]))] == ["maya", "luca"]
    assert [member.name for member in cast_of(asked(prompt="nobody", cast=[LUCA]))] == ["luca"]


def test_references_are_the_best_of_each_without_those_given() -> None:
    given = [ReferenceUse(image="r1", weight=0.2)]
    assert [reference.image for reference in references_of([LUCA, MAYA], given)] == ["r2"]
    found = worded(asked(prompt="@luca", cast=[LUCA], references=given))
    assert [reference.image for reference in found.references] == ["r1", "r2"]


def test_wording_a_prepared_request_again_changes_nothing() -> None:
    once = worded(asked(prompt="@luca runs <lora:ink>", cast=[LUCA]))
    again = worded(asked(prompt=once.said, cast=[LUCA], loras=list(once.loras), references=list(once.references)))
    assert (again.prompt, again.loras, again.references) == (once.prompt, once.loras, once.references)
