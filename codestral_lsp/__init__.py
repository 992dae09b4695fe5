"""A language server that puts Codestral's fill-in-the-middle completions into any editor."""

__version__ = "0.1.0"
