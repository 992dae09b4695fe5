"""How secrets look: a table of kinds, each with words by which a line that may hold one is known at once.

A kind with a `secret` group hides that group, one without hides all that it matches. `check` is what a match must be
besides. Kinds are in the order of how exact they are: what an earlier one has found, a later one leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from codestral_lsp.privacy.randomness import is_credential, is_opaque, is_unquoted_credential


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A kind of secret."""

    name: str
    pattern: re.Pattern[str]
    words: tuple[str, ...]
    """Lower-case texts of which a line must hold one to be looked at; none: every line is looked at."""
    check: Callable[[str], bool] = lambda secret: True


def _kind(
    name: str, pattern: str, *words: str, check: Callable[[str], bool] = lambda secret: True, flags: int = 0
) -> SecretKind:
    return SecretKind(name, re.compile(pattern, flags), tuple(word.lower() for word in words), check)


_START = r"(?<![A-Za-z0-9_])"
_END = r"(?![A-Za-z0-9_])"


def _token(name: str, pattern: str, *words: str) -> SecretKind:
    """A token that its own beginning gives away."""
    return _kind(name, f"{_START}{pattern}{_END}", *words)


_CREDENTIAL_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key"
    r"|auth[_-]?key|encryption[_-]?key|signing[_-]?key|account[_-]?key|master[_-]?key|credentials?|api[_-]?secret)"
    r"(?:[_-]?(?:base|value|v?\d+))?"
)
_CREDENTIAL_WORDS = ("pass", "pwd", "secret", "token", "key", "credential")

KINDS: tuple[SecretKind, ...] = (
    _token("aws-access-key-id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}", "akia", "asia", "abia", "acca"),
    _kind(
        "aws-secret-access-key",
        r"(?i:aws|secret|access)[\w.\"' -]{0,30}[:=>\s\"']{1,5}(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        "aws",
        "secret",
        check=is_opaque,
    ),
    _token("github-token", r"gh[pousr]_[A-Za-z0-9]{30,}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    _token("github-fine-grained-token", r"github_pat_[A-Za-z0-9_]{22,}", "github_pat_"),
    _token("gitlab-token", r"gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,}", "gl"),
    _token("slack-token", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}", "xox"),
    _token("slack-app-token", r"xapp-\d-[A-Za-z0-9-]{20,}", "xapp-"),
    _kind(
        "slack-webhook", r"hooks\.slack\.com/(?:services|workflows)/(?P<secret>[A-Za-z0-9/]{20,})", "hooks.slack.com"
    ),
    _token("stripe-key", r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}", "_live_", "_test_"),
    _token("stripe-webhook-secret", r"whsec_[A-Za-z0-9+/=]{24,}", "whsec_"),
    _token("google-api-key", r"AIza[A-Za-z0-9_-]{35}", "aiza"),
    _token("google-oauth-secret", r"GOCSPX-[A-Za-z0-9_-]{20,}", "gocspx-"),
    _token("google-oauth-token", r"ya29\.[A-Za-z0-9_-]{20,}", "ya29."),
    _token("anthropic-key", r"sk-ant-[A-Za-z0-9_-]{20,}", "sk-ant-"),
    _token("openai-key", r"sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}", "sk-"),
    _token("hugging-face-token", r"(?:hf|api_org)_[A-Za-z0-9]{30,}", "hf_", "api_org_"),
    _token("replicate-token", r"r8_[A-Za-z0-9]{30,}", "r8_"),
    _token("groq-key", r"gsk_[A-Za-z0-9]{40,}", "gsk_"),
    _token("npm-token", r"npm_[A-Za-z0-9]{36,}", "npm_"),
    _token("pypi-token", r"pypi-[A-Za-z0-9_-]{40,}", "pypi-"),
    _token("rubygems-key", r"rubygems_[a-f0-9]{48}", "rubygems_"),
    _token("docker-token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}", "dckr_"),
    _token("twilio-key", r"SK[a-f0-9]{32}", "sk"),
    _token("sendgrid-key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", "sg."),
    _token("mailgun-key", r"key-[a-f0-9]{32}", "key-"),
    _token("mailchimp-key", r"[a-f0-9]{32}-us\d{1,2}", "-us"),
    _kind("discord-webhook", r"discord(?:app)?\.com/api/webhooks/\d+/(?P<secret>[A-Za-z0-9_-]{40,})", "api/webhooks"),
    _token("discord-token", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}", "."),
    _token("telegram-token", r"\d{8,10}:AA[A-Za-z0-9_-]{32,34}", ":aa"),
    _token("digitalocean-token", r"do[opr]_v1_[a-f0-9]{64}", "_v1_"),
    _kind("azure-storage-key", r"(?<![A-Za-z0-9+/-])(?P<secret>[A-Za-z0-9+/]{86}==)", "=="),
    _token("azure-client-secret", r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", "q~"),
    _kind("azure-sas-signature", r"[?&]sig=(?P<secret>[A-Za-z0-9%+/]{40,}={0,2})", "sig="),
    _token("heroku-key", r"HRKU-[A-Za-z0-9_-]{36,}", "hrku-"),
    _token("shopify-token", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}", "shp"),
    _token("square-token", r"(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})", "sq0", "eaaa"),
    _token("databricks-token", r"dapi[a-f0-9]{32}(?:-\d)?", "dapi"),
    _token("new-relic-key", r"NR(?:AK|II|JS|RA)-[A-Za-z0-9]{20,}", "nrak-", "nrii-", "nrjs-", "nrra-"),
    _token("grafana-token", r"(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,})", "glsa_", "glc_"),
    _token("vault-token", r"hv[sbr]\.[A-Za-z0-9_-]{20,}", "hvs.", "hvb.", "hvr."),
    _token("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{50,}", ".atlasv1."),
    _token("linear-key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}", "lin_"),
    _token("notion-key", r"(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,})", "secret_", "ntn_"),
    _token("postman-key", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}", "pmak-"),
    _token("sentry-token", r"sntry[su]_[A-Za-z0-9+/=_-]{40,}", "sntry"),
    _token("atlassian-token", r"AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{20,}", "atatt", "atctt", "atbb"),
    _token("figma-token", r"figd_[A-Za-z0-9_-]{30,}", "figd_"),
    _token("airtable-token", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", "pat"),
    _token("dropbox-token", r"sl\.[A-Za-z0-9_-]{60,}", "sl."),
    _token("facebook-token", r"EAA[A-Za-z0-9]{60,}", "eaa"),
    _token("doppler-token", r"dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9._-]{30,}", "dp."),
    _token("planetscale-token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9._-]{30,}", "pscale_"),
    _token("supabase-token", r"sb[ps]_[A-Za-z0-9_]{36,}", "sbp_", "sbs_"),
    _token("age-key", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}", "age-secret-key-"),
    _token("fly-token", r"(?:FlyV1 )?fm[12][a-z]?_[A-Za-z0-9+/=_-]{60,}", "fm1", "fm2"),
    _token("cloudflare-token", r"cf(?:ut|at|k)_[A-Za-z0-9_-]{36,}", "cfut_", "cfat_", "cfk_"),
    _token("jwt", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", "eyj"),
    _kind(
        "password-in-url",
        r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s:/@\"'<>{}]*:(?P<secret>[^\s/@\"'<>{}$]{3,})@",
        "://",
        check=lambda secret: not secret.isdigit() and secret.lower() not in ("password", "pass", "pwd", "secret"),
    ),
    _kind(
        "authorization-header",
        r"(?i:bearer|basic|token)\s+(?P<secret>[A-Za-z0-9_.~+/=-]{16,})",
        "bearer",
        "basic",
        "token",
        check=is_credential,
    ),
    _kind(
        "credential-flag",
        r"--(?:[a-z]+-)*(?:password|passwd|token|secret|api-key|access-key)[ =][\"']?(?P<secret>[^\s\"'$<{]{6,})",
        "--",
        check=is_unquoted_credential,
    ),
    _kind("curl-password", r"(?:-u|--user)[ =][\"']?[\w.@-]+:(?P<secret>[^\s\"'$<{]{4,})", "-u", "--user"),
    _kind(
        "credential-element",
        rf"(?i)<(?:\w+[.:-])?{_CREDENTIAL_NAME}>\s*(?P<secret>[^<\s]{{6,}})\s*</",
        *_CREDENTIAL_WORDS,
        check=is_credential,
    ),
    _kind(
        "credential",
        rf"(?i){_CREDENTIAL_NAME}[\"'`]?\s*\]?\s*(?::\s*[\w\[\]|. ]{{1,30}}=|:=|=>|[=!]={{1,2}}|=|:)\s*"
        r"(?:[rbuf]{1,2})?(?P<quote>[\"'`])(?P<secret>(?:(?!(?P=quote))[^\r\n]){6,})(?:(?P=quote)|$)",
        *_CREDENTIAL_WORDS,
        check=is_credential,
    ),
    _kind(
        "credential",
        rf"(?i){_CREDENTIAL_NAME}\s?[=:]\s*(?P<secret>[^\s\"'`;,<>{{}}()\[\]]{{6,}})(?=[\s;,\"'`<]|$)",
        *_CREDENTIAL_WORDS,
        check=is_unquoted_credential,
    ),
    _kind("netrc-password", r"\blogin\s+\S+\s+password\s+(?P<secret>\S{4,})", "password"),
    _kind("random-string", r"(?P<quote>[\"'`])(?P<secret>[A-Za-z0-9_+/=.~-]{24,120})(?P=quote)", check=is_opaque),
    _kind(
        "random-string", r"^\s*(?:export\s+)?[A-Z][A-Z0-9_]*=(?P<secret>[A-Za-z0-9_+/=.~-]{24,120})$", check=is_opaque
    ),
)

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s)*(?:[A-Za-z-]+: [^\r\n]*[\r\n]+)*"
    r"(?P<secret>(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{16,}(?:(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{16,})*"
    r"(?:(?:[\s\"'+\\,]|\\r|\\n)*[A-Za-z0-9+/=]{1,63}(?=(?:[\s\"'+\\,]|\\r|\\n)*-----END))?)"
    r"|(?P<tail>(?:^[ \t]*[A-Za-z0-9+/=]{16,}[ \t]*\r?\n)+(?:[ \t]*[A-Za-z0-9+/=]{1,63}\r?\n)?)"
    r"(?=[ \t]*-----END [A-Z0-9 ]*PRIVATE KEY)",
    re.MULTILINE,
)
"""A private key's body, which goes over lines; or its end, where a window begins in the middle of it."""
