"""Documents: text, positions, line ends, syntax trees. Knows nothing of completion or of any backend."""
