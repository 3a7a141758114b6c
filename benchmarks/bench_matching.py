"""How dear it is to find an error text in the playbook, as ratios that hold on any machine.

Every round does all of them in turn, so that a busy machine slows each alike; the medians' ratio is
what to read. "Trying every pattern" is what matching would cost without asking for words first.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from bot.core.triage.error_text import READ_END, READ_START
from bot.core.triage.playbook import Playbook, match
from bot.files.content import runbooks_dir
from bot.files.triage.playbooks import load_playbook

HOSTILE = ("a", " ", "0 ", "customer ", "error failed ", "no such item ", "status status 401 ", "İ")
LONGEST = READ_START + READ_END


def matched(playbook: Playbook, texts: Sequence[str]) -> None:
    for text in texts:
        match(playbook, text, ("sap",))


def every_pattern(playbook: Playbook, texts: Sequence[str]) -> None:
    for text in texts:
        for entry in playbook.entries:
            entry.pattern.search(text)


def seconds(
    work: Callable[[Playbook, Sequence[str]], None], book: Playbook, texts: list[str]
) -> float:
    """CPU seconds per text."""
    start = time.process_time()
    work(book, texts)
    return (time.process_time() - start) / len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    playbook, _ = load_playbook(runbooks_dir() / "playbooks")
    samples = [entry.sample for entry in playbook.entries][::5]
    hostile = [(piece * LONGEST)[:LONGEST] for piece in HOSTILE]
    matched(playbook, samples)  # patterns are compiled at their first use
    asked, every, worst = [], [], []
    for _ in range(rounds):
        asked.append(seconds(matched, playbook, samples))
        every.append(seconds(every_pattern, playbook, samples))
        worst.append(seconds(matched, playbook, hostile))
    one = statistics.median(asked)
    print(f"{len(samples)} texts, {len(playbook.entries)} patterns, {rounds} rounds, medians")
    print(f"  an ordinary text               {one * 1000:8.2f} ms   1.0")
    for name, found in (("trying every pattern", every), ("the longest hostile text", worst)):
        took = statistics.median(found)
        print(f"  {name:<30} {took * 1000:8.2f} ms {took / one:5.1f}")


if __name__ == "__main__":
    main()
