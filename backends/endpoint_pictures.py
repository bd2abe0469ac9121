"""Pictures as data URLs, for servers."""

from __future__ import annotations

import base64

from backends.chat import ImagePart
from backends.pictures import bytes_of
from configs.errors import BadMedia

KINDS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def data_url(part: ImagePart) -> str:
    """``data:image/...;base64,...`` of a part; raises BadMedia when it is no picture."""
    data = bytes_of(part, "A picture of the conversation")
    kind = next((kind for start, kind in KINDS if data.startswith(start)), None)
    if kind is None:
        raise BadMedia("A picture of the conversation is neither PNG, JPEG, WebP nor GIF.", "Send one of these.")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
