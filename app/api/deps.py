"""What every route needs: the studio, and who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from app.api.access import access_of

if TYPE_CHECKING:
    from app.studio import Studio


async def studio_of(request: Request) -> Any:
    """The studio this application serves. Asynchronous, as its neighbour, since FastAPI would call it on a thread otherwise."""
    return request.app.state.studio


async def is_owner(request: Request) -> bool:
    """Whether the caller may name files of this machine."""
    return access_of(request).owner


if TYPE_CHECKING:
    StudioDep = Annotated[Studio, Depends(studio_of)]
else:
    StudioDep = Annotated[Any, Depends(studio_of)]
OwnerDep = Annotated[bool, Depends(is_owner)]
