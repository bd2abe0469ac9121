"""Where settings come from, which wins, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from configs.errors import BadInput
from configs.settings import NOT_SETTINGS, Settings, default_cpu_workers, default_data_dir, load_settings


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    (tmp_path / "studio.yaml").write_text("port: 1001\nhost: 0.0.0.0\nio_threads: 3\n")
    (tmp_path / "local.yaml").write_text("port: 1002\nio_threads: 4\n")
    return tmp_path


def test_each_source_overrides_the_one_before(config_dir: Path) -> None:
    assert load_settings(environ={"HOME": "/h"}, config_dir=config_dir).port == 1002
    assert load_settings(environ={"HOME": "/h", "STUDIO_PORT": "1003"}, config_dir=config_dir).port == 1003
    settings = load_settings({"port": 1004}, environ={"HOME": "/h", "STUDIO_PORT": "1003"}, config_dir=config_dir)
    assert (settings.port, settings.io_threads, settings.host) == (1004, 4, "0.0.0.0")


def test_a_flag_that_was_not_given_overrides_nothing(config_dir: Path) -> None:
    assert load_settings({"port": None}, environ={"HOME": "/h"}, config_dir=config_dir).port == 1002


def test_an_empty_variable_is_no_setting(config_dir: Path) -> None:
    assert load_settings(environ={"HOME": "/h", "STUDIO_PORT": ""}, config_dir=config_dir).port == 1002


def test_what_the_project_ships_is_valid() -> None:
    assert load_settings(environ={"HOME": "/h"}).port == 7860


def test_missing_files_mean_defaults(tmp_path: Path) -> None:
    assert load_settings(environ={"HOME": "/h"}, config_dir=tmp_path).host == "127.0.0.1"


@pytest.mark.parametrize(
    ("overrides", "environ", "words"),
    [
        ({"prot": 1}, {}, "'prot' in the command line is not known"),
        ({}, {"STUDIO_PROT": "1"}, "'prot' in the environment is not known"),
        ({"port": 70000}, {}, "'port' in the command line is 70000"),
        ({}, {"STUDIO_PORT": "many"}, "'port' in the environment is 'many'"),
        ({"passphrase": "short"}, {}, "'passphrase'"),
        ({"cpu_workers": 0}, {}, "'cpu_workers'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_source(
    tmp_path: Path, overrides: dict[str, object], environ: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load_settings(overrides, environ={"HOME": "/h", **environ}, config_dir=tmp_path)
    assert words in caught.value.message
    assert caught.value.remedy


def test_an_unknown_key_in_a_file_is_refused(config_dir: Path) -> None:
    (config_dir / "local.yaml").write_text("colour: red\n")
    with pytest.raises(BadInput, match=r"'colour' in local.yaml is not known"):
        load_settings(environ={"HOME": "/h"}, config_dir=config_dir)


@pytest.mark.parametrize("content", ["port: [1\n", "- a\n- b\n", "\tport: 1"])
def test_a_broken_file_is_named(config_dir: Path, content: str) -> None:
    (config_dir / "local.yaml").write_text(content)
    with pytest.raises(BadInput, match=r"local\.yaml"):
        load_settings(environ={"HOME": "/h"}, config_dir=config_dir)


def test_tools_of_the_tests_are_no_settings(tmp_path: Path) -> None:
    load_settings(environ={"HOME": "/h", **dict.fromkeys(NOT_SETTINGS, "x")}, config_dir=tmp_path)


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/animation-ai-studio"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/animation-ai-studio"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/Animation AI Studio"),
        ("win32", {"USERPROFILE": "/h", "LOCALAPPDATA": "/l"}, "/l/Animation AI Studio"),
    ],
)
def test_the_data_folder_is_the_platforms_own(platform: str, environ: dict[str, str], expected: str) -> None:
    assert default_data_dir(environ, platform) == Path(expected)


def test_paths_become_absolute() -> None:
    settings = Settings(data_dir=Path("here"))
    assert settings.data_dir.is_absolute()
    assert settings.blobs == settings.data_dir / "blobs"
    assert settings.url == f"sqlite:///{settings.data_dir / 'studio.db'}"


def test_worker_count_is_sane() -> None:
    assert 2 <= default_cpu_workers() <= 4


def test_variables_of_the_hubs_own_tools_are_honoured_and_ours_go_before(config_dir: Path) -> None:
    environ = {"HOME": "/h", "HF_ENDPOINT": "https://mirror.example/", "HF_TOKEN": "hf_secret"}
    settings = load_settings(environ=environ, config_dir=config_dir)
    assert (settings.hub_endpoint, settings.hub_token) == ("https://mirror.example", "hf_secret")
    assert "hf_secret" not in repr(settings)
    ours = load_settings(environ={**environ, "STUDIO_HUB_ENDPOINT": "http://127.0.0.1:9"}, config_dir=config_dir)
    assert ours.hub_endpoint == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/h"}, "/h/.cache/huggingface/hub"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
        ({"HOME": "/h", "HF_HOME": "/x"}, "/x/hub"),
        ({"HOME": "/h", "HF_HOME": "/x", "HF_HUB_CACHE": "/y"}, "/y"),
    ],
)
def test_the_hubs_cache_is_where_its_tools_keep_it(config_dir: Path, environ: dict[str, str], expected: str) -> None:
    assert load_settings(environ=environ, config_dir=config_dir).hub_cache == Path(expected)


def test_folders_of_other_programs_come_from_a_file_or_a_variable(config_dir: Path) -> None:
    (config_dir / "local.yaml").write_text("model_folders: [/a/models, ~/b]\n")
    assert load_settings(environ={"HOME": "/h"}, config_dir=config_dir).model_folders[0] == Path("/a/models")
    given = load_settings(environ={"HOME": "/h", "STUDIO_MODEL_FOLDERS": os.pathsep.join(["/c", "/d"])}, config_dir=config_dir)
    assert given.model_folders == (Path("/c"), Path("/d"))


def test_models_lie_in_the_data_folder_or_where_one_says() -> None:
    assert Settings(data_dir=Path("/d")).models == Path("/d/models")
    assert Settings(data_dir=Path("/d"), model_dir=Path("/big")).models == Path("/big")


@pytest.mark.parametrize(("key", "value"), [("hub_endpoint", "ftp://x"), ("torch_index", "somewhere"), ("torch_build", "cuda")])
def test_unusable_sources_of_models_are_refused(config_dir: Path, key: str, value: str) -> None:
    with pytest.raises(BadInput, match=key):
        load_settings({key: value}, environ={"HOME": "/h"}, config_dir=config_dir)
