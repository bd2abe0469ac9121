"""THE table of what the studio can do. To add a capability: write it in its domain package, name it here."""

from __future__ import annotations

from typing import Any

from app.capability import Capability

CAPABILITIES: tuple[Capability[Any, Any], ...] = ()
