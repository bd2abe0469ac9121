"""What becomes of every operation in every format: kept, approximated (how), lost (what to do), or none of the format's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from app.editing.exports.base import FormatName

Fate = Literal["kept", "approximated", "lost", "beside"]
FORMATS: tuple[FormatName, ...] = get_args(FormatName)


@dataclass(frozen=True)
class Way:
    """``why`` and ``instead`` are sentences; empty where nothing is lost. ``beside``: the format is not made for such things at all."""

    fate: Fate
    why: str = ""
    instead: str = ""


KEPT, BESIDE = Way("kept"), Way("beside")
_META = Way(
    "lost",
    "OpenTimelineIO has no common word for it, so other programs pass over it.",
    "It stays in the file's metadata and comes back when this studio opens it.",
)
_LISTED = Way("approximated", "A table of cuts has no settings.", "It is named in the column of operations.")


def _about(instead: str, why: str = "The format cannot say it exactly.") -> Way:
    return Way("approximated", why, instead)


def _gone(instead: str, why: str = "The format has no word for it.") -> Way:
    return Way("lost", why, instead)


def _row(otio: Way, edl: Way, fcpxml: Way, premiere: Way, kdenlive: Way, csv: Way = _LISTED, srt: Way = BESIDE) -> dict[FormatName, Way]:
    return {
        "otio": otio, "edl": edl, "fcpxml": fcpxml, "premiere": premiere, "kdenlive": kdenlive, "srt": srt, "chapters": BESIDE, "csv": csv,
    }  # fmt: skip


def _nowhere(instead: str, why: str = "The format has no word for it.") -> dict[FormatName, Way]:
    gone = _gone(instead, why)
    return _row(_META, gone, gone, gone, gone)


_MEAN = _about("The clip plays at the ramp's mean speed, with the same first and last frame; draw the ramp anew.")
_KEYS = _about("Position and scale keys follow it; between the keys the move is straight.", "The editor eases in a way of its own.")
_PLACED = _about("A still position and scale show the same part.", "The editor scales the whole picture instead of cutting it.")
_BY_HAND = "Set it anew in the editor."
_TEXT_EDL = _gone("Export SRT beside it and import that.")
_TITLE = _about("A title with the words, font, size, colour and place; animation and outline are to be set anew.")
_LAYER = _about("A clip on a track above, with size and place in the metadata.")
_ON_TOP = _about(
    "A clip on a track above with its place, size and opacity; a border or a mode of blending is to be set anew.",
    "The format has no border, and modes of blending differ.",
)
_MUSIC = _about("A clip on an audio track with its gain; it does not make way for speech.", "Ducking is worked out anew by every program.")
_FADE = _about("The picture fades through opacity, so to black, and the sound with it.", "A fade to another colour has no word of its own.")

_MEAN_LISTED = _about("The mean speed is in the column of speeds.", "The table has one speed per row.")
_MARKED = _about("Markers on the timeline say the words.", "Titles have no common form in OpenTimelineIO.")
_WORDS_LISTED = _about("The words are in a column.", "A table has no styles.")
_WORDS_ONLY = _about("Words and times; subtitles have no font, place or animation.", "SubRip is plain text.")
_CDL = _about(
    "ASC CDL comments carry exposure, contrast, gamma and saturation; warmth and vignette are lost.", "An edit list has only the CDL."
)

# Operation -> format -> what becomes of it. Every operation stands here, with every format.
CARRIED: dict[str, dict[FormatName, Way]] = {
    "speed": _row(KEPT, KEPT, KEPT, KEPT, KEPT, csv=KEPT),
    "ramp": _row(_MEAN, _MEAN, KEPT, KEPT, KEPT, csv=_MEAN_LISTED),
    "freeze": _row(KEPT, KEPT, KEPT, KEPT, KEPT, csv=KEPT),
    "reverse": _row(KEPT, KEPT, KEPT, KEPT, KEPT, csv=KEPT),
    "crop": _row(_META, _gone(_BY_HAND), _PLACED, _PLACED, _PLACED),
    "reframe": _row(_META, _gone(_BY_HAND), _KEYS, _KEYS, _KEYS),
    "upscale": _nowhere("The editor enlarges by itself; for this one's sharpness use a rendered copy of the clip as its source."),
    "stabilise": _nowhere("Switch on the editor's own stabiliser."),
    "denoise": _nowhere("Use the editor's own noise reduction, or a rendered copy of the clip."),
    "python_effect": _nowhere("Use a rendered copy of the clip as its source."),
    "zoom": _row(_META, _gone(_BY_HAND), _KEYS, _KEYS, _KEYS),
    "pan_zoom": _row(_META, _gone(_BY_HAND), _KEYS, _KEYS, _KEYS),
    "camera_move": _row(_META, _gone("Use camera.csv of the analysis."), _KEYS, _KEYS, _KEYS),
    "shake": _nowhere("Use the editor's own shake, or a rendered copy of the clip."),
    "chroma_key": _nowhere("Key it anew; the background is a source of the plan."),
    "composite": _row(_LAYER, _gone("Lay it over by hand."), _ON_TOP, _ON_TOP, _ON_TOP),
    "picture_in_picture": _row(_LAYER, _gone("Lay it over by hand."), _ON_TOP, _ON_TOP, _ON_TOP),
    "watermark": _row(_LAYER, _gone("Lay it over by hand."), _ON_TOP, _ON_TOP, _ON_TOP),
    "grade": _row(
        _META,
        _CDL,
        _gone("Grade it anew, or take the CDL of the edit list."),
        _gone("Grade it anew, or take the CDL of the edit list."),
        _gone("Grade it anew."),
    ),
    "lut": _nowhere("Apply the same .cube file in the editor."),
    "match_colour": _nowhere("Match it anew to the same reference."),
    "sharpen": _nowhere(_BY_HAND),
    "fade": _row(_META, _gone(_BY_HAND), _FADE, _FADE, _FADE),
    "transition": _row(KEPT, KEPT, KEPT, KEPT, KEPT, csv=KEPT),
    "text": _row(
        _MARKED, _TEXT_EDL, _TITLE, _TITLE, _TITLE,
        csv=_WORDS_LISTED,
        srt=_WORDS_ONLY,
    ),
    "subtitles": _row(
        _MARKED, _TEXT_EDL, _TITLE, _TITLE, _TITLE,
        csv=_WORDS_LISTED,
        srt=_WORDS_ONLY,
    ),
    "volume": _row(_META, _about("Muted or not; the gain is to be set anew.", "An edit list knows no levels."), KEPT, KEPT, KEPT),
    "music": _row(
        _about("A clip on an audio track; gain, fades and ducking stand in the metadata.", "OpenTimelineIO has no common word for levels."),
        _gone("Lay the music under by hand.", "An edit list has no second track of sound under the first."), _MUSIC, _MUSIC, _MUSIC,
    ),
    "sound_effect": _nowhere(
        "Render the film and take its sound, or set effects of your own.",
        "The studio makes it while it renders; there is no file to refer to.",
    ),
    "loudness": _nowhere("Set the loudness where the editor exports the film."),
}  # fmt: skip
