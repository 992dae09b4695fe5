"""The statistics as one page that needs nothing else: no script, no network, light and dark."""

from codestral_lsp.insight.page.page import statistics_page

__all__ = ["statistics_page"]
