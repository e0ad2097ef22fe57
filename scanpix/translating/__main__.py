"""``python -m scanpix.translating compile`` makes catalogues ready; ``renew`` takes in what the code has now."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scanpix.translating.catalogues import catalogues, compile_all, renew

PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scanpix.translating", description=__doc__)
    parser.add_argument("what", choices=("compile", "renew"))
    if parser.parse_args().what == "renew":
        for path in catalogues(PROJECT):
            left = renew(path, PROJECT)
            sys.stdout.write(f"{path.relative_to(PROJECT)}: {left or 'none'} to translate\n")
    compile_all(PROJECT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
