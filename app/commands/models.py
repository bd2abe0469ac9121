"""`models`: list, show, install, import, check and remove; what concerns the memory of a running studio stands in `loaded`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.client import Session, open_session
from app.commands import loaded, text
from app.commands.base import DONE, Command, Console, settings_of, subcommands, table
from app.commands.follow import report_end, run_job

ACTIONS = {
    "list": "list models, with how each would fare on this machine",
    "show": "show one model: forms, licences, where it lies",
    "files": "list weights in the folders of other programs (setting model_folders)",
    "install": "download a model and what its engine needs",
    "import": "take in a folder or a .safetensors file that is on this machine",
    "check": "read an installed model's files again and compare them",
    "remove": "delete a model's files",
    **loaded.ACTIONS,
}
FITS = {"fits": "fits", "when_others_leave": "fits when others leave", "quantised": "only quantised", "too_large": "too large"}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    made = subcommands(parser, ACTIONS)
    made["list"].add_argument("--task", metavar="TASK", help="only models for this: chat, vision-chat, embedding, image ...")
    made["list"].add_argument("--installed", action="store_true", help="only what is on this machine")
    for action in ("show", "install", "check", "remove"):
        made[action].add_argument("model", metavar="NAME", help="as `models list` names it")
    for action in ("install", "check", "remove"):
        made[action].add_argument("--variant", metavar="FORM", help="one form of the weights, such as bf16 or nf4")
    made["import"].add_argument("path", metavar="PATH", help="a folder as the model hub has it, or one .safetensors file")
    made["import"].add_argument("--name", metavar="NAME", help="what to call it")
    made["import"].add_argument("--card", metavar="NAME", help="the model of the list whose files these are")
    for action in ("install", "import"):
        flag = "you have read the licence and your use is allowed; needed where it is not commercial"
        made[action].add_argument("--accept-licence", action="store_true", help=flag)
    loaded.configure(made)
    install = made["install"]
    install.add_argument("--files-only", action="store_true", help="do not install torch and the other libraries its engine needs")
    install.add_argument("--cuda-without-gpu", action="store_true", help="take a CUDA build of torch although there is no NVIDIA GPU")
    install.add_argument("--again", action="store_true", help="download anew even if it is installed")


def request_of(arguments: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """(capability, request) of an action that is a job."""
    action = arguments.action
    if action == "import":
        request = {
            "path": str(Path(arguments.path).expanduser().absolute()), "name": arguments.name, "card": arguments.card,
            "accept_licence": arguments.accept_licence,
        }  # fmt: skip
    elif action == "install":
        request = {
            "model": arguments.model, "variant": arguments.variant, "accept_licence": arguments.accept_licence,
            "libraries": not arguments.files_only, "cuda_without_gpu": arguments.cuda_without_gpu, "again": arguments.again,
        }  # fmt: skip
    else:
        request = {"model": arguments.model, "variant": arguments.variant}
    return f"model.{action}", {key: value for key, value in request.items() if value not in (None, False) or key == "libraries"}


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.action in loaded.ACTIONS:
        return loaded.run(arguments, console)
    looks = {"list": _list, "show": _show, "files": _files}
    if arguments.action in looks:
        with open_session(settings_of(arguments), console.note, workers=False) as session:
            looks[arguments.action](session, arguments, console)
        return DONE
    capability, request = request_of(arguments)
    with open_session(settings_of(arguments), console.note) as session:
        job = run_job(session, console, capability, request, reuse=False)
        return report_end(console, job, lambda: outcome(arguments.action, job["result"]))


def outcome(action: str, result: Mapping[str, Any]) -> str:
    """What a finished job did, in a line or two."""
    if action == "remove":
        return f"{result['model']} is removed; {text.size(result['freed_bytes'])} are free again."
    if action == "check":
        return "Every file is as it was installed." if result["whole"] else "\n".join(result["wrong"])
    how = "taken in" if action == "import" else "installed" if result["downloaded_bytes"] else "there already"
    libraries = f"\nInstalled on the way: {result['libraries']}." if result.get("libraries") else ""
    return f"{result['model']} ({result['variant']}, {text.size(result['size_bytes'])}) is {how}: {result['folder']}{libraries}"


def _list(session: Session, arguments: argparse.Namespace, console: Console) -> None:
    found = [
        model
        for model in session.models()
        if (arguments.task is None or model["task"] == arguments.task) and (not arguments.installed or model["state"] != "absent")
    ]
    rows = [
        (m["name"], m["task"], m["state"], fit_words(m), size_words(m), "yes" if m["commercial"] else "no", licence_words(m)) for m in found
    ]
    console.result({"items": found}, table(rows, ("MODEL", "FOR", "STATE", "ON THIS MACHINE", "SIZE", "COMMERCIAL", "LICENCE")))


def _show(session: Session, arguments: argparse.Namespace, console: Console) -> None:
    model = session.model(arguments.model)
    console.result(model, describe(model))


def _files(session: Session, arguments: argparse.Namespace, console: Console) -> None:
    found = session.model_files()
    rows = [(f["program"], f["kind"], f["family"] or "-", text.size(f["size_bytes"]), f["model"] or "-", f["path"]) for f in found]
    console.result({"items": found}, table(rows, ("PROGRAM", "WHAT", "FAMILY", "SIZE", "MODEL", "FILE")))


def fit_words(model: Mapping[str, Any]) -> str:
    """How it would fare, in a few words."""
    if not model["usable"] or model["obstacle"]:
        return "not usable yet" if not model["usable"] else "cannot be installed"
    return FITS[model["fit"]["verdict"]]


def size_words(model: Mapping[str, Any]) -> str:
    """On the disk, or to be downloaded."""
    if model["disk_bytes"]:
        return text.size(model["disk_bytes"])
    form = next((form for form in model["variants"] if form["name"] == model["fit"]["variant"]), model["variants"][0])
    return f"~{text.size(form['download_bytes'])}"


def licence_words(model: Mapping[str, Any]) -> str:
    """Names of its licences."""
    return ", ".join(dict.fromkeys(licence["name"] for licence in model["licences"]))


def describe(model: Mapping[str, Any]) -> str:
    """One model for a person."""
    lines = [
        f"{model['title']} ({model['name']})",
        model["summary"],
        "",
        f"for        {model['task']}, engine {model['engine']}",
        f"state      {model['state']}" + (f", {model['installed_variant']} in {model['folder']}" if model["folder"] else ""),
        f"fit        {model['obstacle'] or model['fit']['sentence']}",
        f"source     {model['source']}" + (f" at {model['revision']}" if model["revision"] else ""),
    ]
    limits = {"context": model["context_tokens"], "pixels": model["max_pixels"], "dimensions": model["dimensions"]}
    lines += [f"{name:<11}{value}" for name, value in limits.items() if value]
    for licence in model["licences"]:
        use = "commercial use allowed" if licence["commercial"] else "NOT for commercial use"
        lines.append(f"licence    {licence['component']}: {licence['name']}, {use} {licence['url'] or ''}".rstrip())
        if licence["note"]:
            lines.append(f"           {licence['note']}")
    rows = [
        (form["name"], f"~{text.size(form['download_bytes'])}", text.size(form["weights_bytes"]), FITS[form["fit"]["verdict"]])
        for form in model["variants"]
    ]
    return "\n".join([*lines, "", table(rows, ("FORM", "DOWNLOAD", "WEIGHTS", "ON THIS MACHINE"))])


COMMAND = Command(
    "List, show, install, import, check and remove models; load, unload, pin and free them in a running studio.",
    _configure,
    _run,
    epilog="examples:\n  python3 launch.py models list --task chat\n  python3 launch.py models install qwen3-0.6b",
)
