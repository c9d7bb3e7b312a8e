"""The proof of a package: its example rows are answered again and compared."""

from __future__ import annotations

import numpy as np

from lepton_ai.core.errors import InputError, LeptonError, PackageError
from lepton_ai.core.types import Arrays
from lepton_ai.package.example import compare_answers, compare_outputs
from lepton_ai.package.manifest import RESTORE
from lepton_ai.package.package import Package
from lepton_ai.package.runtime import Runtime


def replay(package: Package) -> None:
    """Run the example rows through every graph.

    Two things are proved. Each graph gives, within its tolerance, the raw outputs that the trained network
    gave for the rows; so the codecs and the graph are whole. And the output codec makes the stored answers
    of the stored outputs; so labels and calibration are whole. (Answers are not compared beyond that: a
    label may well flip between two scores that are closer than the tolerance.)

    Raises:
        PackageError: It says what differs and by how much.
    """
    example = package.example
    try:
        for name, graph in package.manifest.graphs.items():
            runtime = Runtime(package, graph=name)
            runtime.check(example.columns)
            found = runtime.outputs(example.columns)
            compare_outputs(name, found, example, tolerance=graph.tolerance)
            package.output.decode(found, package.calibration, example.columns)
        stored: Arrays = {name: np.asarray(each, dtype=np.float32) for name, each in example.outputs.items()}
        answers = package.output.decode(stored, package.calibration, example.columns)
        compare_answers(answers, example.answers)
    except PackageError:
        raise
    except InputError as error:
        raise PackageError(
            f"An example row does not fit the signature: {error.message}", hint=RESTORE
        ) from None
    except LeptonError as error:
        raise PackageError(f"The example rows cannot be answered: {error.message}", hint=RESTORE) from error
    except Exception as error:
        raise PackageError(
            f"The example rows cannot be answered: {type(error).__name__}: {error}.", hint=RESTORE
        ) from error
