"""One suite over every registered source, and each source's own faults."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError, LeptonError, UsageError
from lepton_ai.data import read_table, stream_table
from lepton_ai.data.sources import SOURCES, SUFFIXES

LONG = "长" * 20_000
TRICKY = pl.DataFrame(
    {
        "code": ["00123", "007", "1.10", "-", "1e5", "A"],
        "text": [
            'He said "no", twice',
            "第一行\n第二行，含换行",
            "emoji 👍🏽 好",
            LONG,
            "tab\tand; semicolon|pipe",
            "  ",
        ],
        "label": ["a", "b", None, "a", "b", "是"],
    }
)


def write_csv(path: Path, frame: pl.DataFrame) -> dict:
    frame.write_csv(path)
    return {}


def write_tsv(path: Path, frame: pl.DataFrame) -> dict:
    frame.write_csv(path, separator="\t")
    return {}


def write_json(path: Path, frame: pl.DataFrame) -> dict:
    path.write_text(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=1), encoding="utf-8")
    return {}


def write_jsonl(path: Path, frame: pl.DataFrame) -> dict:
    path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dicts()), encoding="utf-8")
    return {}


def write_parquet(path: Path, frame: pl.DataFrame) -> dict:
    frame.write_parquet(path)
    return {}


def write_hdf5(path: Path, frame: pl.DataFrame) -> dict:
    with h5py.File(path, "w") as file:
        for name in frame.columns:
            values = [value or "" for value in frame[name]]
            file.create_dataset(f"table/{name}", data=values, dtype=h5py.string_dtype())
    return {}


def write_xlsx(path: Path, frame: pl.DataFrame) -> dict:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        for row, values in enumerate([tuple(frame.columns), *frame.rows()]):
            for column, value in enumerate(values):
                if value is not None:
                    sheet.write_string(row, column, value)
    return {}


def write_sql(path: Path, frame: pl.DataFrame) -> dict:
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(f'{name} TEXT' for name in frame.columns)})")
        connection.executemany(f"INSERT INTO t VALUES ({','.join('?' * frame.width)})", frame.rows())
    connection.close()
    return {"query": "SELECT * FROM t"}


WRITERS = {
    "csv": write_csv,
    "tsv": write_tsv,
    "json": write_json,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "hdf5": write_hdf5,
    "xlsx": write_xlsx,
    "sql": write_sql,
}
NO_NULLS = {"hdf5"}
FILES = sorted(set(WRITERS) - {"sql"})


def stored(name: str, folder: Path, frame: pl.DataFrame):
    """`frame` written in the format `name`, and the arguments that read it back."""
    if name == "memory":
        return frame, {}
    path = folder / f"table.{ {'hdf5': 'h5'}.get(name, name) }"
    options = WRITERS[name](path, frame)
    return (f"sqlite:///{path}" if name == "sql" else path), options


def as_stored(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().fill_null("")) if name in NO_NULLS else frame


def test_every_source_has_a_writer_here():
    assert set(SOURCES) == {*WRITERS, "memory"}
    assert set(SUFFIXES.values()) <= set(SOURCES)


@pytest.mark.parametrize("name", sorted(SOURCES))
class TestEverySource:
    def test_round_trip(self, name, tmp_path):
        data, options = stored(name, tmp_path, TRICKY)
        table = read_table(data, **options)
        assert set(table.frame.columns) == set(TRICKY.columns)
        assert table.frame.select(TRICKY.columns).rows() == as_stored(name, TRICKY).rows()
        assert table.origin.format == name
        assert SOURCES[name].name == name

    def test_stream_gives_the_same_rows(self, name, tmp_path):
        data, options = stored(name, tmp_path, TRICKY)
        whole = read_table(data, **options).frame
        stream = stream_table(data, batch_rows=2, **options)
        for _ in range(2):
            batches = list(stream)
            assert [batch.height for batch in batches] == [2, 2, 2]
            assert {tuple(batch.schema.items()) for batch in batches} == {tuple(whole.schema.items())}
            assert pl.concat(batches).equals(whole)

    def test_fingerprint_does_not_depend_on_the_format(self, name, tmp_path):
        filled = TRICKY.with_columns(pl.all().fill_null("x"))
        data, options = stored(name, tmp_path, filled)
        assert read_table(data, **options).fingerprint == read_table(filled).fingerprint

    def test_no_rows_is_an_error(self, name, tmp_path):
        data, options = stored(name, tmp_path, TRICKY.clear())
        with pytest.raises(DataError, match=r"no rows|no column|is empty|cannot be read"):
            read_table(data, **options)

    def test_foreign_options_are_refused(self, name, tmp_path):
        data, options = stored(name, tmp_path, TRICKY)
        foreign = {"query": "SELECT 1", "sheet": "x", "encoding": "utf-8"}
        for option in foreign.keys() - SOURCES[name].accepts:
            with pytest.raises(UsageError, match=option):
                read_table(data, **{**options, option: foreign[option]})


@pytest.mark.parametrize("name", FILES)
class TestEveryFile:
    def test_gz_and_zip(self, name, tmp_path):
        path, options = stored(name, tmp_path, TRICKY)
        expected = read_table(path, **options)
        packed = path.with_name(path.name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        zipped = path.with_suffix(".zip")
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
            archive.writestr("__MACOSX/._x", b"resource fork")
        for file, compression in ((packed, "gz"), (zipped, "zip")):
            table = read_table(file)
            assert table.origin.compression == compression
            assert table.fingerprint == expected.fingerprint
            assert pl.concat(list(stream_table(file, batch_rows=4))).equals(expected.frame)

    def test_a_truncated_gz_is_told(self, name, tmp_path):
        path, _ = stored(name, tmp_path, TRICKY.with_columns(more=pl.lit("x y z") + pl.col("code")))
        packed = path.with_name(path.name + ".gz")
        content = gzip.compress(path.read_bytes())
        packed.write_bytes(content[: len(content) // 2])
        with pytest.raises(DataError, match=r"cut short"):
            read_table(packed)

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_damaged_bytes_raise_nothing_but_our_errors(self, name, tmp_path, data):
        path, _ = stored(name, tmp_path, TRICKY.with_columns(text=pl.col("text").str.head(50)))
        raw = bytearray(path.read_bytes())
        # A workbook holds the time it was written at: nothing that is drawn may depend on its length.
        for place in data.draw(st.lists(st.integers(0, 1 << 20), min_size=1, max_size=8)):
            raw[place % len(raw)] = data.draw(st.integers(0, 255))
        if data.draw(st.booleans()):
            raw = raw[: 1 + data.draw(st.integers(0, 1 << 20)) % len(raw)]
        broken = tmp_path / f"broken{path.suffix}"
        broken.write_bytes(raw)
        with contextlib.suppress(LeptonError):
            list(stream_table(broken, batch_rows=3))

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(content=st.binary(min_size=1, max_size=300))
    def test_any_bytes_raise_nothing_but_our_errors(self, name, tmp_path, content):
        broken = tmp_path / f"broken.{ {'hdf5': 'h5'}.get(name, name) }"
        broken.write_bytes(content)
        with contextlib.suppress(LeptonError):
            read_table(broken)


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["", '"', '""', ",", "\n", "\r\n", "\r", "a,b", 'x"y', "'", "é", "中文", " ", "\t", ";"]),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8)


def csv_text(rows, delimiter: str, end: str) -> str:
    """RFC 4180 text with missing cells empty and blank ones in quotes."""

    def cell(value):
        if value is None:
            return ""
        quoted = value == "" or any(mark in value for mark in (delimiter, '"', "\n", "\r"))
        # A lone quote-like character at the start, or space, is safest in quotes, as writers do.
        return '"' + value.replace('"', '""') + '"' if quoted or not value.isalnum() else value

    return "".join(delimiter.join(cell(value) for value in row) + end for row in rows)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, delimiter=st.sampled_from([",", ";", "\t", "|"]), end=st.sampled_from(["\n", "\r\n"]))
def test_any_csv_comes_back(tmp_path, rows, delimiter, end):
    path = tmp_path / "t.csv"
    header = delimiter.join(["text", "label", "note"]) + end
    path.write_bytes((header + csv_text(rows, delimiter, end)).encode("utf-8"))
    table = read_table(path)
    assert table.frame.columns == ["text", "label", "note"]
    assert table.frame.rows() == rows
    assert table.origin.delimiter == delimiter


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(CELLS, st.none() | st.integers() | st.booleans() | st.floats(allow_nan=False)), min_size=1
    )
)
def test_any_jsonl_comes_back(tmp_path, rows):
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps({"text": a, "value": b}) + "\n" for a, b in rows), encoding="utf-8")
    table = read_table(path)
    assert table.frame["text"].to_list() == [a for a, _ in rows]
    values = [b for _, b in rows]
    if all(b is None or (type(b) is int and -(2**63) <= b < 2**63) for b in values):
        assert table.frame["value"].to_list() == values
    assert pl.concat(list(stream_table(path, batch_rows=3))).equals(table.frame)


class TestFiles:
    def test_missing_file_names_its_neighbours(self, tmp_path):
        (tmp_path / "messages.csv").write_text("text,label\na,b\n")
        with pytest.raises(DataError, match=r"mesages.csv.*Did you mean 'messages.csv'"):
            read_table(tmp_path / "mesages.csv")
        with pytest.raises(DataError, match=r"folder .* does not exist"):
            read_table(tmp_path / "no" / "x.csv")

    def test_folder(self, tmp_path):
        (tmp_path / "a.csv").write_text("x")
        with pytest.raises(DataError, match=r"is a folder.*'a.csv'"):
            read_table(tmp_path)

    def test_unknown_ending_lists_the_known(self, tmp_path):
        (tmp_path / "a.docx").write_text("x")
        with pytest.raises(DataError, match=r"'.docx'.*\.csv, .*\.parquet"):
            read_table(tmp_path / "a.docx")

    @pytest.mark.parametrize(
        "name", ["a.csv", "a.json", "a.jsonl", "a.parquet", "a.xlsx", "a.h5", "a.csv.gz"]
    )
    def test_empty_file(self, tmp_path, name):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(DataError, match=r"is empty"):
            read_table(tmp_path / name)

    @pytest.mark.parametrize("content", ["text,label\n", "text,label", "\n\n", "   \n"])
    def test_header_only_or_blank(self, tmp_path, content):
        (tmp_path / "a.csv").write_text(content)
        with pytest.raises(DataError, match=r"no rows|nothing but"):
            read_table(tmp_path / "a.csv")

    def test_zip_of_several_lists_them(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("one.csv", "a,b\n1,2\n")
            archive.writestr("two.csv", "a,b\n1,2\n")
        with pytest.raises(DataError, match=r"2 files.*'one.csv', 'two.csv'"):
            read_table(tmp_path / "a.zip")

    def test_a_bomb_is_stopped(self, tmp_path, monkeypatch):
        monkeypatch.setattr("lepton_ai.data.files.FREE_BYTES", 1 << 20)
        (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"text,label\n" + b"a,b\n" * 2_000_000))
        with pytest.raises(DataError, match=r"unpacks to more than"):
            read_table(tmp_path / "bomb.csv.gz")

    def test_named_gz_but_plain(self, tmp_path):
        (tmp_path / "a.csv.gz").write_text("text,label\na,b\n")
        with pytest.raises(DataError, match=r"named like a compressed file"):
            read_table(tmp_path / "a.csv.gz")

    def test_gz_without_saying_so(self, tmp_path):
        (tmp_path / "a.csv").write_bytes(gzip.compress(b"text,label\nx,y\n"))
        assert read_table(tmp_path / "a.csv").origin.compression == "gz"


class TestDelimited:
    def read(self, tmp_path, content, name="a.csv"):
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (tmp_path / name).write_bytes(raw)
        return read_table(tmp_path / name)

    def test_ragged_row_is_named(self, tmp_path):
        with pytest.raises(DataError, match=r"Data row 3 \(line 4\).* 3 cells where the first row has 2"):
            self.read(tmp_path, "text,label\na,b\nc,d\noh, no,e\n" + "f,g\n" * 9)

    def test_short_rows_and_trailing_delimiters_are_said(self, tmp_path):
        table = self.read(tmp_path, "text,label\na,b\nc\nd,e,,\n\nf,g\n" + "h,i\n" * 20)
        assert table.frame.rows()[:4] == [("a", "b"), ("c", None), ("d", "e"), ("f", "g")]
        notes = " ".join(table.origin.notes)
        assert "short and was filled" in notes
        assert "beyond the last column" in notes
        assert "blank line" in notes

    def test_blank_and_missing_are_two_things(self, tmp_path):
        table = self.read(tmp_path, 'text,label,x\n"",,a\n,"",b\n"a,"","",c",,""\n')
        assert table.frame.rows() == [("", None, "a"), (None, "", "b"), ('a,",",c', None, "")]

    def test_header_names_are_made_unique(self, tmp_path):
        table = self.read(tmp_path, ",text,text, \n1,a,b,c\n2,d,e,f\n")
        assert table.frame.columns == ["column_1", "text", "text_2", "column_4"]
        assert sum("is called" in note for note in table.origin.notes) == 3

    def test_no_header_is_said(self, tmp_path):
        table = self.read(tmp_path, "39,Private,yes\n50,State,no\n28,Private,no\n")
        assert table.frame.columns == ["column_1", "column_2", "column_3"]
        assert table.frame.height == 3
        assert any("No header" in note for note in table.origin.notes)

    def test_text_after_a_closing_quote_is_kept(self, tmp_path):
        rows = "".join(f'"text {n}",b\n' for n in range(30))
        table = self.read(tmp_path, "text,label\n" + rows + '"Great" said he,b\n')
        assert table.frame["text"][-1] == '"Great" said he'
        assert any("quote is followed by more text" in note for note in table.origin.notes)

    def test_quotes_as_plain_text(self, tmp_path):
        table = self.read(
            tmp_path, 'text\tlabel\n"so-called" expert\ta\n"an open quote\tb\n5" pipe\ta\n', "a.tsv"
        )
        assert table.frame["text"].to_list() == ['"so-called" expert', '"an open quote', '5" pipe']

    def test_a_quote_that_never_closes(self, tmp_path):
        rows = "".join(f'"text, {n}",b\n' for n in range(10_000))
        with pytest.raises(DataError, match=r"data row 10001 .*never closed"):
            self.read(tmp_path, "text,label\n" + rows + '"oh,b\n' + "c,d\n" * 5)

    def test_single_column_of_prose(self, tmp_path):
        table = self.read(tmp_path, "text\nHello, world\nfine\na, b, c, and d\n")
        assert table.frame["text"].to_list() == ["Hello, world", "fine", "a, b, c, and d"]

    def test_single_quotes_and_spaces(self, tmp_path):
        table = self.read(tmp_path, "'text','label'\n'a, b','c'\n'd','e'\n")
        assert table.frame.rows() == [("a, b", "c"), ("d", "e")]
        table = self.read(tmp_path, "text, label\n" + "a b, c\n" * 6)
        assert table.frame.columns == ["text", "label"]
        assert table.frame.row(0) == ("a b", "c")

    def test_decimal_commas(self, tmp_path):
        table = self.read(tmp_path, "1,5;2,5\n3,0;4,5\n")
        assert table.frame.rows() == [("1,5", "2,5"), ("3,0", "4,5")]

    @pytest.mark.parametrize("content", ['""', ",,,", '"', "\ufeff"])
    def test_nothing_in_many_words(self, tmp_path, content):
        with pytest.raises(DataError):
            self.read(tmp_path, content)

    def test_ten_megabyte_cell(self, tmp_path):
        csv.field_size_limit(131_072)  # Python's own, which another test may have raised
        cell = 'x"\n,' * (10 << 18)
        table = self.read(tmp_path, "text,label\n" + csv_text([(cell, "a"), ("b", "c")], ",", "\n"))
        assert table.frame["text"][0] == cell

    def test_old_mac_line_ends(self, tmp_path):
        assert self.read(tmp_path, "text,label\ra,b\rc,d\r").frame.rows() == [("a", "b"), ("c", "d")]

    def test_same_as_the_standard_writer(self, tmp_path):
        out = io.StringIO()
        csv.writer(out).writerows([("text", "label"), ('a "quoted" word, and', "x"), ("two\nlines", "y")])
        assert self.read(tmp_path, out.getvalue()).frame.rows() == [
            ('a "quoted" word, and', "x"),
            ("two\nlines", "y"),
        ]


class TestJson:
    @pytest.mark.parametrize(
        "value",
        [
            [{"text": "a", "n": 1}, {"text": "b", "n": 2}],
            {"text": ["a", "b"], "n": [1, 2]},
            {"data": [{"text": "a", "n": 1}, {"text": "b", "n": 2}]},
            {"version": 3, "records": [{"text": "a", "n": 1}, {"text": "b", "n": 2}]},
        ],
    )
    def test_shapes(self, tmp_path, value):
        (tmp_path / "a.json").write_text(json.dumps(value))
        assert read_table(tmp_path / "a.json").frame.rows() == [("a", 1), ("b", 2)]

    def test_object_of_objects_keeps_the_keys(self, tmp_path):
        (tmp_path / "a.json").write_text('{"k1": {"text": "a"}, "k2": {"text": "b"}}')
        assert read_table(tmp_path / "a.json").frame.rows() == [("k1", "a"), ("k2", "b")]

    def test_lines_in_a_json_file(self, tmp_path):
        (tmp_path / "a.json").write_text('{"text": "a"}\n{"text": "b"}\n')
        table = read_table(tmp_path / "a.json")
        assert table.frame.height == 2
        assert any("one JSON object a line" in note for note in table.origin.notes)

    @pytest.mark.parametrize(
        ("name", "content", "found"),
        [
            ("a.json", '[{"a": 1},\n {"a": }]', "line 2"),
            ("a.json", "3", "single int"),
            ("a.json", '[{"a": 1}, 2]', "item 2 is a int"),
            ("a.json", '{"a": [1], "b": [1, 2]}', "differ in length"),
            ("a.jsonl", '{"a": 1}\n{"a": 2\n', "line 2"),
            ("a.jsonl", '{"a": 1}\n[2]\n', "line 2"),
            ("a.jsonl", "[" * 100_000, "line 1"),
        ],
    )
    def test_broken(self, tmp_path, name, content, found):
        (tmp_path / name).write_text(content)
        with pytest.raises(DataError, match=found):
            read_table(tmp_path / name)

    def test_types_are_decided_on_all_rows(self, tmp_path):
        rows = [{"n": 1, "m": 1, "d": [1], "b": True}] * 50 + [{"n": 2.5, "m": "x", "late": "y"}]
        (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
        batches = list(stream_table(tmp_path / "a.jsonl", batch_rows=10))
        assert dict(batches[0].schema) == {
            "n": pl.Float64,
            "m": pl.String,
            "d": pl.String,
            "b": pl.Boolean,
            "late": pl.String,
        }
        assert batches[0].row(0) == (1.0, "1", "[1]", True, None)

    def test_nan_and_lone_surrogates(self, tmp_path):
        (tmp_path / "a.jsonl").write_text('{"x": NaN, "t": "\\ud800"}\n{"x": 1.5, "t": "ok"}\n')
        assert read_table(tmp_path / "a.jsonl").frame.rows() == [(None, "�"), (1.5, "ok")]


class TestHdf5:
    def test_compound_and_choice(self, tmp_path):
        path = tmp_path / "a.h5"
        rows = np.array([(1, b"a"), (2, "é".encode())], dtype=[("n", "i4"), ("text", "S5")])
        with h5py.File(path, "w") as file:
            file["one"] = rows
            file["two/text"] = [b"x"]
            file["two/n"] = [1.5]
            file["two/wide"] = np.zeros((1, 2))
        with pytest.raises(DataError, match=r"2 tables.*'/one', '/two'"):
            read_table(path)
        assert read_table(path, sheet="one").frame.rows() == [(1, "a"), (2, "é")]
        table = read_table(path, sheet="/two")
        assert table.frame.to_dicts() == [{"n": 1.5, "text": "x"}]
        assert any("'wide'" in note for note in table.origin.notes)
        with pytest.raises(DataError, match=r"no table 'tow'.*'/two'"):
            read_table(path, sheet="tow")

    def test_pandas_layout_is_refused(self, tmp_path):
        with h5py.File(tmp_path / "a.h5", "w") as file:
            file.create_group("df").attrs["pandas_type"] = b"frame"
        with pytest.raises(DataError, match=r"to_hdf.*to_parquet"):
            read_table(tmp_path / "a.h5")


class TestWorkbook:
    def test_sheets_and_numbers(self, tmp_path):
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet("empty")
            sheet = book.add_worksheet("rows")
            for place, row in enumerate(
                [["text", "label", "x", ""], ["a", 1, 0.5, "z"], ["b", 0, None, "y"]]
            ):
                sheet.write_row(place, 0, row)
        with pytest.raises(DataError, match=r"'empty'.*no rows"):
            read_table(path)
        with pytest.raises(DataError, match=r"no sheet 'row'.*'rows'"):
            read_table(path, sheet="row")
        table = read_table(path, sheet="rows")
        assert table.frame.rows() == [("a", 1, 0.5, "z"), ("b", 0, None, "y")]
        assert table.frame.columns == ["text", "label", "x", "column_4"]


class TestSql:
    @pytest.fixture
    def url(self, tmp_path):
        with sqlite3.connect(tmp_path / "a.db") as connection:
            connection.execute("CREATE TABLE messages (text, label, n)")
            connection.executemany(
                "INSERT INTO messages VALUES (?, ?, ?)", [("a", "x", 1), ("b", None, 2)] * 50
            )
        connection.close()
        return f"sqlite:///{tmp_path / 'a.db'}"

    def test_types_and_streaming(self, url):
        batches = list(stream_table(url, query="SELECT * FROM messages", batch_rows=30))
        assert [batch.height for batch in batches] == [30, 30, 30, 10]
        assert batches[0].row(1) == ("b", None, 2)

    def test_errors(self, url, tmp_path):
        with pytest.raises(DataError, match=r"query is needed.*messages"):
            read_table(url)
        with pytest.raises(DataError, match=r"failed: no such table"):
            read_table(url, query="SELECT * FROM absent")
        with pytest.raises(DataError, match=r"no SQLite file"):
            read_table(f"sqlite:///{tmp_path}/none.db", query="SELECT 1")
        assert not (tmp_path / "none.db").exists()
        with pytest.raises(DataError, match=r"no rows"):
            read_table(url, query="SELECT * FROM messages WHERE n > 9")
        with pytest.raises(DataError, match=r"'nosuch' is not known|not known"):
            read_table("nosuch://host/x", query="SELECT 1")
        with pytest.raises(DataError, match=r"returns no table"):
            read_table(url, query="DELETE FROM messages")
        assert read_table(url, query="SELECT * FROM messages").frame.height == 100

    def test_a_colon_in_a_query_is_no_parameter(self, url):
        query = "SELECT ':smile' AS a, '12:30:15' AS b, text FROM messages WHERE text <> ' :x' AND n = 1"
        assert read_table(url, query=query).frame.row(0) == (":smile", "12:30:15", "a")

    def test_a_late_type_is_an_error(self, url):
        query = "SELECT n AS v FROM messages UNION ALL SELECT 'late'"
        with pytest.raises(DataError, match=r"'v'.*text value in row 101.*CAST"):
            list(stream_table(url, query=query, batch_rows=10))

    def test_passwords_are_not_told(self):
        with pytest.raises(LeptonError) as caught:
            read_table("postgresql://me:secret@127.0.0.1:1/x", query="SELECT 1")
        assert "secret" not in str(caught.value)


class TestMemory:
    def test_kinds(self):
        import pandas as pd
        import pyarrow as pa

        rows = [{"text": "a", "n": 1}, {"text": None, "n": 2}]
        expected = [("a", 1), (None, 2)]
        columns = {"text": ["a", None], "n": [1, 2]}
        for data in (
            rows,
            columns,
            pl.DataFrame(rows),
            pl.LazyFrame(rows),
            pd.DataFrame(columns),
            pa.table(columns),
        ):
            assert read_table(data).frame.rows() == expected, type(data)
        assert read_table({"n": np.array([1, 2])}).frame.rows() == [(1,), (2,)]

    def test_pandas_oddities(self):
        import pandas as pd

        frame = pd.DataFrame([["a", 1.0, 5], ["b", None, "x"]], columns=["t", "t", 3])
        table = read_table(frame)
        assert table.frame.columns == ["t", "t_2", "3"]
        assert table.frame.rows() == [("a", 1.0, "5"), ("b", None, "x")]

    @pytest.mark.parametrize(
        ("data", "found"),
        [
            (5, "a int"),
            ([1, 2], "Row 1 is a int"),
            ({"a": "text"}, "is a str"),
            ({"a": [1], "b": []}, "differ"),
            ([], "no"),
        ],
    )
    def test_errors(self, data, found):
        with pytest.raises(DataError, match=found):
            read_table(data)

    def test_foreign_types_become_plain(self):
        import datetime as dt
        from decimal import Decimal

        frame = pl.DataFrame(
            {
                "cat": pl.Series(["a", "b"], dtype=pl.Categorical),
                "dec": [Decimal("1.50"), None],
                "list": [[1, 2], None],
                "nan": [float("nan"), 1.0],
                "bytes": [b"ok", b"fine"],
                "raw": [b"\xff\xfe", b"x"],
                "time": [dt.time(1, 2), None],
            }
        )
        table = read_table(frame)
        assert table.frame.rows() == [
            ("a", 1.5, "[1,2]", None, "ok", "01:02:00"),
            ("b", None, None, 1.0, "fine", None),
        ]
        assert any("'raw'" in note for note in table.origin.notes)
