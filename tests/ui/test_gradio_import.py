"""Gradio is imported whole, and writes no type stubs while it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from ui.gradio_import import import_gradio
finders = list(sys.meta_path)
gradio = import_gradio()
from gradio import component_meta
assert gradio is sys.modules["gradio"] is import_gradio()
assert component_meta.__file__.endswith("component_meta.py")
assert component_meta.create_or_modify_pyi(int, "int", []) is None
assert sys.meta_path == finders
with gradio.Blocks() as page:
    gradio.HTML("<b>bold</b>")
    gradio.Textbox(label="Name").change(lambda text: text)
assert len(page.blocks) == 3, page.blocks
print("whole")
"""


def test_gradio_is_whole_and_leaves_its_stubs_alone() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(ROOT)], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "whole\n", done.stderr


def test_gradio_that_is_already_there_is_taken_as_it_is() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import gradio;"
        "from ui.gradio_import import import_gradio; print(import_gradio() is gradio)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "True\n", done.stderr


RACE = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from ui import gradio_import
from ui.gradio_import import import_gradio
ready, asked = threading.Event(), threading.Event()
real = gradio_import._WithoutStubs.exec_module
def slow(self, module):
    real(self, module)
    ready.set()  # gradio.component_meta is there, Gradio itself is not
    asked.wait(60)
gradio_import._WithoutStubs.exec_module = slow
thread = threading.Thread(target=import_gradio)
thread.start()
assert ready.wait(60)
asked.set()
print(not import_gradio().__spec__._initializing)
thread.join()
"""


def test_gradio_that_another_thread_is_importing_is_waited_for() -> None:
    done = subprocess.run([sys.executable, "-c", RACE, str(ROOT)], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "True\n", done.stderr
