"""The doctor where not even the settings load: what can be told without them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from scanpix.operations.checks import folder, machine
from scanpix.operations.doctor import Needs, Result, as_data, as_text, examine, fail

ADVICE = "Correct that first: without it nothing starts. docs/configuration.md lists the settings."


def first_aid(problem: str, arguments: Sequence[str]) -> int:
    """Print what is wrong (``--json`` as one document); returns the code with which to end."""
    results = [
        Result("settings", "start", fail(problem, ADVICE)),
        *examine([check for check in (*machine.CHECKS, *folder.CHECKS) if check.needs == Needs.NOTHING], Needs.NOTHING),
    ]
    told = json.dumps(as_data(results), ensure_ascii=False, indent=2) if "--json" in arguments else as_text(results)
    sys.stdout.write(f"{told}\n")
    return 1
