"""A trained model on disk: written whole, opened with proof, and run without the library that trained it."""

from lepton_ai.package.card import model_card
from lepton_ai.package.contents import Graph, PackageContents
from lepton_ai.package.manifest import Manifest
from lepton_ai.package.open import open_package
from lepton_ai.package.pack import pack, unpack
from lepton_ai.package.package import Package
from lepton_ai.package.recommender import Recommender
from lepton_ai.package.runtime import Runtime
from lepton_ai.package.write import write_package

__all__ = [
    "Graph",
    "Manifest",
    "Package",
    "PackageContents",
    "Recommender",
    "Runtime",
    "model_card",
    "open_package",
    "pack",
    "unpack",
    "write_package",
]
