"""Sessions of ONNX Runtime, opened alike everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3


def open_session(model: Path | bytes, *, threads: int, arena: bool) -> InferenceSession:
    """A session of ``model``, a file or what is in one, on the CPU with ``threads`` threads (0: all cores it may use).

    ``arena`` keeps the memory of one call for the next: faster for batches; without it a process that is mostly idle
    stays small.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_cores()
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = arena
    options.enable_mem_pattern = arena
    options.log_severity_level = _ERRORS_ONLY
    # Threads that wait for work by turning in circles take the cores from decoding and from the pages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
