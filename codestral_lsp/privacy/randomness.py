"""Whether a text looks like a credential, or like something that only looks like one."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from itertools import pairwise

_PLACEHOLDER = re.compile(
    r"\$[({\w]|\{[\w{]|<[\w %-]|^!{1,2}[A-Za-z]+$|^#[0-9a-f]{3,8}$|%\(|%[sd]\b|\.\.\.|…|\*{3,}|x{4,}"
    r"|^(?:your|my|the|some|example|sample|dummy|fake|placeholder|replace|insert|enter|change|redacted|none|null|true"
    r"|false|undefined|todo)\b[\w -]*$"
    r"|^(?:your|example|changeme|change_me|placeholder|replace|insert)|(?:_here|-here|here>)$"
    r"|REDACTED_\d+_SECRET|(?-i:EXAMPLE)|\\[wdsb]|\[\^?\w-\w|^\[.*\]$|environ|getenv|process\.env|secrets\.",
    re.IGNORECASE,
)
"""Stand-ins for a credential: references to a variable, advice to put one there, masks, colours, expressions."""
_VERSION = re.compile(r"[\^~<>=v ]*\d+(?:\.\d+)+(?:[-+.][\w.+-]*)?")
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z_$]*(?:[.:/_-]+[A-Za-z_$]+)*")
"""Words without digits, joined as names are: `access_token`, `X-Api-Key`, `auth.token.name`."""
_EXPRESSION = re.compile(
    r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+[!?]?|[A-Za-z_$][\w$.]*[(\[].*|[&*@]\w+"
)
"""What code has to the right of `=`: an attribute, a call, an index, a reference."""
_PATH = re.compile(
    r"(?:https?|file|s3|ftp|ssh|arn|urn):|^[./~]|^[A-Za-z]:\\|\.(?:json|ya?ml|pem|key|txt|env|py|js|ts)$"
)
_WORD = re.compile(r"[A-Za-z]?[a-z]*|[A-Z]+|\d+")
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d{1,4}|[-_.:/])+")
"""Words and numbers joined: `Base64Encoder`."""
_NAME = re.compile(r"[A-Za-z][a-z]+(?:[A-Z][a-z]{2,})+")
"""Words joined by big letters: `nextContinuationToken`."""
_LONG_WORDS = re.compile(r"[A-Za-z][a-z]{4,}|[A-Z]{5,}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_PUBLIC = re.compile(
    r"(?:sha\d{1,3}|md5|h1|blake\w*)[-:]|^AAAA[BCE]|^pk[_.](?:live_|test_|eyJ)|^(?:UC[\w-]{22}|PL[\w-]{32})$",
    re.IGNORECASE,
)
_MEDIA = ("iVBOR", "R0lGOD", "/9j/", "UklGR", "PHN2Zy", "d09GR", "AAABAA", "AAEAAAA", "JVBERi", "UEsDB")
"""How pictures, fonts, PDFs and archives begin in base64."""
_TYPES = frozenset(
    {
        *("str", "string", "bytes", "int", "bool", "float", "any", "object", "optional", "none", "null", "nil"),
        *("undefined", "true", "false", "self", "cls", "required", "text", "secret", "password", "token", "number"),
    }
)
_COUNTED = re.compile(r"[A-Za-z]+(?:[-_. :/][A-Za-z]+)+[-_.:/]?v?\d{1,3}")
_NUMBERED = re.compile(r"[A-Za-z]*(?:[-_. :/][A-Za-z]+)*[-_.:/]?v?\d{1,3}")
"""Names of things that are counted: `user-1`, `test.v2`."""
_HOST = re.compile(r"(?:.*@)?[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?::\d+)?")
_TURNS = 0.35
"""Share of neighbours of another class (lower, upper, digit, sign) that names never reach, and random texts do."""
_WORDY = 0.5
"""The share of a text in words of five letters or more that random texts seldom reach."""
_JUMBLED = 0.45
"""The same where signs are used like letters, and no template or expression gets to."""


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def is_opaque(text: str) -> bool:
    """Whether a text is so random that it can only be a key: not a name, a hash, a picture or encoded prose."""
    if not 20 <= len(text) <= 120 or _UUID.search(text) or _HEX.fullmatch(text) or _PUBLIC.search(text):
        return False
    if text.startswith(_MEDIA) or _PLACEHOLDER.search(text) or _PATH.search(text):
        return False
    if all(map(_WORD.fullmatch, re.split(r"[-_/.=+~]+", text))):
        return False
    if sum(map(len, _LONG_WORDS.findall(text))) >= _WORDY * len(text):
        return False
    classes = [_class(character) for character in text]
    if not {"lower", "upper", "digit"} <= set(classes) or classes.count("digit") < 2:
        return False
    turns = sum(one != other for one, other in pairwise(classes)) / (len(text) - 1)
    return turns >= _TURNS and entropy(text) >= min(4.0, math.log2(len(text)) - 0.9) and not _is_encoded_text(text)


def is_credential(text: str) -> bool:
    """Whether a quoted value beside a name like `password` is one: not a label, a name, a place or a stand-in."""
    if _is_jumble(text):
        return True
    if _PLACEHOLDER.search(text) or _PATH.search(text) or _EXPRESSION.fullmatch(text) or _VERSION.fullmatch(text):
        return False
    if text.lower().strip() in _TYPES or len(set(text)) < 4:
        return False
    if " " in text:
        # Sentences are labels and messages; a passphrase of words alone cannot be told from them.
        return bool(re.search(r"\d", text)) and bool(re.search(r"[^\w\s.,:;!?'()-]", text)) and len(text.split()) <= 4
    if _IDENTIFIER.fullmatch(text):
        # A name, unless it is one long run of letters, or letters in no order of case.
        letters = re.fullmatch(r"[A-Za-z]+", text)
        return (
            bool(letters)
            and not _NAME.fullmatch(text)
            and (len(text) >= 20 or len(re.findall(r"[a-z][A-Z]{1}(?![a-z])", text)) >= 2)
        )
    return True


def is_numbered_credential(text: str) -> bool:
    """Whether it is a credential beside a name that more often has other values: one with a digit."""
    return is_credential(text) and bool(re.search(r"\d", text)) and not text.isdigit() and not _COUNTED.fullmatch(text)


def is_password(text: str) -> bool:
    """Whether it is a credential where no name says so: letters and digits that number nothing and name no host."""
    return (
        is_numbered_credential(text)
        and bool(re.search(r"[A-Za-z]", text))
        and not _NUMBERED.fullmatch(text)
        and not _HOST.fullmatch(text)
    )


def is_scrambled(text: str) -> bool:
    """Whether it is a password in the middle of prose: small and big letters and digits that make no words."""
    return (
        is_password(text)
        and all(re.search(some, text) for some in ("[a-z]", "[A-Z]", "[0-9]"))
        and not _WORDS.fullmatch(text)
    )


def is_random(text: str) -> bool:
    """Whether it is random, as keys are and as hashes are too."""
    text = text.removeprefix("base64:")
    return is_opaque(text) or bool(32 <= len(text) <= 128 and _HEX.fullmatch(text) and len(set(text)) >= 8)


def is_encoded_pair(text: str) -> bool:
    """Whether base64 hides `user:password`."""
    plain = _decoded(text)
    return plain is not None and b":" in plain[1:] and _is_readable(plain)


def is_encoded_key(text: str) -> bool:
    """Whether base64 hides a private key in PEM."""
    return b"PRIVATE KEY" in (_decoded(text[: len(text) // 4 * 4]) or b"")


def is_unquoted_credential(text: str) -> bool:
    """Whether a bare value behind `PASSWORD=` or `password:` is one, and not code."""
    if not is_credential(text) or _EXPRESSION.match(text + "("):
        # `token=abc123` is a value in a settings file and a name in code; with a digit it is more often the former.
        return (
            bool(re.search(r"\d", text)) and is_credential(text) and not re.search(r"[.(\[]", text) and len(text) >= 6
        )
    return not text.isdigit() or len(text) >= 6


def _class(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.islower():
        return "lower"
    return "upper" if character.isupper() else "sign"


def _is_jumble(text: str) -> bool:
    """Whether it is so random a mix of letters, digits and signs that no part of it can mean anything."""
    if len(text) < 24 or sum(map(str.isdigit, text)) < 2:
        return False
    classes = [_class(character) for character in text]
    signs = {character for character, which in zip(text, classes, strict=True) if which == "sign"}
    turns = sum(one != other for one, other in pairwise(classes)) / (len(text) - 1)
    return len(signs) >= 4 and turns >= _JUMBLED and entropy(text) >= 4


def _is_encoded_text(text: str) -> bool:
    """Whether base64 hides nothing but readable text."""
    plain = _decoded(text)
    return plain is not None and plain != b"" and _is_readable(plain)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if set("-_") & set(text) else None)
    except (ValueError, binascii.Error):
        return None


def _is_readable(plain: bytes) -> bool:
    return sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in plain) / len(plain) > 0.95
