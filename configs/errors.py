"""The errors a person may see: what happened, with the value, and what to do about it."""

from __future__ import annotations


class StudioError(Exception):
    """Something a person can act on.

    Args:
        message: one sentence saying what happened, with the offending value.
        remedy: one sentence saying what to do next; may be empty only when nothing can be done.
        code: stable machine-readable name, ``snake_case``.
    """

    code = "failed"
    http_status = 500
    exit_code = 1

    def __init__(self, message: str, remedy: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def as_dict(self) -> dict[str, str]:
        """The form kept in the store and sent over HTTP."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class BadInput(StudioError):
    """The request itself is wrong; asking again unchanged will fail again."""

    code = "bad_input"
    http_status = 422
    exit_code = 2


class BadMedia(BadInput):
    """A media file is missing, empty, damaged, or not of the kind asked for."""

    code = "bad_media"


class TooLarge(BadInput):
    """The upload is over the configured limit."""

    code = "too_large"
    http_status = 413


class NotFound(BadInput):
    """No job, artifact, project or capability has this name."""

    code = "not_found"
    http_status = 404


class Refused(StudioError):
    """The caller may not do this from where they are."""

    code = "refused"
    http_status = 403
    exit_code = 2


class Conflict(StudioError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    http_status = 409
    exit_code = 2


class Unavailable(StudioError):
    """The studio, a worker, the disk or the database cannot serve just now."""

    code = "unavailable"
    http_status = 503
