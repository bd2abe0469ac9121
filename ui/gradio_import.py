"""Imports Gradio without its rewriting of type stubs: every component class would otherwise parse its own source again, at each start."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Sequence
from types import ModuleType

_META = "gradio.component_meta"
_WRITER = "create_or_modify_pyi"
_ONE_AT_A_TIME = threading.Lock()


class _WithoutStubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the one module as always, then puts nothing in the place of its stub writer."""

    _loader: importlib.abc.Loader

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if name != _META:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        self._loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if hasattr(module, _WRITER):
            setattr(module, _WRITER, lambda *_: None)


def import_gradio() -> ModuleType:
    """Gradio, imported once; 1.5 s of processor time instead of 2.5 s on a 2-core machine."""
    with _ONE_AT_A_TIME:  # whoever asks while another thread imports gets it whole
        if _META in sys.modules:
            return importlib.import_module("gradio")
        sys.meta_path.insert(0, finder := _WithoutStubs())
        try:
            return importlib.import_module("gradio")
        finally:
            sys.meta_path.remove(finder)
