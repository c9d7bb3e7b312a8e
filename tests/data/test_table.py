"""Reading and streaming as a whole: lazy imports, bounded memory, the table itself."""

from __future__ import annotations

import gzip
import subprocess
import sys
import textwrap
from pathlib import Path

import polars as pl
import pytest

from lepton_ai.core.errors import UsageError
from lepton_ai.data import read_table, stream_table


def test_importing_the_room_imports_no_library():
    script = """
        import sys, lepton_ai.data
        heavy = {"polars", "pandas", "h5py", "fastexcel", "sqlalchemy", "pyarrow", "torch"} & set(sys.modules)
        assert not heavy, heavy
        assert "read_table" in dir(lepton_ai.data)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)


def test_without_polars_the_error_names_the_extra():
    script = """
        import sys
        sys.modules["polars"] = None
        import importlib.util
        importlib.util.find_spec = lambda name: None
        from lepton_ai.core.errors import MissingDependencyError
        from lepton_ai.data import read_table
        try:
            read_table([{"a": 1}])
        except MissingDependencyError as error:
            assert "lepton-ai[train]" in str(error)
        else:
            raise SystemExit("no error")
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)


def test_a_table_is_given_back():
    table = read_table({"text": ["a", "b"]})
    assert read_table(table) is table
    assert next(iter(stream_table(table))).height == 2
    with pytest.raises(UsageError, match="batch_rows"):
        stream_table(table, batch_rows=0)


def test_fingerprints():
    base = read_table({"text": ["a", None], "n": [1, 2]}).fingerprint
    assert base == read_table({"n": ["1", "2"], "text": ["a", None]}).fingerprint
    others = [
        {"text": ["a", ""], "n": [1, 2]},
        {"text": [None, "a"], "n": [1, 2]},
        {"txt": ["a", None], "n": [1, 2]},
    ]
    assert len({base, *(read_table(other).fingerprint for other in others)}) == 4


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux' /proc to tell peak memory")
def test_a_stream_stays_in_bounded_memory(tmp_path):
    path = tmp_path / "big.csv.gz"
    block = pl.DataFrame(
        {
            "text": [f"消息 {n} " + "x" * 200 for n in range(20_000)],
            "label": [str(n % 5) for n in range(20_000)],
        }
    )
    body = block.write_csv(include_header=False).encode("gb18030")
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"text,label\n")
        for _ in range(8):
            file.write(body)
    script = f"""
        import pathlib, re, polars
        def peak():  # of this process alone; the resource module's figure starts at the parent's
            return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
        from lepton_ai.data import infer_schema, stream_table
        from lepton_ai.data.quality import StreamingQuality
        before = peak()
        quality, rows = None, 0
        for batch in stream_table({str(path)!r}, batch_rows=10_000):
            quality = quality or StreamingQuality(infer_schema(batch))
            quality.add(batch)
            rows += batch.height
        codes = {{finding.code for finding in quality.report().findings}}
        assert rows == 160_000 and "duplicate-texts" in codes, (rows, codes)
        print((peak() - before) // 1024)
    """
    out = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=True, capture_output=True, text=True
    )
    assert int(out.stdout) < 200, f"{out.stdout} MiB for 160,000 rows of 40 MB"
