"""What making a reference sheet is asked and what it answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from app.cast import MOST_CAST, CastMember, Handle, Strict
from app.imaging.requests import Likeness
from app.imaging.sheet.poses import EXPRESSIONS, USUAL, VIEWS, Expression, Pose, View, pose_of_expression, pose_of_view

CellSide = Annotated[int, Field(ge=64, le=2048, multiple_of=8)]


class MakeSheet(Strict):
    """A reference sheet to make."""

    character: Handle = Field(description="Whose: a handle.")
    views: list[View] = Field(default=list(VIEWS), max_length=len(VIEWS), description="Sides of the whole figure.")
    expressions: list[Expression] = Field(default=list(USUAL), max_length=len(EXPRESSIONS), description="Moods of the face.")
    details: str = Field(default="", max_length=1000, description="What every picture shows besides: clothes, things it carries.")
    negative: str = Field(default="", max_length=2000, description="What is not to be seen.")
    style: str | None = Field(default=None, max_length=60, description="A style preset; see GET /api/images/styles.")
    model: str | None = Field(default=None, min_length=1, max_length=200, description="As for image.generate.")
    cell_px: CellSide | None = Field(default=None, description="Side of a face's picture, px; left out: as the model likes it.")
    steps: int | None = Field(default=None, ge=1, le=150, description="Sampling steps; left out: the model's own.")
    guidance: float | None = Field(default=None, ge=0, le=30, description="How closely the words are followed.")
    seed: int | None = Field(default=None, ge=0, le=2**32 - 1, description="One for all pictures; left out: by chance.")
    keep: bool = Field(default=False, description="Put the sheet and its pictures into the character's pack.")
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in: the character as it was on asking.")

    @model_validator(mode="after")
    def _something_to_show(self) -> MakeSheet:
        if not self.views and not self.expressions:
            raise ValueError("a sheet shows something: give views or expressions")
        return self

    def poses(self) -> list[Pose]:
        """Every picture of the sheet, each once, as they stand on it."""
        views = [pose_of_view(view) for view in dict.fromkeys(self.views)]
        return views + [pose_of_expression(one) for one in dict.fromkeys(self.expressions)]


class SheetCell(Strict):
    """One picture of the sheet."""

    name: str
    label: str
    whole: bool = Field(description="The whole figure; else head and shoulders.")
    artifact_id: str
    seed: int
    likeness: list[Likeness] = Field(default=[])


class MadeSheet(Strict):
    """The sheet and its pictures."""

    artifact_id: str = Field(description="All of it on one page.")
    character: str
    cells: list[SheetCell]
    palette: list[str]
    model: str
    engine: str = Field(description="What made the pictures, in words: storyboard says that they are no AI images.")
    kept: bool = Field(description="Whether it is in the character's pack.")
    notes: list[str] = Field(default=[])
    took_s: float = Field(ge=0)
