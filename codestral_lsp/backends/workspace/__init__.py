"""The embedded engine: no network, no model; what was written before in this workspace tells what comes next."""
