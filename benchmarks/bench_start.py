"""How much CPU the command line takes to answer, beside what `import httpx` takes.

    python benchmarks/bench_start.py --rounds 5

Each round starts `python -c "import httpx"` and every command once, in fresh processes, so that a
busy machine slows all of them alike. What counts is the CPU time that the system charged to the
process; printed are medians, and their ratio to that of `import httpx`, which is steadier than
either. "cold" has no cache folder, "warm" has one that an earlier round filled. `run` is ended
as soon as it has said that it talks to Slack, which is the local one.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bot.files.content import example_catalogue, manifest_path

QUESTION = "who owns the web shop orders?"
ERROR = "invalid_grant"
PYTHON, BOT = [sys.executable], [sys.executable, "-m", "bot"]
WARM = "FIRSTLANE_CACHE"


def commands() -> dict[str, tuple[list[str], bool]]:
    """What is measured: name to command line, and whether it may use a cache."""
    return {
        "import httpx": ([*PYTHON, "-c", "import httpx"], False),
        "--help": ([*BOT, "--help"], False),
        "--version": ([*BOT, "--version"], False),
        "validate, cold": ([*BOT, "validate"], False),
        "validate, warm": ([*BOT, "validate"], True),
        "explain, cold": ([*BOT, "explain", ERROR], False),
        "explain, warm": ([*BOT, "explain", ERROR], True),
        "ask, cold": ([*BOT, "ask", QUESTION], False),
        "ask, warm": ([*BOT, "ask", QUESTION], True),
        "check --json, warm": ([*BOT, "check", "--json"], True),
    }


def cpu_of(process: "subprocess.Popen[bytes]") -> float:
    """Seconds of CPU, user and system, of a child that ends or has ended. One that failed has not
    done what is measured."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    refused = "--json" in process.args  # `check` says 1, since the example's systems are not there
    if process.returncode not in ((0, 1) if refused else (0,)):
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def once(command: list[str], environ: Mapping[str, str], folder: Path) -> float:
    null = subprocess.DEVNULL
    return cpu_of(
        subprocess.Popen(command, env=environ, cwd=folder, stdin=null, stdout=null, stderr=null)
    )


def run_once(environ: Mapping[str, str], folder: Path) -> float:
    """`firstlane run` until it says that it talks to Slack, with its orderly end."""
    process = subprocess.Popen([*BOT, "run"], env=environ, cwd=folder, stderr=subprocess.PIPE)
    assert process.stderr is not None
    told = any(b"talks to Slack" in line for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    process.stderr.read()
    if not told:
        raise SystemExit("firstlane run did not come up")
    return cpu_of(process)


def slack_of(environ: Mapping[str, str]) -> "tuple[subprocess.Popen[bytes], dict[str, str]]":
    """The local Slack in a process of its own, whose CPU time is not counted."""
    command = [*BOT, "standin", "--port", "0", "--json", "--manifest", str(manifest_path())]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE)
    assert process.stdout is not None
    facts = json.loads(process.stdout.readline())
    names = {
        "SLACK_BOT_TOKEN": "bot_token",
        "SLACK_APP_TOKEN": "app_token",
        "SLACK_API_URL": "api_url",
    }
    return process, {name: facts[key] for name, key in names.items()}


def measured(rounds: int, folder: Path) -> dict[str, list[float]]:
    plain = {name: value for name, value in os.environ.items() if "FIRSTLANE" not in name}
    plain |= {"FIRSTLANE_CATALOGUE": str(example_catalogue()), "FIRSTLANE_HTTP": "127.0.0.1:0"}
    plain |= {
        "FIRSTLANE_ESTATE": "http://127.0.0.1:9",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    cold, warm = {**plain, WARM: "off"}, {**plain, WARM: str(folder / "cache")}
    once(commands()["explain, warm"][0], warm, folder)  # fills the cache, and every __pycache__
    slack, facts = slack_of(plain)
    found: dict[str, list[float]] = defaultdict(list)
    try:
        for number in range(rounds):
            for name, (command, cached) in commands().items():
                found[name].append(once(command, warm if cached else cold, folder))
            state = {"FIRSTLANE_STATE": str(folder / f"state-{number}")}
            found["run, to Slack, warm"].append(run_once({**warm, **facts, **state}, folder))
    finally:
        slack.send_signal(signal.SIGTERM)
        slack.wait()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(arguments.rounds, Path(folder))
    base = median(found["import httpx"])
    where = (
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"{where}, medians of {arguments.rounds} interleaved rounds")
    print(f"\n| {'command':20} | CPU s | times `import httpx` |\n|---|---|---|")
    for name, seconds in found.items():
        print(f"| {name:20} | {median(seconds):5.2f} | {median(seconds) / base:4.1f} |")


if __name__ == "__main__":
    main()
