"""Settings: frozen and typed; the only reader of the environment and of YAML.

Order: the defaults below < studio.yaml < local.yaml < STUDIO_... variables < flags. An unknown key is refused.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from configs.endpoints import Endpoint
from configs.errors import BadInput

CONFIG_DIR = Path(__file__).parent
PREFIX = "STUDIO_"
# Variables of the model hub's own tools that mean the same here; ours go before them.
HUB_VARIABLES = {"HF_ENDPOINT": "hub_endpoint", "HF_TOKEN": "hub_token"}
# Variables of this prefix that belong to the tests, the benchmarks and the tools, not to the studio.
NOT_SETTINGS = frozenset({"STUDIO_CHROMIUM", "STUDIO_BENCH_MEDIA", "STUDIO_LAUNCHED"})


def default_data_dir(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The platform's folder for a user's data; never the working directory."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Animation AI Studio"
    if platform.startswith("win"):
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Animation AI Studio"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "animation-ai-studio"


def default_hub_cache(environ: Mapping[str, str]) -> Path:
    """Where the model hub's own tools keep what they downloaded."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if environ.get("HF_HUB_CACHE"):
        return Path(environ["HF_HUB_CACHE"])
    return Path(environ.get("HF_HOME") or Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "huggingface") / "hub"


def default_cpu_workers() -> int:
    """One process per two cores, at least 2 so that a proxy need not wait for an analysis, at most 4."""
    return min(4, max(2, (os.cpu_count() or 2) // 2))


class Settings(BaseModel):
    """Everything that can be set. Sizes are bytes, times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    share: bool = False
    headless: bool = False
    open_browser: bool = True
    passphrase: str | None = Field(default=None, min_length=8)
    database_url: str | None = None
    blob_dir: Path | None = None
    cpu_workers: int = Field(default_factory=default_cpu_workers, ge=1, le=64)
    analysis_processes: int = Field(default=0, ge=0, le=64)  # that look at one film; 0: by cores and length, 1: only the worker
    io_threads: int = Field(default=8, ge=1, le=256)
    max_upload_bytes: int = Field(default=16 * 2**30, ge=1)
    min_free_bytes: int = Field(default=64 * 2**20, ge=0)
    cancel_grace_s: float = Field(default=5.0, gt=0)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    model_dir: Path | None = None
    model_folders: tuple[Path, ...] = ()  # of other programs: used in place, never written
    hub_cache: Path | None = None  # where the model hub's own tools keep their downloads: used in place as well
    hub_endpoint: str = Field(default="https://huggingface.co", pattern=r"^https?://[^\s?#]+$")
    hub_token: str | None = Field(default=None, repr=False)
    torch_index: str = Field(default="https://download.pytorch.org/whl", pattern=r"^(https?|file)://[^\s?#]+$")
    torch_build: str = Field(default="auto", pattern=r"^(auto|default|cpu|cu\d{3}|rocm[\d.]+)$")
    cuda_without_gpu: bool = False  # install a CUDA build of torch even where there is no NVIDIA GPU
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    device_limit_bytes: int | None = Field(default=None, ge=2**28)
    ram_limit_bytes: int | None = Field(default=None, ge=2**28)
    model_keep_alive_s: float | None = Field(default=900.0, gt=0)
    model_jobs: int = Field(default=8, ge=1, le=64)
    endpoints: tuple[Endpoint, ...] = Field(default=(), repr=False)  # servers of models: Ollama, LM Studio, llama.cpp, vLLM ...
    answer_cache_s: float = Field(default=3600.0, ge=0)  # how long the gateway gives the same answer again; 0: never
    answer_cache_url: str | None = Field(default=None, pattern=r"^(redis|rediss|unix)://\S+$", repr=False)

    @field_validator("data_dir", "blob_dir", "model_dir", "hub_cache", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else Path(os.path.abspath(value.expanduser()))

    @field_validator("model_folders", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        """From the environment: folders with the platform's path separator between them."""
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value

    @field_validator("endpoints", mode="before")
    @classmethod
    def _as_json(cls, value: Any) -> Any:
        """From the environment: the list as JSON."""
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("endpoints", mode="after")
    @classmethod
    def _names_differ(cls, value: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
        if len({endpoint.name for endpoint in value}) < len(value):
            raise ValueError("two endpoints have the same name")
        return value

    @field_validator("model_folders", mode="after")
    @classmethod
    def _all_absolute(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(Path(os.path.abspath(folder.expanduser())) for folder in value)

    @field_validator("hub_endpoint", "torch_index", mode="after")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def models(self) -> Path:
        """The root of the studio's own models."""
        return self.model_dir or self.data_dir / "models"

    @property
    def foreign_folders(self) -> tuple[Path, ...]:
        """Where models of other programs lie."""
        return (*self.model_folders, *((self.hub_cache,) if self.hub_cache is not None else ()))

    @property
    def blobs(self) -> Path:
        """The root of the content-addressed files."""
        return self.blob_dir or self.data_dir / "blobs"

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the job and artifact store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'studio.db'}"


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config_dir: Path | None = None,
) -> Settings:
    """Merges every source and validates the result.

    Raises:
        BadInput: a file, variable or flag holds an unknown key or an unusable value; the sentence names all three.
    """
    environ = os.environ if environ is None else environ
    config_dir = CONFIG_DIR if config_dir is None else config_dir
    merged: dict[str, Any] = {"data_dir": default_data_dir(environ), "hub_cache": default_hub_cache(environ)}
    origin: dict[str, str] = {}
    sources = [(name, read_yaml(config_dir / name)) for name in ("studio.yaml", "local.yaml")]
    hub = {key: environ[name] for name, key in HUB_VARIABLES.items() if environ.get(name)}
    sources += [("the environment", {**hub, **_read_environment(environ)}), ("the command line", dict(overrides or {}))]
    for source, values in sources:
        for key, value in values.items():
            if value is not None:
                merged[key], origin[key] = value, source
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        where = origin.get(key, "the defaults")
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            raise BadInput(f"Setting {key!r} in {where} is not known.", f"Known settings: {known}.") from None
        raise BadInput(f"Setting {key!r} in {where} is {merged.get(key)!r}: {first['msg'].lower()}.", f"Mend {key!r} in {where}.") from None


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = (n for n in environ if n.startswith(PREFIX) and n not in NOT_SETTINGS)
    return {name[len(PREFIX) :].lower(): environ[name] for name in names if environ[name] != ""}


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping a file holds; empty when there is no such file.

    Raises:
        BadInput: it is not YAML, or no mapping; the sentence names it.
    """
    if not path.exists():
        return {}
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not valid YAML: {error}.".replace("\n", " "), "Mend the file or remove it.") from None
    if not isinstance(data, dict):
        raise BadInput(f"{path} holds {type(data).__name__}, not settings.", "Write one `name: value` per line.")
    return data
