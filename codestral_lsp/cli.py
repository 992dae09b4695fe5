"""The command line: `codestral-lsp` serves; its subcommands do single things. Each is imported only when it is run."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from codestral_lsp import __version__
from codestral_lsp.errors import CodestralError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    # Nothing that is imported is ever garbage; collecting while importing costs a tenth of the start-up time.
    gc.disable()
    try:
        if options.run is not _serve:
            _for_a_person(options)
        return int(options.run(options))
    except CodestralError as error:
        print(f"codestral-lsp: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has read enough (`| head`); Python would complain of it once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codestral-lsp", description="A language server for Codestral. Without a command it serves on stdio."
    )
    parser.add_argument("--version", action="version", version=f"codestral-lsp {__version__}")
    parser.add_argument("--stdio", action="store_true", help="serve on standard input and output (the default)")
    parser.add_argument("--clientProcessId", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings file, in place of the user's own")
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="write the log there instead of standard error")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    complete = commands.add_parser("complete", help="print the suggestion at one place of a file")
    complete.add_argument("place", metavar="FILE:LINE:COL", help="line and column from 1, the column in characters")
    complete.add_argument("--json", action="store_true", help="print the suggestion and how it came about as JSON")
    complete.set_defaults(run=_complete)

    explain = commands.add_parser("explain", help="explain a function, a class or a file")
    explain.add_argument("place", metavar="FILE[:LINE]", help="the line from 1; without it, the file")
    explain.add_argument("--instruction", default="", metavar="TEXT", help="what to say of it, in place of everything")
    explain.add_argument("--json", action="store_true")
    explain.set_defaults(run=_explain)

    bugs = commands.add_parser("bugs", help="look for bugs in a function or a file")
    bugs.add_argument("place", metavar="FILE[:LINE]", help="the line from 1; without it, the file")
    bugs.add_argument("--error", metavar="TEXT", help="an error text or traceback; -: from standard input")
    bugs.add_argument("--confirm", action="store_true", help="ask the model again about each bug it found")
    bugs.add_argument("--json", action="store_true")
    bugs.set_defaults(run=_bugs)

    generate = commands.add_parser("generate", help="write code at a place of a file")
    generate.add_argument("place", metavar="FILE:LINE", help="a comment, an empty body or any other line, from 1")
    generate.add_argument("--prompt", metavar="TEXT", help="what to write; else what stands there says it")
    generate.add_argument("--write", action="store_true", help="change the file instead of printing the difference")
    generate.set_defaults(run=_generate)

    doctor = commands.add_parser("doctor", help="find out what works, what does not, and what to do about it")
    doctor.add_argument("--json", action="store_true", help="the findings as JSON (schema in docs/doctor.md)")
    doctor.set_defaults(run=_doctor)

    pull = commands.add_parser("pull", help="get a model through Ollama")
    pull.add_argument("model", nargs="?", metavar="MODEL", help="its name in Ollama's library; else ollama.model")
    pull.set_defaults(run=_pull)

    why = commands.add_parser("why", help="the last requests: why nothing was shown, or what it cost")
    why.add_argument("--last", type=int, nargs="?", const=1, default=20, metavar="N", help="how many (20; alone: 1)")
    why.add_argument("--all", action="store_true", help="warm-ups, prefetches and alternatives too")
    why.add_argument("--json", action="store_true")
    why.set_defaults(run=_why)

    stats = commands.add_parser("stats", help="what was shown and taken, how fast, and what it used")
    stats.add_argument("--days", type=float, default=30, metavar="N", help="of how many days (30)")
    stats.add_argument("--json", action="store_true")
    stats.add_argument(
        "--html",
        nargs="?",
        const="",
        metavar="FILE",
        help="as a page with plots; without FILE it is opened",
    )
    stats.set_defaults(run=_stats)

    sent = commands.add_parser("sent", help="what was sent to a model, when and where to, and what it cost")
    sent.add_argument("--last", type=int, default=20, metavar="N", help="how many entries (20)")
    sent.add_argument("--remote", action="store_true", help="only what left this machine")
    sent.add_argument(
        "--text", action="store_true", help="the texts too, where the setting privacy.ledgerText kept them"
    )
    sent.add_argument("--json", action="store_true", help="the entries as JSON, for export")
    sent.add_argument("--clear", action="store_true", help="forget the entries")
    sent.set_defaults(run=_sent)

    cache = commands.add_parser("cache", help="look at the cache of answers, or empty it")
    cache.add_argument("action", choices=("stats", "clear"))
    cache.add_argument("--json", action="store_true")
    cache.set_defaults(run=_cache)

    init = commands.add_parser("init", help="print what to write into an editor's configuration, or write it")
    init.add_argument("editor", metavar="EDITOR", help="vscode, neovim, jetbrains, helix, emacs-lsp-mode, ...")
    init.add_argument("--write", action="store_true", help="write the editor's file, if it is not there yet")
    init.set_defaults(run=_init)
    return parser


def _serve(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import serve

    return serve.run(options)


def _complete(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import complete

    return complete.run(options)


def _explain(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import explain

    return explain.run(options)


def _bugs(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import bugs

    return bugs.run(options)


def _generate(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import generate

    return generate.run(options)


def _doctor(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import doctor

    return doctor.run(options)


def _pull(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import pull

    return pull.run(options)


def _why(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import why

    return why.run(options)


def _stats(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import stats

    return stats.run(options)


def _sent(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import sent

    return sent.run(options)


def _cache(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import cache

    return cache.run(options)


def _init(options: argparse.Namespace) -> int:
    from codestral_lsp.commands import init

    return init.run(options)


def _for_a_person(options: argparse.Namespace) -> None:
    """Set up what a command prints: messages that stand alone, and marks that any terminal takes."""
    from codestral_lsp import log

    log.start(options.log_file, options.log_level, for_a_person=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
