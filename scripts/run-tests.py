"""Run the tests in two halves side by side, each by a pytest of its own.

A runner that hands every test to one of its workers costs a tenth of the whole suite, since each
worker collects all of them and reports each to it. With arguments it is one pytest that gets them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence

# What needs a browser, or runs the program as a whole and waits for it.
WHOLE = ["tests/e2e", "tests/browser", "tests/slack_standin_ui"]
# Half of the time that either lot takes, as measured; the other half is all that is not named.
HALF = [*WHOLE, "tests/web", "tests/estate_sim"]
HALF_OF_QUICK = ["tests/cli", "tests/web", "tests/estate_sim", "tests/flows", "tests/jobs"]


def main(arguments: Sequence[str]) -> int:
    quick = "--quick" in arguments
    given = [one for one in arguments if one != "--quick"]
    left_out = WHOLE if quick else []
    if given:
        return subprocess.run(pytest(*given, *ignored(left_out))).returncode
    half = HALF_OF_QUICK if quick else HALF
    with tempfile.TemporaryFile() as kept:
        rest = pytest(*ignored([*left_out, *half]))
        other = subprocess.Popen(rest, stdout=kept, stderr=subprocess.STDOUT)
        say(f"Two halves run side by side. The first is {' '.join(half)}:")
        shown = subprocess.run(pytest(*half))
        say("The second is all other tests; it is shown as a whole when it is done:")
        codes = [shown.returncode, other.wait()]
        kept.seek(0)
        say(kept.read().decode(errors="replace"))
    if quick:
        say(f"Quick: left out {' '.join(WHOLE)}.")
    failed = next((code for code in codes if code), 0)
    say("A test failed: see above." if failed else "Both halves passed.")
    return failed


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def ignored(folders: Sequence[str]) -> list[str]:
    return [f"--ignore={folder}" for folder in folders]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
