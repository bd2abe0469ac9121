"""THE table of what the studio can do. To add a capability: write it in its domain package, name it here."""

from __future__ import annotations

from typing import Any

from app.capability import Capability
from app.editing.edit import edit_video, take_moment
from app.editing.exports.capability import export_film
from app.editing.judge.auto_edit import auto_edit
from app.editing.judge.evaluate import evaluate_video
from app.editing.judge.tracing import trace_video
from app.editing.parody import parody_video
from app.editing.planner.capability import plan_video
from app.imaging.batch.capability import batch_images
from app.imaging.controlling import make_control
from app.imaging.cutting_out import cut_out_image
from app.imaging.evaluate import evaluate_images
from app.imaging.generate import generate_images
from app.imaging.sheet.capability import make_sheet
from app.imaging.upscale import upscale_image
from app.models.importing import import_model
from app.models.install import install_model
from app.models.removal import check_model, remove_model
from app.video.analyze import analyze_video
from app.video.proxy import make_proxy
from app.video.rank_takes import rank_takes
from app.video.rescene import rescene_video
from app.video.shot_detection import detect_shots
from app.video.stills import take_stills

CAPABILITIES: tuple[Capability[Any, Any], ...] = (
    analyze_video,
    make_proxy,
    rank_takes,
    rescene_video,
    detect_shots,
    take_stills,
    edit_video,
    take_moment,
    export_film,
    plan_video,
    parody_video,
    trace_video,
    evaluate_video,
    auto_edit,
    generate_images,
    batch_images,
    make_sheet,
    evaluate_images,
    make_control,
    upscale_image,
    cut_out_image,
    install_model,
    import_model,
    check_model,
    remove_model,
)
