"""What outlives a process: published models and the workspaces of trainings."""

from lepton_ai.store.models import ModelStore, ModelVersion
from lepton_ai.store.runs import AbandonedRun, Run, RunRecord, RunStore

__all__ = ["AbandonedRun", "ModelStore", "ModelVersion", "Run", "RunRecord", "RunStore"]
