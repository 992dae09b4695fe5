"""Everything that is known to go wrong: how it shows, why it happens, what cures it.

The one table behind the doctor's cures and docs/troubleshooting.md, which `make docs` writes from it. The codes of
errors.py are among its codes, so that whatever a status or a message says can be looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that goes wrong."""

    code: str
    group: str
    """The symptom that it is found under in the document."""
    symptom: str
    """What exactly the user sees."""
    why: str
    cure: str
    """A command where there is one, else a setting or a step."""


_SILENT = "No ghost text at all"
_FALLBACK = "Only short suggestions, from your own code"
_KEY = "The key is not taken"
_REST = "Suggestions stop for a while"
_SPEED = "Slow"
_MODEL = "The model, its memory and its download"
_NETWORK = "The server cannot be reached"
_ACTIONS = "Explain, find bugs and other actions"
_HERE = "Settings, folders, languages"

_TABLE = (
    Cause(
        "no-client",
        _SILENT,
        "Nothing at all happens in the editor",
        "no editor has started this program yet",
        "See docs/editors for your editor, then open a file",
    ),
    Cause(
        "disabled",
        _SILENT,
        "Nothing is ever shown",
        "completions are switched off",
        "Set enabled = true, or run the command codestral.toggle",
    ),
    Cause(
        "old-client",
        _SILENT,
        "Suggestions come as entries of the suggestion list instead of ghost text",
        "the editor does not know LSP 3.18's inline completion",
        "Update the editor or its plugin: Neovim 0.12 (or our plugin), VS Code with our extension, LSP4IJ 0.15",
    ),
    Cause(
        "not-installed",
        _FALLBACK,
        "Only short suggestions from your own code; the doctor says that there is no Ollama",
        "Ollama is not installed on this machine",
        "Install it from https://ollama.com/download, then run: codestral-lsp pull",
    ),
    Cause(
        "not-running",
        _FALLBACK,
        "“Ollama is not running”, “Nothing listens at …”",
        "the program is installed and not started, or its address is another one",
        "Run: ollama serve (or start the app); for llama-server run: llama-server -m FILE.gguf --port 8080",
    ),
    Cause(
        "wrong-port",
        _FALLBACK,
        "“Nothing listens at …” though Ollama runs",
        "ollama.url or OLLAMA_HOST names another port than the one that Ollama listens at",
        "Set ollama.url to the address that the doctor names, or unset it and OLLAMA_HOST",
    ),
    Cause(
        "port-conflict",
        _FALLBACK,
        "“… answers, but not as Ollama does”, “answers with a web page”",
        "another program has taken the port",
        "Start Ollama elsewhere, run: OLLAMA_HOST=127.0.0.1:11500 ollama serve, and set ollama.url to that address",
    ),
    Cause(
        "model-missing",
        _FALLBACK,
        "“… does not have the model”",
        "it was never pulled, or is called otherwise there",
        "Run: codestral-lsp pull",
    ),
    Cause(
        "no-fim",
        _FALLBACK,
        "“… cannot fill in the middle”, “is not known to fill in the middle”",
        "a chat model, or one of a family that is not known",
        "Run: codestral-lsp pull codestral (or name the family in llamacpp.fim or openai.fim)",
    ),
    Cause(
        "local-only",
        _FALLBACK,
        "“privacy.localOnly is set and … is not this machine”",
        "the engine is remote and your settings forbid that",
        "Choose a local backend, by its address or as localhost, or unset privacy.localOnly",
    ),
    Cause(
        "backend",
        _FALLBACK,
        "An engine fails in a way that has no name",
        "see the message",
        "Run: codestral-lsp doctor",
    ),
    Cause(
        "no-key",
        _KEY,
        "“There is no API key for Mistral”",
        "no key was given to this program; MISTRAL_API_KEY is not looked at on purpose",
        "Run: export CODESTRAL_API_KEY=… (or set mistral.apiKeyCommand)",
    ),
    Cause(
        "wrong-host",
        _KEY,
        "401 from Mistral with a key that works elsewhere",
        "keys of api.mistral.ai and of codestral.mistral.ai are different things, and mistral.url names the other host",
        "Unset mistral.url: the host is then found from the key",
    ),
    Cause(
        "unauthorized",
        _KEY,
        "401: the key is not accepted",
        "the key has expired, was revoked or is mistyped",
        "Make a new key at https://console.mistral.ai, then run: export CODESTRAL_API_KEY=…",
    ),
    Cause(
        "key-source",
        _KEY,
        "“apiKeyCommand failed”, “is not an API key”",
        "the place that should hold the key does not yield one",
        "Run the command of mistral.apiKeyCommand in a terminal and see what it says",
    ),
    Cause(
        "not-permitted",
        _KEY,
        "402 or 403: the key is taken, the request is not",
        "the plan or the payment does not allow it",
        "See https://console.mistral.ai: plan, billing and the key's rights",
    ),
    Cause(
        "rate-limited",
        _REST,
        "Suggestions stop for a while; 429",
        "more requests than the plan allows",
        "Wait as long as the status says; raise completion.debounceMs, or use a plan with a higher limit",
    ),
    Cause(
        "budget",
        _REST,
        "“The monthly budget is spent”",
        "this month's requests have cost mistral.monthlyBudget",
        "Raise mistral.monthlyBudget, or wait for the next month; local engines go on",
    ),
    Cause(
        "server-busy",
        _REST,
        "“is busy”, “queue is full”",
        "other programs keep the server busy",
        "Wait, or raise OLLAMA_NUM_PARALLEL if the memory allows it",
    ),
    Cause(
        "stalled",
        _REST,
        "“took the request and then said nothing”",
        "the server hangs or is overloaded",
        "Restart it, for Ollama run: sudo systemctl restart ollama (or restart the app); its log says more",
    ),
    Cause(
        "disconnected",
        _REST,
        "“broke off in the middle of its answer”",
        "the server was stopped, or crashed",
        "Restart it, for Ollama run: sudo systemctl restart ollama (or restart the app); its log says more",
    ),
    Cause(
        "server-fault",
        _REST,
        "“failed: …” (a status of 500 or more)",
        "the server has a problem of its own",
        "Wait, or read the server's log",
    ),
    Cause(
        "on-cpu",
        _SPEED,
        "Every suggestion is slow; `ollama ps` says CPU, or CPU and GPU",
        "the model does not fit into the graphics card's memory, or there is no card that Ollama can use",
        "Run: codestral-lsp pull qwen2.5-coder:1.5b-base (or what the doctor names), and set ollama.model to it",
    ),
    Cause(
        "slow",
        _SPEED,
        "Every suggestion is slow",
        "the machine reads or writes few tokens in a second",
        "Run: codestral-lsp pull qwen2.5-coder:1.5b-base, and set ollama.model to it; or use Mistral's API",
    ),
    Cause(
        "model-loading",
        _SPEED,
        "The first suggestion takes a minute",
        "the model is being read into memory",
        'Wait once; ollama.keepAlive = "2h" keeps it there',
    ),
    Cause(
        "cancel-ignored",
        _SPEED,
        "The next suggestion waits for one that nobody wants any more",
        "the server goes on working after its client has left",
        "Update the server; a proxy between you and it may have to pass on closed connections",
    ),
    Cause(
        "out-of-memory",
        _MODEL,
        "“The model does not fit into memory”",
        "model and context are larger than the graphics card's or the machine's memory",
        "Run: codestral-lsp pull qwen2.5-coder:1.5b-base (or what the doctor names), or lower ollama.numCtx",
    ),
    Cause(
        "small-context",
        _MODEL,
        "Suggestions know only a few lines around the cursor",
        "the model is loaded with a small context, so that most of the prompt's budget cannot be used",
        "Set ollama.numCtx = 8192; for llama-server run: llama-server -m FILE.gguf -c 8192",
    ),
    Cause(
        "prompt-too-long",
        _MODEL,
        "“The prompt does not fit into the loaded context”",
        "the model's context is smaller than it said",
        "Raise ollama.numCtx, or lower completion.contextTokens",
    ),
    Cause(
        "download-stalled",
        _MODEL,
        "A download stands still",
        "the network or the registry is slow, or a proxy holds it back",
        "Stop it, then run: codestral-lsp pull (what was fetched is kept, and it goes on from there)",
    ),
    Cause(
        "cancelled",
        _MODEL,
        "A download or an action ends without a result",
        "you have stopped it",
        "Ask for it again; for a download run: codestral-lsp pull (what was fetched is kept)",
    ),
    Cause(
        "disk-full",
        _MODEL,
        "A download ends with “no space left on device”",
        "the model is larger than the free space where Ollama keeps models",
        "Free space, or run: OLLAMA_MODELS=/another/disk/models ollama serve",
    ),
    Cause(
        "unreachable",
        _NETWORK,
        "“cannot be reached”",
        "no route to the server, or a firewall",
        "Check the network and the address in the settings, run: codestral-lsp doctor",
    ),
    Cause(
        "unknown-host",
        _NETWORK,
        "“The name … cannot be found”",
        "the address is misspelt, or there is no network",
        "Check the network and the address in the settings, run: codestral-lsp doctor",
    ),
    Cause(
        "proxy",
        _NETWORK,
        "“The proxy refuses a connection”",
        "HTTPS_PROXY names a proxy that does not let this host through, or cannot be used",
        "Have the proxy allow the host, or run: export NO_PROXY=api.mistral.ai,codestral.mistral.ai",
    ),
    Cause(
        "tls",
        _NETWORK,
        "“The certificate of … is not trusted”",
        "a network that inspects TLS, or a server with a certificate of its own",
        "Run: export SSL_CERT_FILE=/path/to/that/certificate.pem",
    ),
    Cause(
        "bad-reply",
        _NETWORK,
        "“answers with a web page”, “does not answer in HTTP”",
        "the address is another server's",
        "Check the address in the settings",
    ),
    Cause(
        "request-refused",
        _NETWORK,
        "“refuses the request”, “does not know this request”",
        "the address is another service's, or the server is older or newer than this program knows",
        "Check the address in the settings, and update the server",
    ),
    Cause(
        "no-chat",
        _ACTIONS,
        "An explanation or a bug hunt answers that no model can be asked",
        "only the embedded engine is there, or the model does not chat",
        "Run: codestral-lsp pull, or set ollama.chatModel to a model that chats",
    ),
    Cause(
        "useless-answer",
        _ACTIONS,
        "“nothing of the answer can be used”",
        "the model answered in a form that was not asked for, as small models do",
        "Ask again, or set ollama.chatModel to a larger model",
    ),
    Cause(
        "no-target",
        _ACTIONS,
        "“There is no function here”",
        "an action was asked for where there is no code that it could be about",
        "Put the cursor into a function or select the code",
    ),
    Cause(
        "stale-edit",
        _ACTIONS,
        "A fix is not applied: the text has moved on",
        "the document was edited after the fix was made for it",
        "Ask for it again",
    ),
    Cause(
        "prompt-file",
        _ACTIONS,
        "A prompt file of your own is not used",
        "it cannot be read, or a placeholder in it does not exist",
        "Mend or remove the file that the message names",
    ),
    Cause(
        "settings",
        _HERE,
        "A setting does nothing",
        "it is misspelt or has a value it cannot have, and is ignored",
        "Mend it where the message says; docs/settings.md lists all settings",
    ),
    Cause(
        "untrusted",
        _HERE,
        "The project's .codestral.toml does nothing",
        "it is not trusted, or has changed since it was",
        "Run the command codestral.trustWorkspace in the editor",
    ),
    Cause(
        "folder",
        _HERE,
        "“cannot be used” at every start; nothing is remembered",
        "a folder of this program cannot be written: its owner, its rights, or a disk that is read-only",
        'Run: chown -R "$USER" on the folder that the message names (or set XDG_CACHE_HOME and XDG_STATE_HOME)',
    ),
    Cause(
        "cache",
        _HERE,
        "“The completion cache … was corrupt”",
        "the file was damaged, by a full disk or a copy made while it was in use",
        "Run: codestral-lsp cache clear",
    ),
    Cause(
        "index",
        _HERE,
        "Nothing is suggested from your own code",
        "the workspace index is switched off, too large, or cannot be written",
        "Set workspaceIndex.enabled = true; raise workspaceIndex.maxFiles",
    ),
    Cause(
        "grammar",
        _HERE,
        "Suggestions are never longer than a line in one language",
        "its grammar cannot be loaded",
        "In the repository's folder run: pip install --force-reinstall .",
    ),
    Cause(
        "usage",
        _HERE,
        "A command line is refused",
        "a file, a place or an argument does not exist",
        "Run: codestral-lsp --help",
    ),
    Cause(
        "error",
        _HERE,
        "An error without a name of its own",
        "see the message",
        "Run: codestral-lsp doctor",
    ),
)

CAUSES = MappingProxyType({cause.code: cause for cause in _TABLE})
"""By code, in the order of the document."""
