"""The one passphrase: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import json
import math
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from configs.errors import Unavailable

WORDS_FILE = Path(__file__).with_name("words.txt")
KEYS_FILE = "access.json"
WORD_COUNT = 5


@dataclass(frozen=True)
class AccessKeys:
    """What a guest types, and the secret that signs what the guest is given for it."""

    passphrase: str
    secret: str


def words() -> tuple[str, ...]:
    """The bundled list, short plain English words."""
    return tuple(WORDS_FILE.read_text(encoding="ascii").split())


def make_passphrase(count: int = WORD_COUNT) -> str:
    """``count`` words picked by the system's random source and joined by hyphens."""
    choices = words()
    return "-".join(secrets.choice(choices) for _ in range(count))


def entropy_bits(count: int = WORD_COUNT) -> float:
    """How hard a passphrase is to guess."""
    return count * math.log2(len(set(words())))


def normalise(typed: str) -> str:
    """Forgives capitals, and spaces in place of hyphens."""
    return "-".join(typed.replace("-", " ").split()).casefold()


def matches(typed: str, passphrase: str) -> bool:
    """Compares in constant time."""
    return secrets.compare_digest(normalise(typed).encode(), normalise(passphrase).encode())


def load_keys(data_dir: Path, chosen: str | None = None) -> AccessKeys:
    """The keys of this data folder, made on the first call; ``chosen`` is a passphrase from the settings.

    Keeping them means that a page which is open stays logged in when the studio restarts.
    """
    path = data_dir / KEYS_FILE
    kept = _read(path)
    secret = kept.get("secret") or secrets.token_hex(32)
    passphrase = kept.get("passphrase") or make_passphrase()
    if kept != {"passphrase": passphrase, "secret": secret}:
        _write(path, {"passphrase": passphrase, "secret": secret})
    return AccessKeys(chosen or passphrase, secret)


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in kept.items() if isinstance(value, str)} if isinstance(kept, dict) else {}


def _write(path: Path, keys: dict[str, str]) -> None:
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".access-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(keys, file)
        os.replace(temporary, path)
    except OSError as error:
        raise Unavailable(f"The passphrase cannot be kept in {path}: {error.strerror}.", "Make the data folder writable.") from error
