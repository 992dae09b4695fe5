"""What else the model should see: definitions, neighbours, recent edits; found in time, ranked, stable in order."""
