"""Ways to damage a package: in its bytes, in the fields of its archive, and in its manifest."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from pathlib import Path

VALUES = [
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    1e308,
    "",
    "x" * 5000,
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "\u0000",
    "日本",
    [],
    {},
    [[]],
    {"a": {"b": []}},
    ["text"],
    {"type": "string"},
]
RAW = [
    b"NaN",
    b"Infinity",
    b"-1e999",
    b"9" * 400,
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'"\\ud800"',
    b"\xff\xfe",
    b"",
    b"null",
    b"[]",
]


def damage(draw, folder: Path, archive: Path, place: Path) -> Path:
    """A damaged copy of a package under `place`; `draw` is a random.Random."""
    way = draw.choice([flip_bytes, cut, zip_field, json_value, json_raw, json_key, file_bytes, member])
    return way(draw, folder, archive, place)


def flip_bytes(draw, folder, archive, place):
    """Random bytes of the archive take random values."""
    raw = bytearray(archive.read_bytes())
    for _ in range(draw.choice([1, 1, 2, 8, 64])):
        raw[draw.randrange(len(raw))] = draw.randrange(256)
    return _archive(place, bytes(raw))


def cut(draw, folder, archive, place):
    """The archive is cut, doubled, or has bytes before, in or behind it."""
    raw = archive.read_bytes()
    at = draw.randrange(len(raw))
    junk = draw.randbytes(draw.randrange(1, 50))
    return _archive(
        place,
        draw.choice([raw[:at], raw[at:], raw + junk, junk + raw, raw[:at] + junk + raw[at:], raw + raw]),
    )


def zip_field(draw, folder, archive, place):
    """One field of a local header, a directory entry or the end record takes another value."""
    raw = bytearray(archive.read_bytes())
    mark, size = draw.choice([(b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22)])
    starts = [at for at in range(len(raw) - 3) if raw[at : at + 4] == mark]
    at = draw.choice(starts) + draw.randrange(4, size - 1)
    value = draw.choice([0, 1, 8, 0xFF, 0xFFFF, 0x7FFF, draw.randrange(1 << 16)])
    struct.pack_into("<H", raw, at, value)
    return _archive(place, bytes(raw))


def json_value(draw, folder, archive, place):
    """Some value of the manifest, however deep, takes another of any type."""
    value = json.loads((folder / "manifest.json").read_text())
    holder, key = draw.choice(list(_places(value)))
    holder[key] = draw.choice(VALUES)
    return _copy(folder, place, "manifest.json", json.dumps(value).encode())


def json_key(draw, folder, archive, place):
    """Some key of the manifest, however deep, is missing, renamed, or stands beside a new one."""
    value = json.loads((folder / "manifest.json").read_text())
    holder, key = draw.choice([each for each in _places(value) if isinstance(each[0], dict)])
    kept = holder.pop(key)
    if draw.random() < 0.5:
        holder[draw.choice(["", "x", "../x", "default2", "model.onnx", key + "\u0000"])] = kept
    return _copy(folder, place, "manifest.json", json.dumps(value).encode())


def json_raw(draw, folder, archive, place):
    """Some value of the manifest is replaced by bytes that are no JSON, or not sane JSON."""
    value = json.loads((folder / "manifest.json").read_text())
    holder, key = draw.choice(list(_places(value)))
    holder[key] = "@@here@@"
    raw = json.dumps(value).encode().replace(b'"@@here@@"', draw.choice(RAW))
    return _copy(folder, place, "manifest.json", raw)


def file_bytes(draw, folder, archive, place):
    """A file other than the manifest is damaged, and the manifest vouches for it."""
    import hashlib

    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    name = draw.choice([name for name in names if name != "manifest.json"])
    raw = bytearray((folder / name).read_bytes())
    for _ in range(draw.choice([1, 1, 4])):
        raw[draw.randrange(len(raw))] = draw.choice([0, 0xFF, 0x7B, 0x5B, 0x30, 0x2D, draw.randrange(256)])
    content = bytes(raw) if draw.random() < 0.7 else bytes(raw[: draw.randrange(len(raw))])
    copy = _copy(folder, place, name, content)
    manifest = json.loads((copy / "manifest.json").read_text())
    if draw.random() < 0.8:
        digest = hashlib.sha256(content).hexdigest()
        manifest["files"][name] = {"bytes": len(content), "sha256": digest}
        (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def member(draw, folder, archive, place):
    """The archive is written again with a member that should not be there, or as it should not be."""
    target = place / "package.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as out:
        for info in source.infolist():
            name = info.filename
            if name == "model.onnx":
                name = draw.choice(
                    ["../model.onnx", "/model.onnx", "MODEL.onnx", "a\\b", "C:model.onnx", name]
                )
            out.writestr(name, source.read(info), draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_LZMA]))
        if draw.random() < 0.5:
            link = zipfile.ZipInfo("weights/link")
            link.external_attr = draw.choice([0o120777, 0o010644, 0o100644]) << 16
            out.writestr(link, "/etc/passwd")
    return target


def _places(value):
    """Every container in a JSON value with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in list(items):
        yield value, key
        if isinstance(each, dict | list):
            yield from _places(each)


def _archive(place, raw):
    target = place / "package.zip"
    target.write_bytes(raw)
    return target


def _copy(folder, place, name, content):
    target = place / "package"
    shutil.copytree(folder, target)
    (target / name).write_bytes(content)
    return target
