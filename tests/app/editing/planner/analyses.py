"""A small analysis document made up for tests: one second, 25 frames, two shots, sound."""

from __future__ import annotations

from typing import Any

from app.video.document import VideoAnalysis

FPS = 25


def quality(**changes: Any) -> dict[str, Any]:
    """Quality figures of a scene."""
    values = {
        "sampled_frames": 3, "sharpness": 200.0, "sharpness_min": 150.0, "brightness": 120.0, "contrast": 40.0, "noise": 1.0,
        "shadows_clipped": 0.0, "highlights_clipped": 0.0, "remarks": [],
    }  # fmt: skip
    return {**values, **changes}


def scene(index: int, start: int, end: int) -> dict[str, Any]:
    """A scene without keyframes."""
    return {
        "index": index, "start_frame": start, "end_frame": end, "start_s": start / FPS, "end_s": end / FPS,
        "start_timecode": "00:00:00:00", "end_timecode": "00:00:00:00", "keyframes": [], "quality": quality(),
    }  # fmt: skip


def picture(start: int, end: int, sharpness: float = 300.0, **changes: Any) -> dict[str, Any]:
    """How a shot looks."""
    values = {
        "sharpness_320px": sharpness, "sharpness_320px_min": sharpness, "brightness": 120.0, "brightness_min": 100.0,
        "brightness_max": 140.0, "contrast": 40.0, "shadows_clipped": 0.0, "highlights_clipped": 0.0, "noise_320px": 1.0, "banding": 0.0,
        "banding_levels": 0.0, "remarks": [],
    }  # fmt: skip
    return {**values, "start_frame": start, "end_frame": end, "best_frames": [start], **changes}


def overall() -> dict[str, Any]:
    """How the film looks."""
    return {key: value for key, value in picture(0, 25).items() if key not in ("start_frame", "end_frame", "best_frames")}


def sound(**changes: Any) -> dict[str, Any]:
    """Sound of a second: soft, then a blow at 0.6 s."""
    values: dict[str, Any] = {
        "sample_rate_hz": 48000, "channels": ["FL", "FR"], "duration_s": 1.0,
        "loudness": {
            "integrated_lufs": -20.0, "range_lu": 3.0, "true_peak_dbtp": -1.0, "sample_peak_dbfs": -1.0, "momentary_step_s": 0.1,
            "momentary_start_s": 0.1, "momentary_lufs": [-50.0, -50.0, -48.0, -46.0, -44.0, -40.0, -9.0, -9.0, -20.0, -40.0],
        },
        "silence": [], "rhythm": {"onsets_s": [0.6], "tempo_bpm": None, "tempo_confidence": 0.0, "beats_s": []},
        "speech": {"share": 0.0, "spans": []}, "remarks": [],
    }  # fmt: skip
    return {**values, **changes}


def subject_track(start: int, end: int, frames: list[int]) -> dict[str, Any]:
    """A subject on the left that moves on its own."""
    count = len(frames)
    return {
        "start_frame": start, "end_frame": end, "frames": frames, "x": [0.1 + 0.1 * (n % 2) for n in range(count)], "y": [0.2] * count,
        "w": [0.3] * count, "h": [0.3] * count, "confidence": [0.8] * count, "source": ["motion"] * count,
    }  # fmt: skip


def analysis(**changes: Any) -> VideoAnalysis:
    """The whole document; keys may be replaced."""
    video = {
        "codec": "h264", "pix_fmt": "yuv420p", "width": 320, "height": 180, "coded_width": 320, "coded_height": 180,
        "sample_aspect_ratio": {"num": 1, "den": 1}, "rotation_deg": 0, "fps": float(FPS), "fps_rational": {"num": FPS, "den": 1},
        "avg_fps": float(FPS), "vfr": False, "frame_count": 25, "frame_count_estimated": False, "keyframe_interval_s": 1.0,
        "start_time_s": 0.0, "bit_depth": 8,
    }  # fmt: skip
    values: dict[str, Any] = {
        "generator": "test", "engine": "test",
        "media": {
            "artifact_id": "a-0000000000000000", "name": "walk.mp4", "content_hash": "x",
            "info": {"container": "mp4", "duration_s": 1.0, "size_bytes": 1000, "video": video, "audio": []},
        },
        "settings": {"detector": "studio", "scene_threshold": 1.0, "min_scene_frames": 3, "frames_per_scene": 3},
        "frame_count": 25, "duration_s": 1.0, "scenes": [scene(0, 0, 10), scene(1, 10, 25)], "quality": quality(),
        "transitions": {"cuts": 1, "gradual": 0, "flashes": 0, "items": []},
        "picture": {"overall": overall(), "shots": [picture(0, 10), picture(10, 25, 75.0, remarks=["dark"])]},
        "composition": {"shots": [], "remarks": []},
        "subjects": {"sources": {}, "shots": [subject_track(0, 10, [3]), subject_track(10, 25, [12, 20])]},
        "camera": {"kinds": {}, "styles": {}, "shots": []},
        "coherence": {"score": 1.0, "heat": [], "heat_step_frames": 10, "worst": [], "shots": []},
        "holds": {"exposures": {}, "repeated_share": 0.0, "shots": []},
        "technical": technical(), "sound": sound(),
    }  # fmt: skip
    return VideoAnalysis.model_validate({**values, **changes})


def technical(**changes: Any) -> dict[str, Any]:
    """A technical check that found nothing."""
    absent = {"available": False, "reason": "not looked for", "remedy": "nothing"}
    crop = {"kind": "none", "top": 0.0, "bottom": 0.0, "left": 0.0, "right": 0.0, "picture_aspect": 1.778}
    times = {"vfr": False, "nominal_fps": 25.0, "average_fps": 25.0, "shortest_frame_s": 0.04, "longest_frame_s": 0.04}
    values = {
        "black": [], "frozen": [], "crop": crop, "shot_crops": [], "frame_times": times, "interlacing": None, "faces": absent,
        "text": absent, "remarks": [],
    }  # fmt: skip
    return {**values, **changes}
