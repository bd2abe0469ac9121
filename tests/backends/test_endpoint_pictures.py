"""Pictures as data URLs."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from backends.chat import ImagePart
from backends.endpoint_pictures import data_url
from configs.errors import BadMedia


@pytest.mark.parametrize(
    ("start", "kind"), [(b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"RIFF0000WEBP", "webp"), (b"GIF89a", "gif")]
)
def test_the_kind_follows_from_the_first_bytes(start: bytes, kind: str) -> None:
    text = base64.b64encode(start).decode()
    assert data_url(ImagePart(base64=text)) == f"data:image/{kind};base64,{text}"


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNGx")
    assert data_url(ImagePart(path=str(tmp_path / "a.png"))).endswith(base64.b64encode(b"\x89PNGx").decode())


def test_other_bytes_are_refused() -> None:
    with pytest.raises(BadMedia, match="neither PNG"):
        data_url(ImagePart(base64="AAAA"))
