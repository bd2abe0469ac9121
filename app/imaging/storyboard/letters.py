"""Lines of scripts written from the right, put into the order and the shapes in which they are drawn.

A simplified Unicode bidirectional algorithm (UAX #9 without embeddings) and Arabic shaping by presentation forms: enough for captions,
and the same on every machine, whichever text libraries it has. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_FORMS = ((0xFB50, 0xFDFB), (0xFE70, 0xFEFC))
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_UNDRAWN = ("Cc", "Cf", "Cs", "Cn", "Co", "Mn", "Me")
_KINDS = ("isolated", "final", "initial", "medial")


def cleaned(text: str) -> str:
    """One line: no control characters, marks that are never drawn, or half characters; all blanks alike."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    drawn = (" " if one.isspace() else one for one in text if one.isspace() or unicodedata.category(one) not in _UNDRAWN)
    return " ".join("".join(drawn).split())


def from_right(text: str) -> bool:
    """Whether the first letter that has a direction is written from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def visual(line: str, base_right: bool | None = None) -> str:
    """The line as it is drawn from left to right."""
    if not any(unicodedata.bidirectional(character) in ("R", "AL") for character in line):
        return line
    right = from_right(line) if base_right is None else base_right
    runs = _runs(line, right)
    turned = [_turned(text) if is_right else text for is_right, text in runs]
    return "".join(reversed(turned) if right else turned)


def _turned(text: str) -> str:
    """Numbers keep their order."""
    return _DIGITS.sub(lambda number: number[0][::-1], shaped(text)[::-1].translate(_MIRRORED))


def shaped(text: str) -> str:
    """Arabic letters in the forms that join their neighbours; all else as it is."""
    forms, ligatures = _forms()
    made: list[str] = []
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        before = at > 0 and len(forms.get(text[at - 1], ())) == 4
        if pair in ligatures:
            made.append(ligatures[pair][1 if before else 0])
            at += 2
            continue
        found = forms.get(text[at])
        if found is None:
            made.append(text[at])
        else:
            after = len(found) == 4 and at + 1 < len(text) and text[at + 1] in forms and len(forms[text[at + 1]]) > 1
            joins = before and len(found) > 1
            made.append(found[(3 if joins else 2) if after else (1 if joins else 0)])
        at += 1
    return "".join(made)


def _runs(line: str, right: bool) -> list[tuple[bool, str]]:
    """(from the right, text) in logical order; blanks and signs go with what surrounds them, numbers are never turned."""
    sides = [_side(character) for character in line]
    strong = right
    for at, character in enumerate(line):  # a number goes with the letters before it
        if unicodedata.bidirectional(character) in ("EN", "AN"):
            sides[at] = strong
        elif sides[at] is not None:
            strong = bool(sides[at])
    for at, side in enumerate(sides):
        if side is None:
            before = next((s for s in reversed(sides[:at]) if s is not None), right)
            after = next((s for s in sides[at + 1 :] if s is not None), right)
            sides[at] = before if before == after else right
    runs: list[tuple[bool, str]] = []
    for character, side in zip(line, sides, strict=True):
        if runs and runs[-1][0] == bool(side):
            runs[-1] = (bool(side), runs[-1][1] + character)
        else:
            runs.append((bool(side), character))
    return runs


def _side(character: str) -> bool | None:
    direction = unicodedata.bidirectional(character)
    if direction in ("R", "AL"):
        return True
    return False if direction == "L" else None


@lru_cache(maxsize=1)
def _forms() -> tuple[dict[str, str], dict[str, str]]:
    """Letter -> its isolated, final, and where it joins onwards initial and medial form; lam and alef -> isolated, final."""
    found: dict[str, dict[str, str]] = {}
    for low, high in _FORMS:
        for code in range(low, high + 1):
            kind, *parts = unicodedata.decomposition(chr(code)).split() or [""]
            if kind.strip("<>") in _KINDS and parts:
                found.setdefault("".join(chr(int(part, 16)) for part in parts), {}).setdefault(kind.strip("<>"), chr(code))
    single = {text: forms for text, forms in found.items() if len(text) == 1 and "isolated" in forms}
    letters = {text: "".join(forms.get(kind, "") for kind in _KINDS) for text, forms in single.items()}
    joins = {
        text: forms["isolated"] + forms["final"]
        for text, forms in found.items()
        if len(text) == 2 and text[0] == "\u0644" and text[1] in "\u0622\u0623\u0625\u0627" and {"isolated", "final"} <= forms.keys()
    }
    return letters, joins
