"""What every route needs: the studio, and who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.api.access import access_of

if TYPE_CHECKING:
    from app.studio import Studio


def studio_of(request: Request) -> Any:
    """The studio this application serves."""
    return request.app.state.studio


def is_owner(request: Request) -> bool:
    """Whether the caller may name files of this machine."""
    return access_of(request).owner


if TYPE_CHECKING:
    StudioDep = Annotated[Studio, Depends(studio_of)]
else:
    StudioDep = Annotated[Any, Depends(studio_of)]
OwnerDep = Annotated[bool, Depends(is_owner)]
