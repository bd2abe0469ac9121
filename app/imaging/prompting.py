"""From what a person says to what a model is told: characters and the style filled in, LoRA tags taken out of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.cast import CastMember, LoraUse, mentioned, spoken
from app.imaging.requests import Picture, ReferenceUse, Styling
from app.imaging.styles import joined, put_into
from configs.errors import BadInput
from configs.image_styles_file import PLACE

REFERENCES_PER_MEMBER = 2
MOST_LORA_WEIGHT = 4.0
_TAG = re.compile(r"<lora:(\s*[^:<>\s][^:<>]{0,199})(?::(-?[\d.]+))?(?::(-?[\d.]+))?>", re.IGNORECASE)  # as A1111 writes them in prompts


@dataclass(frozen=True)
class Worded:
    """What a model is told.

    Attributes:
        said: the prompt as the person wrote it, without LoRA tags.
        tagged: LoRAs of the prompt's tags.
        loras: those asked for, those in the prompt's tags, and those of the characters; each name once, the first counts.
        references: those asked for, then the best of each character.
        notes: what a person should know about the wording.
    """

    prompt: str
    negative: str
    said: str = ""
    tagged: tuple[LoraUse, ...] = ()
    loras: tuple[LoraUse, ...] = ()
    references: tuple[ReferenceUse, ...] = ()
    notes: tuple[str, ...] = ()


def worded(request: Picture) -> Worded:
    """The whole wording of a request; raises BadInput when the weight of a LoRA tag is no number."""
    text, tagged = without_tags(request.prompt)
    cast = cast_of(request)
    prompt = spoken(text, request.cast, _Describes())
    look = request.styling or Styling(prompt=PLACE)
    loras = [*request.loras, *tagged, *(lora for member in cast for lora in member.loras)]
    return Worded(
        prompt=put_into(look.prompt, prompt.strip()),
        negative=joined(request.negative, *(member.negative for member in cast), look.negative),
        said=text,
        tagged=tuple(tagged),
        loras=tuple({lora.name: lora for lora in reversed(loras)}[name] for name in dict.fromkeys(lora.name for lora in loras)),
        references=(*request.references, *references_of(cast, request.references)),
    )


def without_tags(prompt: str) -> tuple[str, list[LoraUse]]:
    """The prompt without ``<lora:name:weight>`` tags, and what they ask for; raises BadInput for a weight that is none."""
    found = [_from_tag(*match.groups()) for match in _TAG.finditer(prompt)]
    if not found:
        return prompt, []
    parts = (" ".join(part.split()) for part in _TAG.sub("", prompt).split(","))
    return ", ".join(part for part in parts if part), found


def _from_tag(name: str, first: str | None, second: str | None) -> LoraUse:
    """One number is for everything; of two, the first is for the text encoders, as in A1111."""
    try:
        numbers = [float(number) for number in (first, second) if number is not None] or [1.0]
    except ValueError:
        raise BadInput(f"The weight of <lora:{name}> is no number.", "Write <lora:name:0.8>.") from None
    if any(abs(number) > MOST_LORA_WEIGHT for number in numbers):
        raise BadInput(f"The weight of <lora:{name}> is {first}.", f"Give {-MOST_LORA_WEIGHT:g} to {MOST_LORA_WEIGHT:g}.")
    return LoraUse(name=name.strip(), weight=numbers[-1], text_weight=numbers[0] if len(numbers) == 2 else None)


def cast_of(request: Picture) -> list[CastMember]:
    """The characters that the prompt names, in its order, then those that were given without being named."""
    by_name = {member.name: member for member in request.cast}
    named = [by_name[name] for name in mentioned(request.prompt) if name in by_name]
    return [*named, *(member for member in request.cast if member not in named)]


def references_of(cast: Iterable[CastMember], given: Iterable[ReferenceUse] = ()) -> list[ReferenceUse]:
    """The best reference pictures of each character, without those that are given already."""
    known = {reference.image for reference in given}
    best = [image for member in cast for image in member.references[:REFERENCES_PER_MEMBER]]
    return [ReferenceUse(image=image) for image in dict.fromkeys(best) if image not in known]


class _Describes:
    """A character where it is named: described in full the first time, by its trigger or name after that."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, member: CastMember) -> str:
        name = member.title or member.name
        if member.name in self._told:
            return member.trigger or name
        self._told.add(member.name)
        return ", ".join(part.strip().rstrip(".,") for part in (member.trigger, member.description) if part.strip()) or name
