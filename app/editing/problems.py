"""What is wrong with a plan: a code for programs, the place as a JSON path, one sentence and its remedy for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from configs.errors import BadInput

SHOWN = 3


@dataclass(frozen=True)
class Problem:
    """One thing wrong. ``path``: where, as RFC 9535 writes it: ``$.segments[2].operations[0].factor``.

    ``fits``: the nearest value that would be right there, where there is one; for mending, not for JSON.
    """

    code: str
    path: str
    message: str
    remedy: str
    fits: Any = field(default=None, compare=False, repr=False)

    def as_dict(self) -> dict[str, str]:
        """The form it has in JSON."""
        return {"code": self.code, "path": self.path, "message": self.message, "remedy": self.remedy}


class BadPlan(BadInput):
    """A plan that cannot be rendered; nothing was rendered. ``problems`` has everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = f" {len(problems) - 1} more of its places need mending." if len(problems) > 1 else ""
        super().__init__(f"{first.path}: {first.message}{more}", first.remedy, first.code)
        self.problems = tuple(problems)

    def as_dict(self) -> dict[str, Any]:
        """As every error, with all problems."""
        return {**super().as_dict(), "problems": [problem.as_dict() for problem in self.problems]}
