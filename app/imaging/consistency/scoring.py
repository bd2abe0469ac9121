"""The built-in descriptor: a picture's description, and how alike it is to a character's references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imaging.consistency.calibration import Parts
from app.imaging.consistency.fields import Fields, fields_of
from app.imaging.consistency.guide import belonging, guided_subject
from app.imaging.consistency.outline import REFERENCE_TALL, SEEN_TALL, Outline, mismatch, outline_of
from app.imaging.consistency.signature import Signature, apart, signature_of

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Reference:
    """A reference picture: its subject's colours and outline."""

    fields: Fields
    signature: Signature
    outline: Outline | None


def described(image: Image) -> Reference:
    """A reference picture, by the subject that stands out in it."""
    fields = fields_of(image)
    return Reference(fields, signature_of(fields, fields.within), outline_of(fields.subject, REFERENCE_TALL))


def compared(seen: Fields, references: Sequence[Reference]) -> tuple[Parts, int]:
    """How far the picture is from the references, and the number of the nearest.

    Every reference first says where in the picture its colours are; those fields are compared with it. The outline is that of the
    subject which the nearest reference finds, against the outlines of all.
    """
    belongs = [belonging(seen, reference.signature) for reference in references]
    colours = [apart(signature_of(seen, sure), reference.signature) for sure, reference in zip(belongs, references, strict=True)]
    best = min(range(len(colours)), key=colours.__getitem__)
    subject = guided_subject(seen, belongs[best])
    own = None if subject is None else outline_of(subject, SEEN_TALL)
    return Parts(colours[best], min(mismatch(own, reference.outline) for reference in references)), best
