from __future__ import annotations

import polars as pl
import pytest

from lepton_ai.data import parquet_writer
from lepton_ai.data.parquet_writer import ParquetWriter

COLUMNS = {"name": "text", "rank": "whole", "score": "number"}


def batch(start, rows=4):
    numbers = range(start, start + rows)
    return {
        "name": [f"n{each}" for each in numbers],
        "rank": list(numbers),
        "score": [each / 3 for each in numbers],
    }


def test_batches_become_one_file_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_writer, "_BATCH_ROWS", 10)
    out = tmp_path / "all.parquet"
    with ParquetWriter(out, columns=COLUMNS) as writer:
        for start in range(0, 100, 4):
            writer.write(batch(start))
        assert not out.exists()
    frame = pl.read_parquet(out)
    assert frame.to_dict(as_series=False) == batch(0, 100)
    assert frame.schema == {"name": pl.String, "rank": pl.Int64, "score": pl.Float64}
    assert [path.name for path in tmp_path.iterdir()] == ["all.parquet"]


def test_no_rows_and_missing_cells(tmp_path):
    with ParquetWriter(tmp_path / "none.parquet", columns=COLUMNS):
        pass
    assert pl.read_parquet(tmp_path / "none.parquet").shape == (0, 3)
    with ParquetWriter(tmp_path / "gap.parquet", columns=COLUMNS) as writer:
        writer.write({"name": [None], "rank": [None], "score": [None]})
    assert pl.read_parquet(tmp_path / "gap.parquet").rows() == [(None, None, None)]


def test_nothing_is_left_when_it_breaks_and_old_parts_are_cleared(tmp_path):
    out = tmp_path / "all.parquet"
    (tmp_path / "all.parquet.part").mkdir()
    (tmp_path / "all.parquet.part" / "00000007.parquet").write_bytes(b"old")
    with pytest.raises(KeyError), ParquetWriter(out, columns=COLUMNS) as writer:
        writer.write({"name": ["n1"]})
    assert list(tmp_path.iterdir()) == []
