"""The LSP surface: `app` wires, then one file per method. Everything of substance happens in the rooms below."""
