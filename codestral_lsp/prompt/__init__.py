"""What is asked of a model: which part of the document it sees, in which layout, within which budget."""
