"""Settings: one typed tree, where its values come from, and what is wrong with the ones that were refused."""

from codestral_lsp.config.load import Layer, Loaded, load
from codestral_lsp.config.settings import Settings

__all__ = ["Layer", "Loaded", "Settings", "load"]
