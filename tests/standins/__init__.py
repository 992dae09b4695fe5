"""Servers that behave as the real ones do: the same paths, fields, framing, statuses and faults, with scripted answers.

In a test: `async with OllamaStandIn() as server: ... server.url`.
From a shell: `python -m tests.standins.ollama --help`.
"""
