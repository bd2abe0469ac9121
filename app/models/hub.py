"""The model hub: which files a repository holds at a revision, with their sizes and hashes; in plain words when it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from configs.errors import NotFound, Refused, StudioError, Unavailable

TIMEOUT_S = 30.0


@dataclass(frozen=True)
class HubFile:
    """One file as the hub describes it; ``sha256`` is known for large files, ``git_sha1`` (of git's blob form) for small ones."""

    path: str
    size_bytes: int
    url: str
    sha256: str | None = None
    git_sha1: str | None = None


@dataclass(frozen=True)
class Listing:
    """A repository at one commit."""

    repo: str
    commit: str
    files: tuple[HubFile, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # what a download must send


class Hub:
    """One hub, asked as one person.

    Args:
        endpoint: its address.
        token: who asks; None: whoever logged in with the hub's own tools on this machine, or nobody.
    """

    def __init__(self, endpoint: str, token: str | None = None) -> None:
        self.endpoint, self._token = endpoint.rstrip("/"), token

    def list_files(self, repo: str, revision: str) -> Listing:
        """Every file of a repository at a revision.

        Raises:
            NotFound: there is no such repository or revision.
            Refused: its authors ask who downloads it; the sentence says where to agree.
            Unavailable: the hub cannot be reached, or does not answer as it should.
        """
        from huggingface_hub import HfApi
        from huggingface_hub.utils import build_hf_headers

        api = HfApi(endpoint=self.endpoint, token=self._token, library_name="animation-ai-studio")
        try:
            info = api.model_info(repo, revision=revision, files_metadata=True, timeout=TIMEOUT_S)
        except Exception as error:  # the library's own kinds, and whatever its HTTP client raises
            raise self.explain(repo, revision, error) from None
        headers = build_hf_headers(token=self._token, library_name="animation-ai-studio")
        commit = str(info.sha or revision)
        files = tuple(self._file(repo, commit, sibling) for sibling in info.siblings or ())
        return Listing(repo, commit, files, {str(key): str(value) for key, value in headers.items()})

    def explain(self, repo: str, revision: str, error: Exception) -> StudioError:
        """What a failure means, in plain words."""
        kind, status = type(error).__name__, status_of(error)
        if kind == "GatedRepoError" or status == 403:
            return gated(repo, self.endpoint)
        if kind == "RevisionNotFoundError":
            return NotFound(f"The repository {repo} has no revision {revision!r}.", "Mend the card's revision.", "no_revision")
        if kind in ("RepositoryNotFoundError", "HFValidationError") or status in (401, 404):
            return NotFound(
                f"{self.endpoint} has no repository {repo}, or shows it only to some.",
                "Check the name in the card; for a private one, set `hub_token`.",
                "no_repository",
            )
        if status == 429:
            return Unavailable(f"{self.endpoint} asks for fewer requests just now.", "Try again in a few minutes.", "hub_busy")
        if status is not None:
            return Unavailable(f"{self.endpoint} answered {status} for {repo}.", "Try again in a while.", "hub_trouble")
        return Unavailable(
            f"{self.endpoint} cannot be reached ({kind}).",
            "Check the network, or set `hub_endpoint` to a mirror; `models import` takes files you have.",
            "hub_unreachable",
        )

    def _file(self, repo: str, commit: str, sibling: Any) -> HubFile:
        path = safe_path(str(sibling.rfilename))
        lfs = sibling.lfs
        return HubFile(
            path=path,
            size_bytes=int((lfs.size if lfs is not None else sibling.size) or 0),
            url=f"{self.endpoint}/{repo}/resolve/{quote(commit, safe='')}/{quote(path)}",
            sha256=lfs.sha256 if lfs is not None else None,
            git_sha1=None if lfs is not None else sibling.blob_id,
        )


def gated(repo: str, endpoint: str) -> Refused:
    """The authors of a repository ask who downloads it."""
    return Refused(
        f"The authors of {repo} ask who downloads it.",
        f"Agree to their terms at {endpoint}/{repo}, make an access token there, set it as `hub_token`, and install again.",
        "gated",
    )


def status_of(error: Exception) -> int | None:
    """The HTTP status that an error carries, where it carries one."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return int(status) if status is not None else None


def safe_path(path: str) -> str:
    """A path that stays inside the folder it is put into; raises `Unavailable` for any other."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
        raise Unavailable(
            f"The hub names a file {path!r}, which leads out of the model's folder.", "Do not use this repository.", "hub_trouble"
        )
    return path
