from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper
from tiny_package import contents as tiny
from tiny_package import edit_manifest, replace_file

from lepton_ai.codecs import InputCodec
from lepton_ai.codecs.label import LabelCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import PackageError
from lepton_ai.package import Graph, Runtime, open_package, write_package


@pytest.fixture
def copy(tmp_path, written):
    return shutil.copytree(written, tmp_path / "copy")


def test_everything_is_there_again(package, contents, written):
    assert package.manifest.name == "messages"
    assert package.calibration == contents.calibration
    assert package.profile == contents.profile
    assert package.output.params() == contents.output.params()
    assert package.inputs.keys() == {"message"}
    restored, told = package.inputs["message"].arrays(), contents.inputs["message"].arrays()
    assert restored.keys() == told.keys()
    assert all(np.array_equal(restored[name], told[name]) for name in told)
    assert package.card.startswith("# messages")
    assert package.size_bytes == sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
    assert package.weights() == contents.weights


def test_a_path_may_be_text(written):
    assert open_package(str(written)).manifest.name == "messages"


@pytest.mark.parametrize("path", ["no/such/place", "zero\0byte", ""])
def test_a_path_to_nothing_is_told(path):
    with pytest.raises(PackageError):
        open_package(path)


def test_an_empty_folder_is_no_package(tmp_path):
    with pytest.raises(PackageError, match=r"no model package: it holds no manifest\.json"):
        open_package(tmp_path)


def test_an_unknown_codec_is_named(copy):
    edit_manifest(copy, output={"column": "topic", "codec": "spans", "params": {}})
    with pytest.raises(
        PackageError, match="codec of column 'topic' is 'spans', which this release does not know"
    ):
        open_package(copy)


@pytest.mark.parametrize(
    ("part", "record", "said"),
    [
        ("output", {"column": "topic", "codec": "label", "params": {}}, "cannot be restored: KeyError"),
        ("output", {"column": "topic", "codec": "text", "params": {"longest": None}}, "makes no answers"),
        ("inputs", [{"column": "message", "codec": "label", "params": {"labels": ["a"]}}], "reads no input"),
    ],
)
def test_a_codec_that_does_not_fit_its_place_is_refused(copy, part, record, said):
    edit_manifest(copy, **{part: record})
    with pytest.raises(PackageError, match=said):
        open_package(copy)


def test_a_signature_of_other_columns_is_refused(copy):
    edit_manifest(copy, signature={"input": {"properties": {"other": {"type": "string"}}}, "output": {}})
    with pytest.raises(PackageError, match="speak of different columns"):
        open_package(copy)
    edit_manifest(copy, signature={"input": 1})
    with pytest.raises(PackageError, match="no schema of a row"):
        open_package(copy)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"temperature": "hot"}', b'{"temperature": 0}', b"[" * 99_999])
def test_a_broken_calibration_is_refused(copy, raw):
    replace_file(copy, "calibration.json", raw)
    with pytest.raises(PackageError, match=r"calibration\.json cannot be read"):
        open_package(copy, replay=False)


def test_a_package_changed_after_opening_is_not_read(copy):
    package = open_package(copy, replay=False)
    (copy / "model.onnx").write_bytes(b"x" * (copy / "model.onnx").stat().st_size)
    with pytest.raises(PackageError, match=r"content of 'model\.onnx'"):
        Runtime(package)


class LengthCodec(InputCodec):
    """The length of a text: a codec from outside the table."""

    name = "length"

    @classmethod
    def fit(cls, values, **settings):
        return cls()

    def params(self):
        return {}

    def arrays(self):
        return {}

    @classmethod
    def restore(cls, params, arrays):
        return cls()

    def cell_schema(self):
        return {"type": ["string", "null"]}

    def encode(self, values):
        return {"length": np.array([[len(value or "")] for value in values], np.float32)}

    def sizes(self, values):
        return np.ones(len(values), np.int64)


def length_contents(columns):
    """A model of several columns whose logit is the sum of the lengths."""
    names = [f"{column}.length" for column in columns]
    kinds = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 1]) for name in names]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", 1])
    graph = helper.make_graph([helper.make_node("Sum", names, ["logits"])], "g", kinds, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    outputs = {"logits": np.array([[2.0 * len(columns)]], np.float32)}
    label = LabelCodec(["only"])
    return tiny(
        inputs={column: LengthCodec() for column in columns},
        output=label,
        graphs={"default": Graph(model=model.SerializeToString())},
        example={column: ["ab"] for column in columns},
        outputs=outputs,
        answers=label.decode(outputs, Calibration(), {}),
        calibration=Calibration(),
        weights=None,
    )


def test_several_columns_and_a_codec_of_ones_own(tmp_path):
    codecs = {"length": LengthCodec, "label": LabelCodec}
    write_package(tmp_path / "p", length_contents(["title", "正文"]), codecs=codecs)
    package = open_package(tmp_path / "p", codecs=codecs)
    runtime = Runtime(package)
    assert runtime.outputs({"title": ["a", "b"], "正文": ["xyz", ""]})["logits"].tolist() == [[4.0], [1.0]]
    assert runtime.outputs({"title": ["a"]})["logits"].tolist() == [[1.0]]
    assert runtime.predict_rows([{"title": "a"}, {}])[0]["label"] == "only"
    assert package.weights() == {}
    assert not (tmp_path / "p" / "codecs").exists()


@pytest.mark.e2e
def test_opening_needs_no_training_library(packed):
    code = f"""
import sys
for name in ("torch", "onnx", "polars", "pandas", "sklearn"):
    sys.modules[name] = None
from lepton_ai.package import Runtime, open_package
print(Runtime(open_package({str(packed)!r})).predict({{"message": ["hello"]}})[0]["label"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"account", "delivery", "refund"}


def test_large_state_is_mapped_and_answers_the_same(tmp_path, monkeypatch):
    import mmap

    import tiny_recommender

    from lepton_ai.package import Recommender, pack

    write_package(tmp_path / "p", tiny_recommender.contents())
    pack(tmp_path / "p", tmp_path / "p.zip")
    copied = open_package(tmp_path / "p")
    monkeypatch.setattr("lepton_ai.package.open.MAPPED_FROM", 0)
    mapped = open_package(tmp_path / "p")
    vectors = mapped.output.catalogue.vectors
    base = vectors
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    assert isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)
    assert not vectors.flags.writeable
    cells = ["u3", None, ["i1"]]
    answers = Recommender(Runtime(copied)).recommend(cells)
    assert Recommender(Runtime(mapped)).recommend(cells) == answers
    assert Recommender(Runtime(open_package(tmp_path / "p.zip"))).recommend(cells) == answers


def test_mapped_state_is_checked(tmp_path, monkeypatch):
    import tiny_recommender

    write_package(tmp_path / "p", tiny_recommender.contents())
    monkeypatch.setattr("lepton_ai.package.open.MAPPED_FROM", 0)
    state = tmp_path / "p" / "codecs" / "2.safetensors"
    raw = bytearray(state.read_bytes())
    raw[-1] ^= 1
    state.write_bytes(raw)
    with pytest.raises(PackageError, match="is not what the manifest was written for"):
        open_package(tmp_path / "p")
