"""The embedded engine: no network, no model; what was written before in this workspace tells what comes next."""

from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.backends.workspace.prediction import Prediction

__all__ = ["Prediction", "Query", "WorkspaceEngine"]
