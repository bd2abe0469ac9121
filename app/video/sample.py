"""The sample clip: twelve seconds of animation, drawn and scored by code, with its own ground truth.

``python -m app.video.sample OUT.mp4`` writes it; the same bytes each time on one machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from app.video.sample_truth import FPS, FRAMES, GROUND_TRUTH, HEIGHT, WIDTH


def make_sample(output: Path) -> Path:
    """Draws, scores and encodes the clip at ``output`` (mp4: H.264, AAC); nothing half-written stays.

    Raises:
        StudioError: ffmpeg failed, for instance because the disk is full.
    """
    import tempfile

    from app.video.ffmpeg import run
    from app.video.sample_sound import write_wav

    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        sound = Path(folder) / "sound.wav"
        write_wav(sound, GROUND_TRUTH.beats, FRAMES / FPS, FPS)
        arguments = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0", "-i", str(sound)]
        colour = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
        colour += "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
        arguments += ["-vf", colour, "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", str(FPS), "-bf", "0"]
        arguments += ["-c:a", "aac", "-b:a", "128k", "-t", f"{FRAMES / FPS}", "-map_metadata", "-1", "-fflags", "+bitexact"]
        return run([*arguments, "-movflags", "+faststart"], output, frames=frames())


def frames() -> Iterator[bytes]:
    """The pictures, one after another: BGR, WIDTH x HEIGHT, 8 bit."""
    from app.video.sample_shots import SHOTS

    edges = (0, *GROUND_TRUTH.cuts, FRAMES)
    for make_shot, first, end in zip(SHOTS, edges, edges[1:], strict=False):
        draw = make_shot()
        for frame in range(end - first):
            yield draw(frame).tobytes()


if __name__ == "__main__":
    make_sample(Path(sys.argv[1]))
