"""The desk keeps to what the gateway is promised."""

from __future__ import annotations

import inspect

from app.models.calls import ModelCalls, ModelView
from app.models.desk import ModelDesk


def test_the_desk_has_every_promised_method_with_the_same_parameters() -> None:
    for name in ("start", "models"):
        promised = inspect.signature(getattr(ModelCalls, name)).parameters
        assert list(inspect.signature(getattr(ModelDesk, name)).parameters) == list(promised)


def test_a_view_is_plain_json() -> None:
    view = ModelView(name="a", title="A", task="chat", engine="e", state="installed", installed=True)
    assert view.model_dump() == {
        "name": "a", "title": "A", "task": "chat", "engine": "e", "state": "installed", "installed": True, "variant": None
    }  # fmt: skip
