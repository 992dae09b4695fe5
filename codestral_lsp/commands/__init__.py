"""The subcommands: one a file, each with `run(options) -> exit code`."""
