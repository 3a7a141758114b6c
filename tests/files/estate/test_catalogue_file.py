"""The file on disk while people edit it: the last good catalogue stays."""

import os
from pathlib import Path

import pytest

from bot.files.estate.load import CatalogueFile, Reload
from tests.files.estate_text import ESTATE, KINDS, NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "connections.yaml"
    path.write_text(ESTATE, encoding="utf-8")
    return path


@pytest.fixture
def file(path: Path) -> CatalogueFile:
    return CatalogueFile(path, environ={}, kinds=KINDS, runbooks=("generic",))


def edit(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def test_the_first_look_loads(file: CatalogueFile) -> None:
    assert file.catalogue is None

    assert file.reload(NOW) is Reload.CHANGED

    assert file.catalogue is not None
    assert file.catalogue.connections["orders"].name == "Orders"


def test_a_file_that_stayed_the_same_is_not_read_again(file: CatalogueFile) -> None:
    file.reload(NOW)
    first = file.catalogue

    assert file.reload(NOW) is Reload.UNCHANGED

    assert file.catalogue is first


def test_a_good_edit_is_taken(file: CatalogueFile, path: Path) -> None:
    file.reload(NOW)

    edit(path, ESTATE.replace("name: Orders", "name: Web orders"))

    assert file.reload(NOW) is Reload.CHANGED
    assert file.catalogue is not None
    assert file.catalogue.connections["orders"].name == "Web orders"


def test_a_broken_edit_is_told_once_and_the_last_good_one_stays(
    file: CatalogueFile, path: Path
) -> None:
    file.reload(NOW)
    good = file.catalogue

    edit(path, ESTATE.replace("from: shop", "from: shopp"))

    assert file.reload(NOW) is Reload.BROKEN
    assert file.reload(NOW) is Reload.UNCHANGED
    assert file.catalogue is good
    assert [str(problem) for problem in file.loaded.problems] == [
        "connections.yaml:13:11: unknown system 'shopp' in from; did you mean 'shop'?"
    ]


def test_a_file_that_disappears_leaves_the_last_good_one(file: CatalogueFile, path: Path) -> None:
    file.reload(NOW)
    good = file.catalogue

    path.unlink()

    assert file.reload(NOW) is Reload.BROKEN
    assert file.reload(NOW) is Reload.UNCHANGED
    assert file.catalogue is good


def test_a_file_that_comes_back_is_read(file: CatalogueFile, path: Path) -> None:
    path.unlink()
    file.reload(NOW)

    edit(path, ESTATE)

    assert file.reload(NOW) is Reload.CHANGED
    assert file.catalogue is not None


def test_saving_without_a_change_is_no_change(file: CatalogueFile, path: Path) -> None:
    file.reload(NOW)
    first = file.catalogue

    os.utime(path, (1, 1))

    assert file.reload(NOW) is Reload.UNCHANGED
    assert file.catalogue is first


def test_mending_a_broken_file_back_to_what_it_was_brings_it_back(
    file: CatalogueFile, path: Path
) -> None:
    file.reload(NOW)
    edit(path, "version: [")
    file.reload(NOW)

    edit(path, ESTATE)

    assert file.reload(NOW) is Reload.CHANGED
    assert file.loaded.problems == ()
