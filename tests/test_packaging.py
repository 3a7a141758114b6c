"""What is built is whole: installed in an empty place, the wheel alone runs the demo."""

import json
import signal
import subprocess
import sys
import sysconfig
import tarfile
import threading
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import three_free_ports

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one wheel and one source archive, built without a network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist"]
    done = subprocess.run([*command, "-d", str(out)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment: the wheel in it, its dependencies borrowed from ours."""
    home = tmp_path_factory.mktemp("installed") / "env"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    wheel = next(built.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--isolated", "install"]
    done = subprocess.run(
        [*pip, "--no-index", "--no-deps", str(wheel)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    site = next((home / "lib").glob("python*/site-packages"))
    # Paths in a .pth file come after the environment's own, so our `bot` cannot shadow the wheel's.
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return python


def test_the_wheel_carries_the_content_the_manifest_and_both_web_pages(built: Path) -> None:
    expected = {
        "bot/py.typed",
        "bot/slack/manifest.yaml",
        "bot/content/connections.yaml",
        *shipped(ROOT / "runbooks", "bot/content/runbooks"),
        *shipped(ROOT / "slack_standin" / "ui", "slack_standin/ui"),
        *shipped(ROOT / "estate_sim" / "page", "estate_sim/page"),
    }

    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())

    assert expected - names == set()
    assert not [name for name in names if name.startswith(("tests/", "runbooks/"))]


def shipped(folder: Path, inside: str) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{inside}/{path.relative_to(folder).as_posix()}"


def test_the_source_archive_can_be_tested_and_installed_by_itself(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"Makefile", "LICENSE", "requirements.txt", "connections.yaml"} <= names
    assert "tests/test_packaging.py" in names


def test_an_installed_firstlane_finds_its_own_content(installed: Path, tmp_path: Path) -> None:
    ask = "import bot.files.content as c; print(c.example_catalogue()); print(c.runbooks_dir())"

    done = subprocess.run([str(installed), "-c", ask], cwd=tmp_path, capture_output=True, text=True)

    assert done.stderr == ""
    for line in done.stdout.splitlines():
        path = Path(line)
        assert path.exists()
        assert path.is_relative_to(installed.parents[1])


def test_the_demo_of_an_installed_firstlane_starts_anywhere_and_stops_cleanly(
    installed: Path, tmp_path: Path
) -> None:
    command = [str(installed.with_name("firstlane")), "demo", "--headless"]

    with subprocess.Popen(
        [*command, "--port", str(three_free_ports())],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        try:
            assert demo.stdout is not None
            found = json.loads(demo.stdout.readline() or "{}")
            ready = wait_for(found["health"], demo)
            pages = [fetch(found["slack"]), fetch(found["estate"])]
        finally:
            demo.send_signal(signal.SIGINT)
            _, complaints = demo.communicate()

    assert json.loads(ready)["ready"] is True
    assert all("<html" in page for page in pages)
    assert demo.returncode == 0
    # The example estate has one orphan on purpose, and its warnings are all that is said.
    assert [line for line in complaints.splitlines() if not line.startswith("warning: ")] == []


def wait_for(url: str, program: "subprocess.Popen[str]") -> str:
    """What `url` answers as soon as it answers well, for as long as the program runs."""
    pause = threading.Event()
    while True:
        try:
            return fetch(url)
        except httpx.HTTPError:
            assert program.poll() is None, f"{url} was never ready"
            pause.wait(0.05)


def fetch(url: str) -> str:
    """The body of a good answer. Raises httpx.HTTPError for any other."""
    return httpx.get(url, timeout=300, trust_env=False).raise_for_status().text


def test_the_image_is_built_from_files_that_are_there_and_not_ignored() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {
        source
        for line in dockerfile.splitlines()
        if line.startswith("COPY ") and not line.startswith("COPY --from")
        for source in line.split()[1:-1]
    }

    missing = {name for name in copied if not (ROOT / name).exists()}
    ignored = {name for name in copied if f"!{name}" not in allowed}

    assert copied >= {"pyproject.toml", "bot", "runbooks"}
    assert (missing, ignored) == (set(), set())
