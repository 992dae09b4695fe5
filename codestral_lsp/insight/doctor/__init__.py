"""The doctor: looks at everything that completions need, and names what is wrong with the command that cures it.

One file a thing that is looked at; `causes` is the table that all cures and docs/troubleshooting.md come from.
"""

from codestral_lsp.insight.doctor.examine import examine
from codestral_lsp.insight.doctor.finding import Finding, Level, Report
from codestral_lsp.insight.doctor.subject import Subject

__all__ = ["Finding", "Level", "Report", "Subject", "examine"]
