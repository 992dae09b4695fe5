"""Secrets that only their names and places give away: `password = "…"`, `mysql -p…`, `user:…@host`.

In the order of how exact they are: what an earlier kind has found, a later one leaves alone. Kinds in `ACROSS_LINES`
are looked for in a line together with those right above it.
"""

from __future__ import annotations

import re

from codestral_lsp.privacy.randomness import (
    is_credential,
    is_encoded_pair,
    is_numbered_credential,
    is_opaque,
    is_password,
    is_random,
    is_scrambled,
    is_unquoted_credential,
)
from codestral_lsp.privacy.secret_kind import SecretKind, kind

_KEY_OF = (
    r"(?:api|app|access|secret|private|auth|encryption|signing|account|master|storage|shared|pre[_-]?shared|consumer"
    r"|subscription|webhook|crypto|cipher|aes|hmac|admin)[_-]?key"
)
_NAME = (
    rf"(?:pass(?:word|wd|phrase|code|wort)|passwrd|pwd|kennwort|contrase[nñ]a|senha|wachtwoord|mot_?de_?passe|secret"
    rf"|token|{_KEY_OF}|credentials?|api[_-]?secret|client[_-]key[_-]data|(?:auth|logged_in|nonce)_(?:key|salt))"
    r"(?:[_-]?(?:base|value|v?\d+))?"
)
_WORDS = ("pass", "pwd", "kennwort", "contrase", "senha", "wachtwoord", "secret", "token", "key", "credential", "salt")
_SHORT = (
    r"(?:(?<![A-Za-z])(?:pass|PASS|Pass|psk)|(?<=[a-z0-9])Pass|(?<=[a-z]{2})(?<!by)(?<!com)(?<!sur)pass)(?![A-Za-z])"
)
"""`pass` alone, or at the end of a name, such as `DB_PASS` and `smtpPass`."""
_IS = r"(?:\s+As\s+\w+\s*=|:\s*[\w\[\]|. &]{1,30}=|:=|=>|[=!]={1,2}|=|:)"
"""What stands between a name and its value, in one language or another."""
_QUOTED = r"(?:[rbuf]{1,2})?(?P<quote>[\"'`])(?P<secret>(?:(?!(?P=quote))[^\r\n]){6,})(?:(?P=quote)|$)"
_BARE = r"(?P<secret>[^\s\"'`;,<>{}()\[\]]{6,})(?=[\s;,\"'`<]|$)"
_NEAR = r".{0,200}"
"""What may stand between a program and its flag; without a bound a hostile line would take its length squared."""
_SHELL = r"[\"']?(?P<secret>[^\s\"'$<{-][^\s\"'$<{]{3,})"

_PUBLIC = re.compile(
    r"(?:(?i:id|public\w*|site_?key|hash|digest|checksum|etag|nonce|integrity|fingerprint|thumbprint|signature|cursor"
    r"|ref|rev|revision|version|path|url|uri|href|src|slug|recipients?|x5[tc]\w*|pub_?key\w*|[\w-]*sha\d+)|(?<=[a-z])(?:ID|Id|Hash)|(?<=\")[nexy])"
    r"[\"'`]?\]?\s*[:=]+\s*[rbu]?[\"'`]?$"
)
"""Names that say of what follows that everybody may know it."""

_CALLS = (
    r"(?i:basic_?auth\w*|network_?credential|plain_?auth|password_?credentials?|password_?authentication|getConnection"
    r"|connect|\bPDO|\blogin|\bauth|connect_with_password)"
)

PLACES: tuple[SecretKind, ...] = (
    kind(
        "password-in-url",
        r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s:/\"'<>{}]*:(?P<secret>[^\s/@\"'<>{}$]{3,})@",
        "://",
        check=lambda secret: not secret.isdigit() and secret.lower() not in ("password", "pass", "pwd", "secret"),
    ),
    kind("password-in-url", r"jdbc:oracle:\w+:\w+/(?P<secret>[^\s/@\"'<>{}$]{3,})@", "jdbc:oracle"),
    kind(
        "url-parameter",
        r"[?&](?:\w*key|app_?id|auth|sig|signature)=(?P<secret>[\w%.~+/=-]{16,})",
        "?",
        "&",
        check=is_random,
    ),
    kind(
        "authorization-header",
        r"(?i:bearer|basic|token|apikey)\s+(?P<secret>[A-Za-z0-9_.~+/=-]{16,})",
        *("bearer", "basic", "token", "apikey"),
        check=is_credential,
    ),
    kind(
        "credential-flag",
        r"(?<![\w-])--?(?:[a-z]+-)*(?:password|passwd|pass|token|secret|api-key|access-key)[ =]"
        r"[\"']?(?P<secret>[^\s\"'$<{]{6,})",
        *("pass", "token", "secret", "key"),
        check=is_unquoted_credential,
    ),
    kind("credential-flag", r"(?:-u|--user)[ =][\"']?[\w.@-]+:(?P<secret>[^\s\"'$<{]{4,})", "-u", "--user"),
    kind(
        "credential-flag",
        rf"\b(?:mysql|mariadb)[\w-]*\s{_NEAR}?(?<=\s)-p{_SHELL}",
        *("mysql", "mariadb"),
        check=is_password,
    ),
    kind("credential-flag", rf"\bsshpass\s+-p\s*{_SHELL}", "sshpass"),
    kind(
        "credential-flag",
        rf"\b(?:redis-cli\s(?:{_NEAR}\s)?-a|sqlcmd\s(?:{_NEAR}\s)?-P|docker\s+login\s(?:{_NEAR}\s)?-p"
        rf"|mongo\w*\s(?:{_NEAR}\s)?-p|ldap\w+\s(?:{_NEAR}\s)?-w|net\s+user\s+\w+)\s+{_SHELL}",
        *("redis-cli", "sqlcmd", "docker", "mongo", "ldap", "net user"),
        check=is_password,
    ),
    kind("credential-flag", r"\bpass:(?P<secret>[^\s\"'`$<{,;)]{4,})", "pass:", check=is_numbered_credential),
    kind(
        "credential-element",
        rf"(?i)<[\w.:-]*{_NAME}(?:\s[^<>]{{0,200}})?>\s*(?P<secret>[^<\s]{{6,}})\s*</",
        *_WORDS,
        check=is_credential,
    ),
    kind(
        "credential-element",
        rf"(?i)name=\"[\w.:-]*{_NAME}\"(?:\s[^<>]{{0,200}})?>\s*(?P<secret>[^<\s]{{6,}})\s*</",
        *_WORDS,
        check=is_credential,
    ),
    kind("credential", rf"(?i){_NAME}[\"'`]?\s*\]?\s*{_IS}\s*{_QUOTED}", *_WORDS, check=is_credential),
    kind("credential", rf"(?i){_NAME}\s*{_IS}\s*(?:new\s+)?[\w.:]+\(\s*{_QUOTED}", *_WORDS, check=is_random),
    kind("credential", rf"(?i){_NAME}\{{\s*{_QUOTED}", *_WORDS, check=is_password),
    kind(
        "credential",
        rf"(?i){_NAME}(?:\s+is)?\s?[=:]\s*{_BARE}",
        *_WORDS,
        check=is_unquoted_credential,
        unless=re.compile(r"arn:[\w:-]*$"),
    ),
    kind("credential", rf"{_SHORT}[\"'`]?\s*\]?\s*{_IS}\s*{_QUOTED}", "pass", "psk", check=is_numbered_credential),
    kind("credential", rf"{_SHORT}(?:\s+is)?\s?[=:]\s*{_BARE}", "pass", "psk", check=is_numbered_credential),
    kind(
        "credential",
        rf"(?i)licen[cs]e[_-]?key[\"']?\s*{_IS}\s*[\"']?(?P<secret>[\w=+/-]{{20,}})",
        "key",
        check=is_random,
    ),
    kind("credential", rf"(?i){_NAME}\s+(?:is\s+|lautet\s+)?{_QUOTED}", *_WORDS, check=is_numbered_credential),
    kind(
        "credential",
        r"(?i)\bidentified\s+(?:with\s+\S+\s+)?by\s+(?P<q>[\"'])(?P<secret>[^\"'\s]{4,})(?P=q)",
        "identified",
    ),
    kind("credential", rf"(?i){_NAME}[\"'`]\s*,\s*{_QUOTED}", *_WORDS, check=is_numbered_credential),
    kind(
        "credential",
        rf"(?i)(?:\.(?!get|is|has|check|verify|find|parse|match|read)|\bset|\bwith)\w{{0,30}}{_NAME}\(\s*[\"'](?P<secret>[^\"'\s]{{6,}})[\"']\s*\)",
        *_WORDS,
        check=is_password,
    ),
    kind(
        "credential-argument",
        rf"{_CALLS}[\"']?\s*[=:]?\s*\((?:[^()\"'`]|\"[^\"]*\"|'[^']*'){{0,200}}?,\s*(?P<quote>[\"'])"
        r"(?=[^\"']*\d)(?=[^\"']*[A-Za-z])(?![^\"']*[@/\\. ])(?P<secret>[^\"'\s]{6,})(?P=quote)",
        *("auth", "credential", "connect", "pdo", "login"),
        check=is_password,
    ),
    kind(
        "credential-argument",
        r"(?i:ConvertTo-SecureString)\s+(?i:-String\s+)?(?P<quote>[\"'])(?P<secret>[^\"'\s]{6,})(?P=quote)",
        "securestring",
        check=is_credential,
    ),
    kind("credential-directive", r"^\s*(?:requirepass|masterauth)\s+(?P<secret>\S{4,})", "requirepass", "masterauth"),
    kind(
        "credential-directive",
        rf"(?i)^\s*(?:(?:ENV|setx|(?:[a-z]+\s+)*config:set)\s+\w*{_NAME}|password)\s+(?P<secret>\S{{6,}})\s*$",
        *_WORDS,
        check=is_password,
    ),
    kind(
        "credential-directive",
        r"^[^\s:]*_auth\s*=\s*(?P<secret>[A-Za-z0-9+/]{8,}={0,2})$",
        "_auth",
        check=is_encoded_pair,
    ),
    kind("credential-directive", r":_auth\s*=\s*(?P<secret>[A-Za-z0-9+/]{8,}={0,2})$", "_auth", check=is_encoded_pair),
    kind("docker-auth", r"\"auth\"\s*:\s*\"(?P<secret>[A-Za-z0-9+/]{8,}={0,2})\"", "auth", check=is_encoded_pair),
    kind(
        "pgpass",
        r"^[^\s:]+:(?:\d{2,5}|\*):[^\s:]+:[^\s:]+:(?P<secret>[^\s:]{6,})$",
        ":5432:",
        ":5433:",
        ":6432:",
        ":*:",
        check=is_password,
    ),
    kind(
        "credential-remark",
        rf"(?i)\b(?:pass(?:word|wort|phrase)?|pwd)\s+(?:is\s+)?{_BARE}",
        *("pass", "pwd"),
        check=is_scrambled,
    ),
    kind("netrc-password", r"\blogin\s+\S+\s+password\s+(?P<secret>\S{4,})", "password"),
    kind(
        "random-string",
        r"(?P<quote>[\"'`])(?P<secret>[A-Za-z0-9_+/=.~-]{24,120})(?P=quote)",
        check=is_opaque,
        unless=_PUBLIC,
    ),
    kind(
        "random-string", r"^\s*(?:export\s+)?[A-Z][A-Z0-9_]*=(?P<secret>[A-Za-z0-9_+/=.~-]{24,120})$", check=is_opaque
    ),
    kind(
        "random-string",
        r"(?<![\w+/=.%~$-])(?P<secret>[A-Za-z][A-Za-z0-9]{1,9}[-_][A-Za-z0-9_-]{28,110})(?![\w+/=.%~(-])",
        check=is_opaque,
        unless=_PUBLIC,
    ),
)

ACROSS_LINES: tuple[SecretKind, ...] = (
    kind(
        "credential-value",
        rf"(?i){_NAME}[\"'`]?[,\s]+[\"']?(?:value|default)[\"']?\s*[:=]\s*[\"']?(?P<secret>[^\s\"'<>]{{6,}})",
        *("value", "default"),
        check=is_numbered_credential,
    ),
    kind(
        "credential-value",
        rf"(?i)<key>\w*{_NAME}</key>\s*<string>(?P<secret>[^<\s]{{6,}})</string>",
        "<string>",
        check=is_credential,
    ),
    kind(
        "credential-value",
        rf"(?i)variable\s+\"\w*{_NAME}\"\s*\{{[^{{}}]*\bdefault\s*=\s*\"(?P<secret>[^\"\s]{{6,}})\"",
        "default",
        check=is_credential,
    ),
)
LINES_ABOVE = 3
"""How many lines a secret may be away from its name."""

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s)*(?:[A-Za-z-]+: [^\r\n]*[\r\n]+)*"
    r"(?P<secret>(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{16,}(?:(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{16,})*"
    r"(?:(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{1,63}(?=(?:[\s\"'+\\,]|\\r|\\n)*-----END))?)"
    r"|(?P<tail>(?:^[ \t]*[A-Za-z0-9+/=]{16,}[ \t]*\r?\n)+(?:[ \t]*[A-Za-z0-9+/=]{1,63}\r?\n)?)"
    r"(?=[ \t]*-----END [A-Z0-9 ]*PRIVATE KEY)"
    r"|^Private-Lines: \d+\r?\n(?P<putty>(?:[A-Za-z0-9+/=]{16,}\r?\n?)+)",
    re.MULTILINE,
)
"""A private key's body, which goes over lines; or its end, where a window begins in the middle of it."""
