"""Runs the Python blocks of one page in one namespace: reads JSON strings, answers "ok" or a traceback."""

from __future__ import annotations

import json
import sys
import traceback

namespace: dict[str, object] = {"__name__": "__main__"}
answers = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    try:
        exec(compile(json.loads(line), "<block>", "exec"), namespace)
        told = "ok"
    except BaseException:
        told = traceback.format_exc()
    print(json.dumps(told), file=answers, flush=True)
