"""The lanes of a studio follow its settings."""

from __future__ import annotations

from pathlib import Path

from app.lanes import Workers, lanes
from app.models.learned import Learned
from configs.settings import Settings


def test_lanes_follow_the_settings(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, cpu_workers=3, model_jobs=5, model_folders=(tmp_path / "ComfyUI",), device="cpu")
    made = lanes(settings, Workers("app.worker:build", "app.worker:build_gpu", keep_spare=True), Learned(tmp_path / "learned.jsonl"))
    cpu, gpu = made["cpu"], made["gpu"]
    assert (cpu.workers, cpu.target, cpu.keep_spare, cpu.on_demand) == (3, "app.worker:build", True, False)
    assert (gpu.workers, gpu.target, gpu.jobs_each, gpu.on_demand) == (1, "app.worker:build_gpu", 5, True)
    assert gpu.start_data is not None
    told = gpu.start_data()
    assert told["models"] == str(tmp_path / "models")
    assert told["folders"] == [str(tmp_path / "ComfyUI")]
    assert told["device"] == "cpu"
