"""Every format that rows can come from, one file a format.

`SOURCES` is the table of all of them, `SUFFIXES` tells the format from the end of a file's name.
"""

from lepton_ai.core.registry import Registry
from lepton_ai.data.sources.base import FileSource, Options, Source

SOURCES: Registry[type[Source]] = Registry(
    "source",
    {
        "csv": "lepton_ai.data.sources.csv:CsvSource",
        "hdf5": "lepton_ai.data.sources.hdf5:Hdf5Source",
        "json": "lepton_ai.data.sources.json:JsonSource",
        "jsonl": "lepton_ai.data.sources.jsonl:JsonLinesSource",
        "memory": "lepton_ai.data.sources.memory:MemorySource",
        "parquet": "lepton_ai.data.sources.parquet:ParquetSource",
        "sql": "lepton_ai.data.sources.sql:SqlSource",
        "tsv": "lepton_ai.data.sources.tsv:TsvSource",
        "xlsx": "lepton_ai.data.sources.xlsx:WorkbookSource",
    },
)

SUFFIXES: dict[str, str] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".inter": "tsv",
    ".item": "tsv",
    ".user": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".hdf": "hdf5",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
}

__all__ = ["SOURCES", "SUFFIXES", "FileSource", "Options", "Source"]
