"""The inner state of a PySceneDetect detector as JSON and back, so that a killed analysis goes on where it was."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Any

_PACKAGE = "scenedetect."
_PLAIN = (type(None), bool, int, float, str)


def freeze(value: Any) -> Any:
    """Plain values, lists, arrays and the detector library's own objects -> JSON.

    Raises:
        TypeError: something that is none of these, which a new version of the library might hold.
    """
    import numpy as np

    if isinstance(value, np.generic):
        return freeze(value.item())
    if isinstance(value, np.ndarray):
        data = base64.b85encode(zlib.compress(np.ascontiguousarray(value).tobytes(), 1)).decode()
        return {"": "array", "shape": list(value.shape), "dtype": str(value.dtype), "data": data}
    if isinstance(value, Enum) or hasattr(value, "_fields"):
        return {"": "setting"}  # a mode or a set of weights: whoever thaws has made the detector with the same
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Fraction):
        return {"": "fraction", "of": [value.numerator, value.denominator]}
    if isinstance(value, (list, tuple)):
        return {"": "tuple" if isinstance(value, tuple) else "list", "of": [freeze(v) for v in value]}
    if isinstance(value, dict):
        return {"": "dict", "of": [[key, freeze(v)] for key, v in value.items()]}
    if any(kind.__module__.startswith(_PACKAGE) for kind in type(value).__mro__):
        return {"": "object", "class": type(value).__name__, "of": {key: freeze(v) for key, v in vars(value).items()}}
    raise TypeError(f"cannot keep a {type(value).__name__}")


def thaw(data: Any, into: Any = None) -> Any:
    """The reverse of `freeze`; an object's attributes are set on ``into`` where given, else on a new one.

    Only the classes that hold a detector's state are ever made, and nothing in ``data`` is run.
    """
    if not isinstance(data, dict):
        return data
    return _MAKERS[data[""]](data, into)


def _array(data: dict[str, Any], _: Any) -> Any:
    import numpy as np

    raw = zlib.decompress(base64.b85decode(data["data"]))
    return np.frombuffer(raw, dtype=np.dtype(data["dtype"])).reshape(data["shape"]).copy()


def _object(data: dict[str, Any], into: Any) -> Any:
    target = into
    if target is None or type(target).__name__ != data["class"]:
        kind = _state_classes()[data["class"]]
        target = kind.__new__(kind)
    for key, value in data["of"].items():
        present = getattr(target, key, None)
        if isinstance(value, dict) and value.get("") == "setting":
            continue
        object.__setattr__(target, key, thaw(value, present if _is_object(value) else None))
    return target


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and value.get("") == "object"


def _state_classes() -> dict[str, Any]:
    from scenedetect import common
    from scenedetect.detector import FlashFilter
    from scenedetect.detectors import ContentDetector

    kinds: tuple[Any, ...] = (
        common.FrameTimecode, common.Timecode, common._FrameNumber, common._Seconds, FlashFilter, ContentDetector._FrameData,
    )  # fmt: skip
    return {kind.__name__: kind for kind in kinds}


_MAKERS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "array": _array,
    "object": _object,
    "fraction": lambda data, _: Fraction(*data["of"]),
    "list": lambda data, _: [thaw(v) for v in data["of"]],
    "tuple": lambda data, _: tuple(thaw(v) for v in data["of"]),
    "dict": lambda data, _: {key: thaw(v) for key, v in data["of"]},
}
