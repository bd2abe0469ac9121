"""spandrel comes in without torchvision, and nothing of it is faked for anybody else."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("torch")
if find_spec("spandrel") is None:
    pytest.skip("spandrel is not installed", allow_module_level=True)

ROOT = Path(__file__).parents[2]


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_knows_upscalers_and_torchvision_stays_away() -> None:
    code = (
        "import sys; from backends.spandrel_import import spandrel; found = spandrel();"
        "assert spandrel() is found;"
        "print('ESRGAN' in found.MAIN_REGISTRY, 'DAT' in found.MAIN_REGISTRY, 'torchvision' in sys.modules, len(found.MAIN_REGISTRY) > 30)"
    )
    expected = f"True True {find_spec('torchvision') is not None} True"
    assert said(code) == expected


@pytest.mark.skipif(find_spec("torchvision") is not None, reason="torchvision is here")
def test_what_it_stands_in_for_recognises_nothing() -> None:
    code = (
        "from backends.spandrel_import import spandrel, NEED_TORCHVISION; registry = spandrel().MAIN_REGISTRY;"
        "print([registry[name].detect({'generator.model.1.bn_l.running_mean': 1}) for name in NEED_TORCHVISION])"
    )
    assert said(code) == "[False, False]"
