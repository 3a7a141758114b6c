"""Commands that print what Firstlane ships: the schema of the estate file, the app's manifest."""

import argparse

from bot.files.content import manifest_path


def run_schema(_: argparse.Namespace) -> int:
    from bot.checks import settings_models
    from bot.files.estate.schema import schema_json

    return _print(schema_json(settings_models()))


def run_manifest(_: argparse.Namespace) -> int:
    return _print(manifest_path().read_text(encoding="utf-8"))


def _print(text: str) -> int:
    print(text.rstrip("\n"))
    return 0
