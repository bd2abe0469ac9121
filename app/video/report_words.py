"""What the analysers found, as the report says it: short labels and plain words. Pure."""

from __future__ import annotations

from app.video.document import VideoAnalysis


def of_shot(analysis: VideoAnalysis, index: int) -> list[tuple[str, str]]:
    """(label, words) for one scene; only what was found, nothing for a scene the analysers have not seen."""
    if index >= len(analysis.camera.shots):
        return []
    camera, holds = analysis.camera.shots[index], analysis.holds.shots[index]
    coherence, framing = analysis.coherence.shots[index], analysis.composition.shots[index]
    moved = camera.label if camera.style == "static" else f"{camera.label}, {camera.style}"
    worst = f", weakest at frame {coherence.worst_frame}" if coherence.worst_coherence < 0.8 else ""
    rows = [
        ("Camera", moved),
        ("Drawn", "still" if holds.exposure == "still" else f"on {holds.exposure}"),
        ("Coherence", f"{100 * coherence.score:.0f} %{worst}"),
        ("Framing", framing.shot_size or ""),
    ]
    return [(label, words) for label, words in rows if words]


def of_film(analysis: VideoAnalysis) -> list[tuple[str, str]]:
    """(label, words) for the whole film; only what was found."""
    found, sound, technical = analysis.transitions, analysis.sound, analysis.technical
    fps = analysis.media.info.video.fps
    rows = [
        ("Transitions", f"{_count(found.cuts, 'cut')}, {found.gradual} gradual, {_count(found.flashes, 'flash', 'flashes')}"),
        ("Coherence", f"{100 * analysis.coherence.score:.0f} %"),
        ("Weakest moments", "; ".join(f"{moment.frame / fps:.2f} s: {moment.why}" for moment in analysis.coherence.worst[:5])),
        ("Drawn", ", ".join(f"on {name} {100 * share:.0f} %" if name != "still" else f"still {100 * share:.0f} %"
                            for name, share in analysis.holds.exposures.items() if share >= 0.005)),
        ("Loudness", "" if sound is None else f"{sound.loudness.integrated_lufs:.1f} LUFS, peak {sound.loudness.true_peak_dbtp:.1f} dBTP"),
        ("Tempo", "" if sound is None or not sound.rhythm.beats_s else f"{sound.rhythm.tempo_bpm:.0f} beats per minute"),
        ("Technical", "; ".join(technical.remarks)),
    ]  # fmt: skip
    return [(label, words) for label, words in rows if words]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
