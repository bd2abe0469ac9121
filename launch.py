"""The one command: prepares `.venv`, then hands over to the studio. Standard library only.

python3 launch.py                         set up if needed, start the studio on http://localhost:7860
python3 launch.py serve [--port P ...]    the same, said in full
python3 launch.py test [pytest args]      set up the test tools and a browser if needed, run every test
python3 launch.py bench [name]            the benchmarks
python3 launch.py COMMAND --help          everything else: analyze, jobs, list, doctor, ...
"""

import os
import sys
from collections.abc import Sequence

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST, NEWEST = (3, 10), (3, 13)


# Quoted annotations and nothing newer than Python 3.6 in this file: an old Python must get as far as the sentence.
def wrong_python(version: "tuple[int, int]") -> str:
    """The sentence for a Python that the studio does not run on; empty for one that it does."""
    if OLDEST <= version <= NEWEST:
        return ""
    oldest, newest, this = (f"{major}.{minor}" for major, minor in (OLDEST, NEWEST, version))
    return f"The studio needs Python {oldest} to {newest} and this is Python {this}: use another one, for example `python3.12 launch.py`."


def main(argv: "Sequence[str]") -> int:
    """Prepares the environment, then runs the command inside it; returns the exit code."""
    refusal = wrong_python((sys.version_info[0], sys.version_info[1]))
    if refusal:
        print(refusal, file=sys.stderr)
        return 2
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    from configs import bootstrap, handover

    command, rest = handover.split(argv)
    try:
        environment = bootstrap.Environment.of(ROOT)
        if command == "help" and not environment.ready():
            print(__doc__)
            return 0
        if command == "serve":
            handover.refuse_taken_port(handover.address(rest, os.environ, ROOT))
        if environment.is_current_python() and environment.ready(handover.tools(command)):
            return handover.run(command, rest, ROOT)
        handover.prepare(environment, command, rest)
        return environment.become([os.path.join(ROOT, "launch.py"), *argv])
    except bootstrap.SetupError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
