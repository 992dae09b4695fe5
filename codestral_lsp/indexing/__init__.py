"""Indexing in the background: which files of a workspace are indexed, and the processes that do it."""
