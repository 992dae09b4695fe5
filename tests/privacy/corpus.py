"""Secrets of many kinds, and texts that only look like them, made up anew for each seed.

Nothing here is anybody's: all is put together at run time, so that no scanner of repositories finds what would look
real to it.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
HEX = DIGITS + "abcdef"
_WORDS = """
account amount balance broker buffer cache client config context customer default document element entry error
factory handler header index invoice item layer manager message method model number object order parent parser
payment profile query queue record region report request response result schema server service session signal
state storage stream string system table target template thread timer update user value vector view widget
"""
WORDS = tuple(_WORDS.split())


@dataclass(frozen=True)
class Planted:
    """A text with a secret in it."""

    kind: str
    secret: str
    text: str


class Maker:
    """Makes up secrets and look-alikes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def some(self, alphabet: str, length: int) -> str:
        """Random characters."""
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def one(self, *choices: str) -> str:
        """One of a few."""
        return self._random.choice(choices)

    def words(self, count: int) -> list[str]:
        """Random words."""
        return [self._random.choice(WORDS) for _ in range(count)]

    def number(self, low: int, high: int) -> int:
        """A number."""
        return self._random.randint(low, high)

    def password(self) -> str:
        """A password as people are made to choose them."""
        word = self._random.choice(WORDS).capitalize()
        return f"{word}{self.number(10, 9999)}{self.one('!', '#', '?', '%', '*')}{self.some(ALNUM, self.number(0, 6))}"

    # ---- secrets

    def tokens(self) -> dict[str, Callable[[], str]]:
        """Tokens that have a form of their own, by kind."""
        some, one = self.some, self.one
        return {
            "aws access key id": lambda: one("AK", "AS") + "IA" + some(UPPER + "234567", 16),
            "github token": lambda: "gh" + one("p", "o", "s", "r", "u") + "_" + some(ALNUM, 36),
            "github fine-grained": lambda: "github" + "_pat_" + some(ALNUM, 22) + "_" + some(ALNUM, 59),
            "gitlab token": lambda: "gl" + "pat-" + some(ALNUM + "_-", 20),
            "slack bot": lambda: "xo" + f"x{one('b', 'p')}-{some(DIGITS, 12)}-{some(DIGITS, 12)}-{some(ALNUM, 24)}",
            "slack app": lambda: "xa" + f"pp-1-A{some(UPPER + DIGITS, 10)}-{some(DIGITS, 13)}-{some(HEX, 64)}",
            "stripe": lambda: one("s", "r") + "k_" + one("live", "test") + "_" + some(ALNUM, 24),
            "google api": lambda: "AI" + "za" + some(ALNUM + "_-", 34) + some(ALNUM, 1),
            "google oauth": lambda: "GOC" + "SPX-" + some(ALNUM + "_-", 27) + some(ALNUM, 1),
            "openai": lambda: "s" + "k-proj-" + some(ALNUM, 48),
            "anthropic": lambda: "s" + "k-ant-api03-" + some(ALNUM + "_-", 92) + some(ALNUM, 1),
            "hugging face": lambda: "h" + "f_" + some(LOWER + UPPER, 34),
            "npm": lambda: "np" + "m_" + some(ALNUM, 36),
            "pypi": lambda: "py" + "pi-AgEIcHlwaS5vcmc" + some(ALNUM + "_-", 120) + some(ALNUM, 1),
            "docker": lambda: "dck" + "r_pat_" + some(ALNUM + "_-", 26) + some(ALNUM, 1),
            "twilio": lambda: "S" + "K" + some(HEX, 32),
            "sendgrid": lambda: "S" + "G." + some(ALNUM, 22) + "." + some(ALNUM + "_-", 42) + some(ALNUM, 1),
            "mailgun": lambda: "ke" + "y-" + some(HEX, 32),
            "mailchimp": lambda: some(HEX, 32) + "-u" + f"s{self.number(1, 20)}",
            "telegram": lambda: some("123456789", 10) + ":A" + "A" + some(ALNUM + "_-", 32) + some(ALNUM, 1),
            "digitalocean": lambda: "do" + "p_v1_" + some(HEX, 64),
            "shopify": lambda: "shp" + "at_" + some(HEX, 32),
            "square": lambda: "sq0" + "atp-" + some(ALNUM, 22),
            "databricks": lambda: "da" + "pi" + some(HEX, 32),
            "new relic": lambda: "NR" + "AK-" + some(UPPER + DIGITS, 27),
            "grafana": lambda: "gl" + "sa_" + some(ALNUM, 32) + "_" + some(HEX, 8),
            "vault": lambda: "hv" + "s." + some(ALNUM, 90),
            "terraform": lambda: some(ALNUM, 14) + ".atl" + "asv1." + some(ALNUM, 64),
            "linear": lambda: "lin" + "_api_" + some(ALNUM, 40),
            "postman": lambda: "PM" + "AK-" + some(HEX, 24) + "-" + some(HEX, 34),
            "atlassian": lambda: "AT" + "ATT3xFfGF0" + some(ALNUM + "_-", 150) + some(ALNUM, 1),
            "figma": lambda: "fi" + "gd_" + some(ALNUM + "_-", 39) + some(ALNUM, 1),
            "doppler": lambda: "dp" + ".pt." + some(ALNUM, 43),
            "planetscale": lambda: "psc" + "ale_tkn_" + some(ALNUM, 43),
            "azure client": lambda: some(ALNUM, 3) + "8" + "Q~" + some(ALNUM, 34),
            "jwt": lambda: (
                "ey" + "J" + some(ALNUM, 33) + ".ey" + "J" + some(ALNUM, 60) + "." + some(ALNUM + "_-", 42) + "x"
            ),
            "discord": lambda: "M" + some(ALNUM, 23) + "." + some(ALNUM, 6) + "." + some(ALNUM, 27),
        }

    def _token_line(self, token: str) -> str:
        name = "_".join(self.words(2))
        return self.one(
            f'{name} = "{token}"\n',
            f"export {name.upper()}={token}\n",
            f"{name}: {token}\n",
            f'  "{name}": "{token}",\n',
            f"client = connect('{token}', retries=3)\n",
            f"# {' '.join(self.words(3))} {token}\n",
        )

    def _named_lines(self) -> Iterator[tuple[str, str, str]]:
        """Secrets that only their names and places give away: kind, secret, text."""
        password, opaque, host = self.password(), self.some(ALNUM, 32), f"{self.one(*WORDS)}.example.com"
        user = self.one(*WORDS)
        yield (
            "password in url",
            password.replace("%", "x"),
            (f'DATABASE = "postgres://{user}:{password.replace("%", "x")}@{host}:5432/{user}"\n'),
        )
        yield "password in .env", password, f"DB_PASSWORD={password}\n"
        yield "password in yaml", password, f"database:\n  user: {user}\n  password: {password}\n"
        yield "password in json", password, f'{{"user": "{user}", "password": "{password}"}}\n'
        yield "password in code", password, f'connect(host="{host}", password="{password}")\n'
        yield "password in properties", password, f"spring.datasource.password={password}\n"
        yield "password in xml", password, f"<server><password>{password}</password></server>\n"
        yield "password in connection string", password, f'dsn = "Server={host};Uid={user};Password={password};"\n'
        yield "api key in code", opaque, f'API_KEY = "{opaque}"\n'
        yield "token in ini", opaque, f"[api]\nauth_token = {opaque}\n"
        yield "client secret", opaque, f"const config = {{ clientSecret: '{opaque}' }};\n"
        yield "hex key in env", (key := self.some(HEX, 64)), f"SECRET_KEY={key}\n"
        yield "bearer", opaque, f'curl -H "Authorization: Bearer {opaque}" https://{host}/v1\n'
        yield (
            "basic",
            (basic := base64.b64encode(f"{user}:{password}".encode()).decode()),
            (f'headers["Authorization"] = "Basic {basic}"\n'),
        )
        yield "command line flag", password, f"mytool --user {user} --password {password}\n"
        yield "aws secret", (aws := self.some(ALNUM + "/+", 40)), f"aws_secret_access_key = {aws}\n"
        yield (
            "azure storage",
            (azure := self.some(ALNUM + "+/", 86) + "=="),
            (f"DefaultEndpointsProtocol=https;AccountName={user};AccountKey={azure};EndpointSuffix=x\n"),
        )
        yield (
            "slack webhook",
            (hook := f"T{self.some(UPPER + DIGITS, 8)}/B{self.some(UPPER + DIGITS, 8)}/{opaque[:24]}"),
            ("url: https://hooks.slack.com/" + f"services/{hook}\n"),
        )
        yield "random string", (random_string := self.some(ALNUM, 40)), f'x = decode("{random_string}")\n'
        yield (
            "random base64",
            (encoded := base64.b64encode(self._random.randbytes(32)).decode()),
            f'k = f("{encoded}")\n',
        )
        yield "netrc", password, f"machine {host} login {user} password {password}\n"

    def private_key(self) -> Planted:
        """A private key, in a file or in a string."""
        body = base64.b64encode(self._random.randbytes(self.number(100, 600))).decode()
        rows = [body[at : at + 64] for at in range(0, len(body), 64)]
        kind = self.one("RSA ", "EC ", "OPENSSH ", "")
        head, foot = f"-----BEGIN {kind}PRIVATE " + "KEY-----", f"-----END {kind}PRIVATE " + "KEY-----"
        if self.one("file", "string") == "file":
            return Planted("private key", rows[0], "\n".join([head, *rows, foot, ""]))
        return Planted("private key", rows[0], f'"private_key": "{head}\\n' + "\\n".join(rows) + f'\\n{foot}\\n",\n')

    def secrets(self, rounds: int) -> list[Planted]:
        """Some of every kind."""
        planted: list[Planted] = []
        for _ in range(rounds):
            for kind, make in self.tokens().items():
                token = make()
                planted.append(Planted(kind, token, self._token_line(token)))
            planted += [Planted(*named) for named in self._named_lines()]
            planted.append(self.private_key())
        return planted

    # ---- look-alikes

    def _look_alikes(self) -> Iterator[str]:
        words, some = self.words(8), self.some
        camel = words[0] + "".join(word.capitalize() for word in words[1:5])
        raw = self._random.randbytes(48)
        yield f'id = "{uuid.UUID(int=self._random.getrandbits(128), version=4)}"\n'
        yield f'digest = "{hashlib.sha256(raw).hexdigest()}"\n'
        yield f"commit {hashlib.sha1(raw).hexdigest()}\n"
        yield f'  "integrity": "sha512-{base64.b64encode(hashlib.sha512(raw).digest()).decode()}",\n'
        yield f'  "etag": "{hashlib.md5(raw).hexdigest()}",\n'
        yield f"github.com/{words[0]}/{words[1]} v1.2.{self.number(0, 99)} h1:{base64.b64encode(raw[:32]).decode()}\n"
        picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + self._random.randbytes(90)).decode()
        yield f'<img src="data:image/png;base64,{picture}">\n'
        yield f'icon = "{picture[:100]}"\n'
        yield f'text = "{base64.b64encode(" ".join(words[:5]).encode()).decode()}"\n'
        yield f"# Lorem {' '.join(words)}: the password is asked for in the next step.\n"
        yield f"{camel} = get{camel.capitalize()}From{words[5].capitalize()}Or{words[6].capitalize()}2()\n"
        yield f'name = "{camel}{self.number(1, 99)}"\n'
        yield "def login(user: str, password: str, token: str | None = None) -> None:\n"
        yield f'password = os.environ["{words[0].upper()}_PASSWORD"]\n'
        yield f"const token = await getToken({words[0]}.{words[1]});\n"
        yield f"self.token = {words[0]}.{words[1]}_token\n"
        yield f'<input type="password" name="{words[0]}-password" placeholder="Your password">\n'
        yield 'password: "Password",\n'
        yield f'"forgotPassword": "Forgot your password, {words[0]}?",\n'
        yield f"api_key: ${{{words[0].upper()}_API_KEY}}\n"
        yield f"password: {{{{ .Values.{words[0]}.password }}}}\n"
        yield f'API_KEY = "your-api-key-here"\nTOKEN = "<{words[0]} token>"\n'
        yield f'token_url = "https://{words[0]}.example.com/oauth/token"\n'
        yield f"https://{words[0]}.example.com:8443/{words[1]}/{words[2]}?page={self.number(1, 99)}\n"
        yield f'path = "/usr/share/{words[0]}/{words[1]}-{self.number(1, 9)}.{self.number(1, 9)}/{words[2]}.so"\n'
        yield f'version = "{self.number(1, 9)}.{self.number(0, 40)}.0-beta.{self.number(1, 9)}+{some(HEX, 7)}"\n'
        yield f'created = "2026-{self.number(10, 12)}-{self.number(10, 28)}T{self.number(10, 23)}:30:00.000Z"\n'
        yield f".{words[0]}-{words[1]}_{some(LOWER + DIGITS, 5)} {{ color: #{some(HEX, 6)}; }}\n"
        yield f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{some(ALNUM, 60)} {words[0]}@{words[1]}\n"
        yield f'key = "{words[0]}.{words[1]}.{words[2]}"\nsort_key = "{words[3]}_{words[4]}"\n'
        yield f"PRIMARY KEY ({words[0]}_id), FOREIGN KEY ({words[1]}_id) REFERENCES {words[2]} (id)\n"
        yield 'headers = {"X-Api-Key": api_key, "Authorization": f"Bearer {token}"}\n'
        yield f"if token == TokenKind.{words[0].upper()} or self.secret is None:\n"
        yield f"for key, secret in {words[0]}_secrets.items():\n"
        yield f"import {words[0]}.{words[1]}.tokens as tokens  # {words[2]}\n"
        yield f'assert user.check_password({words[0]}) is False, "wrong password"\n'
        yield f"{words[0]}: [{', '.join(str(self.number(0, 10**9)) for _ in range(6))}]\n"
        yield f'regex = r"^[A-Za-z0-9_-]{{20,{self.number(30, 99)}}}$"\n'
        yield f'font = "url(/static/{words[0]}.{some(HEX, 8)}.woff2)"\n'
        yield f"ENV_FILE=/etc/{words[0]}/{words[1]}.env\nLOG_LEVEL=debug\nMAX_TOKENS={self.number(1, 9999)}\n"
        yield f"tokens = encode({words[0]}); max_tokens={self.number(1, 4096)}, token_count: {self.number(1, 99)}\n"

    def look_alikes(self, count: int) -> list[str]:
        """Texts without any secret."""
        texts: list[str] = []
        while len(texts) < count:
            texts += self._look_alikes()
        return texts[:count]
