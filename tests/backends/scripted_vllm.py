"""A program in the place of `vllm`: `serve FOLDER --port P ...`. The folder's `script.json` says how it goes.

{"needs": "--quantization"}: without that argument it ends at once, out of memory, or with what "says" says;
{"probe_needs": "..."}: without it the first token fails; {"text": "..."} is its answer; {"behave": true}: it answers as `behave` does;
{"never_ready": true}: it starts and never listens.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.backends.scripted_server import Reply, Script, ScriptedServer, behave


def serve(told: Sequence[str]) -> int:
    """Until it is killed."""
    folder = Path(told[1])
    script = json.loads((folder / "script.json").read_text()) if (folder / "script.json").exists() else {}
    with (folder / "started.jsonl").open("a") as log:
        log.write(json.dumps(list(told)) + "\n")
    print("INFO starting", flush=True)
    if script.get("needs") and script["needs"] not in told:
        print(script.get("says", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"), flush=True)
        return 1
    if not script.get("never_ready"):
        name, port = told[told.index("--served-model-name") + 1], int(told[told.index("--port") + 1])
        replies: Script = behave if script.get("behave") else [Reply(script.get("text", "Hello from vLLM"))]
        if script.get("probe_needs") and script["probe_needs"] not in told:
            replies = [Reply(status=500, error={"error": {"message": "no kernel image is available"}})]
        server = ScriptedServer(replies, [name], os.environ.get("VLLM_API_KEY"), port).start()
        print("INFO ready", server.port, flush=True)
    threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
