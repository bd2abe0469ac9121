"""Tiny models, made once for each test process."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a download of Qwen 2.5 leaves it."""
    from tests.backends.tiny.models import save_qwen

    return save_qwen(tmp_path_factory.mktemp("tiny") / "tiny-qwen")


@pytest.fixture(scope="session")
def tiny_qwen_vl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of Qwen 2.5 VL."""
    from tests.backends.tiny.models import save_qwen_vl

    return save_qwen_vl(tmp_path_factory.mktemp("tiny") / "tiny-qwen-vl")


@pytest.fixture(scope="session")
def tiny_smolvlm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of SmolVLM."""
    from tests.backends.tiny.models import save_smolvlm

    return save_smolvlm(tmp_path_factory.mktemp("tiny") / "tiny-smolvlm")


@pytest.fixture(scope="session")
def tiny_sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of a sentence-transformers model."""
    from tests.backends.tiny.models import save_sentences

    return save_sentences(tmp_path_factory.mktemp("tiny") / "tiny-sentences")
