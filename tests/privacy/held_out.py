"""Secrets and look-alikes that were written before the rules were read, to see how the rules do on what they never saw.

Each line is in the shape its issuer gives it, and stands where such things stand: in dotfiles, deployment files, calls.
All of it is random or made up here; names that scanners look for are put together when the program runs. Once the
rules have been mended by what these show, they are held out no more; the figure of the first try is in
`docs/reliability.md`.
"""

from __future__ import annotations

import base64
import json
import random
import string

from tests.privacy.corpus import Planted

LETTERS = string.ascii_letters
ALNUM = LETTERS + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"
URLSAFE = ALNUM + "-_"
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


class HeldOut:
    """Writes the lines, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def some(self, alphabet: str, count: int) -> str:
        """So many characters at random."""
        return "".join(self._chance.choices(alphabet, k=count))

    def base64(self, count: int) -> str:
        """So many random bytes, in base64."""
        return base64.b64encode(self._chance.randbytes(count)).decode()

    def uuid(self) -> str:
        """A random UUID."""
        return "-".join(self.some(HEX, n) for n in (8, 4, 4, 4, 12))

    def armour(self, label: str, lines: int) -> str:
        """What stands between the two lines of a PEM block, with them."""
        body = "\n".join(self.base64(48) for _ in range(lines))
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"

    def jwt(self) -> str:
        """A signed token."""

        def part(value: object) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        claims = {"sub": self.some(string.digits, 10), "aud": "web", "exp": 1893456000}
        return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{self.some(URLSAFE, 43)}"

    def secrets(self) -> list[Planted]:
        """Real-shaped secrets."""
        return [*self._services(), *self._clouds(), *self._files(), *self._code()]

    def _services(self) -> list[Planted]:
        some = self.some
        found: list[Planted] = []

        def plant(kind: str, before: str, secret: str, after: str = "\n") -> None:
            found.append(Planted(kind, secret, before + secret + after))

        plant("github fine-grained", "export GH_TOKEN=", "github" + "_pat_" + some(ALNUM, 22) + "_" + some(ALNUM, 59))
        plant(
            "github oauth", 'curl -H "Authorization: token ', "gh" + "o_" + some(ALNUM, 36), '" https://api.example\n'
        )
        plant(
            "github app", "      run: git push https://x-access-token:", "gh" + "s_" + some(ALNUM, 36), "@git.example/a"
        )
        plant("gitlab", "git clone https://oauth2:", "gl" + "pat-" + some(URLSAFE, 20), "@gitlab.example/a/b.git\n")
        plant("gitlab deploy", "docker login -u deploy -p ", "gl" + "dt-" + some(URLSAFE, 20), " registry.example\n")
        plant("gitlab runner", 'token = "', "gl" + "rt-" + some(URLSAFE, 20), '"\n')
        plant(
            "slack bot",
            "slack:\n  bot: ",
            "xox" + "b-" + some(string.digits, 12) + "-" + some(string.digits, 13) + "-" + some(ALNUM, 24),
        )
        plant(
            "slack webhook",
            'const hook = "https://hooks.slack' + ".com/services/",
            "T" + some(UPPER, 8) + "/B" + some(UPPER, 10) + "/" + some(ALNUM, 24),
            '";\n',
        )
        plant(
            "slack app",
            "SLACK=",
            "xapp" + "-1-A" + some(UPPER, 10) + "-" + some(string.digits, 13) + "-" + some(HEX, 64),
        )
        plant("stripe", "Stripe.api_key = '", "sk" + "_live_" + some(ALNUM, 99), "'\n")
        plant("stripe restricted", "const stripe = require('stripe')('", "rk" + "_live_" + some(ALNUM, 24), "');\n")
        plant("stripe webhook", 'endpoint_secret = "', "whsec" + "_" + some(ALNUM, 32), '"\n')
        plant("npm", "NODE_AUTH=", "np" + "m_" + some(ALNUM, 36))
        plant("npmrc", "//npm.corp.example/:_authToken=", self.uuid())
        plant("npmrc basic", "//npm.corp.example/:_auth=", base64.b64encode(b"ci:" + some(ALNUM, 14).encode()).decode())
        plant("pypi", "[pypi]\nusername = __token__\npassword = ", "pyp" + "i-AgEIcHlwaS5vcmc" + some(URLSAFE, 150))
        plant("hugging face", 'login(token="', "h" + "f_" + some(LETTERS, 34), '")\n')
        plant("openai project", "client = OpenAI(api_key='", "sk-" + "proj-" + some(URLSAFE, 120), "')\n")
        plant("openai", "OPENAI=", "sk-" + some(ALNUM, 20) + "T3Blbk" + "FJ" + some(ALNUM, 20))
        plant("anthropic", '"x-api-key": "', "sk-" + "ant-api03-" + some(URLSAFE, 93) + "AA", '",\n')
        plant("mistral", "MISTRAL_API_KEY=", some(ALNUM, 32))
        plant("mistral in code", 'client = Mistral(api_key="', some(ALNUM, 32), '")\n')
        plant("groq", "groq = Groq('", "gs" + "k_" + some(ALNUM, 52), "')\n")
        plant("perplexity", "- ", "pp" + "lx-" + some(ALNUM, 48))
        plant("replicate", "r = ", "r" + "8_" + some(ALNUM, 37))
        plant("xai", "XAI ", "xa" + "i-" + some(ALNUM, 80))
        plant("cohere", "co = cohere.Client(api_key='", some(ALNUM, 40), "')\n")
        plant("twilio", "client = Client(account_sid, auth_token='", some(HEX, 32), "')\n")
        plant("twilio environment", "TWILIO_AUTH_TOKEN: ", some(HEX, 32))
        plant("twilio key", "new Twilio('", "S" + "K" + some(HEX, 32), "', secret)\n")
        plant("sendgrid", "sgMail.setApiKey('", "S" + "G." + some(URLSAFE, 22) + "." + some(URLSAFE, 43), "')\n")
        plant("mailgun", 'auth=("api", "', "ke" + "y-" + some(HEX, 32), '")\n')
        plant("mailgun new", "MAILGUN_API_KEY=", some(HEX, 32) + "-" + some(HEX, 8) + "-" + some(HEX, 8))
        plant("mailchimp", "mc = MailChimp('", some(HEX, 32) + "-us" + "19", "')\n")
        plant("telegram", "bot = telebot.TeleBot('", some("123456789", 10) + ":AA" + some(URLSAFE, 33), "')\n")
        plant(
            "telegram url",
            "https://api.telegram" + ".org/bot",
            some("123456789", 9) + ":AA" + some(URLSAFE, 33),
            "/getMe\n",
        )
        plant(
            "discord",
            'client.run("',
            "MT" + some(ALNUM, 24) + ".G" + some(URLSAFE, 5) + "." + some(URLSAFE, 38),
            '")\n',
        )
        plant(
            "discord webhook",
            "https://discord" + ".com/api/webhooks/" + some("123456789", 18) + "/",
            some(URLSAFE, 68),
        )
        plant("shopify", "X-Shopify-Access-Token: ", "shp" + "at_" + some(HEX, 32))
        plant("shopify shared", "  secret: ", "shp" + "ss_" + some(HEX, 32))
        plant("datadog", "DD_API_KEY=", some(HEX, 32))
        plant("datadog application", "  app_key: ", some(HEX, 40))
        plant("new relic", "  'Api-Key': '", "NR" + "AK-" + some(UPPER, 27), "'\n")
        plant("new relic licence", "license_key: '", some(HEX, 36) + "NR" + "AL", "'\n")
        plant("cloudflare", "CLOUDFLARE_API_TOKEN=", some(URLSAFE, 40))
        plant("cloudflare global", '-H "X-Auth-Key: ', some(HEX, 37), '"\n')
        plant("cloudflare origin", 'ca = "', "v1" + ".0-" + some(HEX, 24) + "-" + some(HEX, 146), '"\n')
        plant("digitalocean", "doctl auth init -t ", "do" + "p_v1_" + some(HEX, 64))
        plant("heroku", "HEROKU_API_KEY=", self.uuid())
        plant("heroku new", "machine api.example\n  password ", "HR" + "KU-" + self.uuid())
        plant("vault", "export VAULT_TOKEN=", "hv" + "s." + some(URLSAFE, 95))
        plant("vault old", "vault login ", "s" + "." + some(ALNUM, 24))
        plant("atlassian", "jira = Jira(token='", "ATATT" + "3xFfGF0" + some(URLSAFE, 180), "')\n")
        plant("bitbucket", "https://x-token-auth:", "ATB" + "B" + some(ALNUM, 32), "@bitbucket.example/a/b\n")
        plant("linear", "LINEAR: ", "lin" + "_api_" + some(ALNUM, 40))
        plant("notion", "notion = Client('", "nt" + "n_" + some(string.digits, 11) + some(ALNUM, 35), "')\n")
        plant("notion old", "notion = Client(auth='", "secret" + "_" + some(ALNUM, 43), "')\n")
        plant("airtable", "Api('", "pat" + some(ALNUM, 14) + "." + some(HEX, 64), "')\n")
        plant("figma", "figma ", "fig" + "d_" + some(URLSAFE, 40))
        plant("postman", "X-Api-Key: ", "PM" + "AK-" + some(HEX, 24) + "-" + some(HEX, 34))
        plant("sentry", "auth_token=", "sntry" + "s_" + some(ALNUM, 80) + "_" + some(ALNUM, 43))
        plant("grafana", "Bearer ", "gl" + "sa_" + some(ALNUM, 32) + "_" + some(HEX, 8))
        plant("doppler", "doppler ", "dp" + ".pt." + some(ALNUM, 43))
        plant("pulumi", "pulumi ", "pu" + "l-" + some(HEX, 40))
        plant("terraform cloud", '  token = "', some(ALNUM, 14) + ".atlas" + "v1." + some(ALNUM, 67), '"\n')
        plant("databricks", "databricks ", "dap" + "i" + some(HEX, 32))
        plant("docker", "echo ", "dckr" + "_pat_" + some(URLSAFE, 27), " | docker login --password-stdin\n")
        plant("circleci", "CCI ", "CCI" + "PAT_" + some(ALNUM, 22) + "_" + some(HEX, 40))
        plant("supabase", "sb ", "sb" + "p_" + some(HEX, 40))
        plant("supabase service", 'createClient(url, "', self.jwt(), '")\n')
        plant("planetscale", "ps ", "pscale" + "_tkn_" + some(URLSAFE, 43))
        plant("netlify", "netlify ", "nf" + "p_" + some(ALNUM, 36))
        plant("rubygems", ":rubygems: ", "ruby" + "gems_" + some(HEX, 48))
        plant("1password", "OP ", "op" + "s_eyJ" + some(ALNUM, 250))
        plant("facebook", "graph?access_token=", "EAA" + some(ALNUM, 160))
        plant("square", "square ", "sq0" + "csp-" + some(URLSAFE, 43))
        plant("okta", "Authorization: SSWS ", "00" + some(URLSAFE, 40))
        plant("dynatrace", "dt ", "dt0" + "c01." + some(UPPER, 24) + "." + some(UPPER, 64))
        return found

    def _clouds(self) -> list[Planted]:
        some = self.some
        found: list[Planted] = []

        def plant(kind: str, before: str, secret: str, after: str = "\n") -> None:
            found.append(Planted(kind, secret, before + secret + after))

        key = "AK" + "IA" + some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
        plant("aws id", "aws configure set aws_access_key_id ", key)
        plant("aws key", "[default]\naws_secret_access_key = ", some(BASE64, 40))
        plant("aws positional", f'new BasicAWSCredentials("{key}", "', some(BASE64, 40), '");\n')
        plant("aws javascript", f"accessKeyId: '{key}',\n  secretAccessKey: '", some(BASE64, 40), "',\n")
        plant("aws session", "export AWS_SESSION_TOKEN=", "IQoJb3JpZ2luX2Vj" + self.base64(300))
        plant(
            "gcp account",
            '{"type": "service_account", "private_key": "-----BEGIN PRIVATE' + " KEY-----\\n",
            "\\n".join(self.base64(48) for _ in range(12)),
            "\\n-----END PRIVATE" + ' KEY-----\\n", "client_email": "a@b.example"}\n',
        )
        plant("google api", "maps/api/js?key=", "AI" + "za" + some(URLSAFE, 35), "&v=3\n")
        plant("google client", '"client_secret":"', "GOC" + "SPX-" + some(URLSAFE, 28), '"\n')
        plant("google refresh", 'refresh_token: "', "1/" + "/0" + some(URLSAFE, 98), '"\n')
        plant("google access", "gcloud ", "ya" + "29." + some(URLSAFE, 180))
        plant(
            "azure storage",
            "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=",
            self.base64(64),
            ";EndpointSuffix=core.example\n",
        )
        plant("azure sas", "https://shop.blob.example/c/f?sv=2022-11-02&sp=r&sig=", some(ALNUM, 40) + "%2B1%3D", "\n")
        plant("azure client", "ARM_CLIENT=", some(ALNUM, 3) + "8Q" + "~" + some(URLSAFE, 34))
        plant(
            "azure sql",
            "Server=tcp:shop.example,1433;User ID=app;Password=",
            "q8!" + some(ALNUM, 11),
            ";Encrypt=True\n",
        )
        plant(
            "azure bus",
            "Endpoint=sb://shop.example/;SharedAccessKeyName=Root;SharedAccessKey=",
            self.base64(32),
        )
        plant("azure devops", "az devops login --token ", some("abcdefghijklmnopqrstuvwxyz234567", 52))
        plant("alibaba", "aliyun ", "LT" + "AI5t" + some(ALNUM, 20))
        plant("tencent", "secretId: '", "AK" + "ID" + some(ALNUM, 32), "'\n")
        plant("bearer", "Authorization: Bearer ", self.jwt())
        plant("jwt in code", "const token = `", self.jwt(), "`;\n")
        return found

    def _files(self) -> list[Planted]:
        some = self.some
        found: list[Planted] = []

        def plant(kind: str, before: str, secret: str, after: str = "\n") -> None:
            found.append(Planted(kind, secret, before + secret + after))

        def word(count: int) -> str:
            return "Qz7" + some(ALNUM, count)

        for label in ("OPENSSH", "RSA", "EC", "ENCRYPTED"):
            block = self.armour(f"{label} PRIVATE" + " KEY", 9)
            found.append(Planted("private key", block.splitlines()[4], block))
        block = self.armour("PGP PRIVATE" + " KEY BLOCK", 14)
        found.append(Planted("pgp key", block.splitlines()[7], block))
        plant(
            "putty key",
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n",
            self.base64(36),
        )
        plant("age", "# created: 2024-01-01\n", "AGE-" + "SECRET-KEY-1" + some("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))
        plant("netrc", "machine api.example.com login bob password ", word(9))
        plant("netrc lines", "machine files.example\n  login ci\n  password ", word(14))
        plant("pgpass", "db.example.com:5432:shop:app:", word(10))
        plant("kubeconfig key", "    client-key-data: ", self.base64(600))
        plant("kubeconfig token", "users:\n- name: ci\n  user:\n    token: ", self.jwt())
        plant("kubernetes secret", "kind: Secret\ndata:\n  password: ", self.base64(15))
        plant("docker auth", '{"auths":{"r.example":{"auth":"', self.base64(30), '"}}}\n')
        plant("basic", "Authorization: Basic ", base64.b64encode(f"admin:{word(9)}".encode()).decode())
        plant(
            "basic in curl",
            "curl -H 'Authorization: Basic ",
            base64.b64encode(f"ci:{word(12)}".encode()).decode(),
            "' x\n",
        )
        plant("postgres url", "DATABASE_URL=postgresql+asyncpg://app:", word(9), "@db.example:5432/shop\n")
        plant("mongo url", "  uri: mongodb+srv://root:", word(12), "@cluster0.abcde.example/?retryWrites=true\n")
        plant("redis url", "REDIS=redis://:", word(16), "@cache.example:6379/0\n")
        plant("amqp url", 'broker = "amqps://user:', word(8), '@rabbit.example/vhost"\n')
        plant("jdbc url", "url=jdbc:mysql://db.example/shop?user=app&password=", word(8), "&useSSL=true\n")
        plant("smtp url", "MAIL_URL=smtp://bot%40shop.example:", word(10), "@mail.example:587\n")
        plant("sentry dsn", f"dsn: https://{some(HEX, 32)}:", some(HEX, 32), "@sentry.example/4\n")
        plant("rails", "RAILS_MASTER_KEY=", some(HEX, 32))
        plant("rails base", "production:\n  secret_key_base: ", some(HEX, 128))
        plant("django", "SECRET_KEY = '", some(SYMBOLS, 50), "'\n")
        plant("django insecure", 'SECRET_KEY = "django-insecure-', some(SYMBOLS, 50), '"\n')
        plant("laravel", "APP_KEY=base64:", self.base64(32))
        plant("flask", "app.secret_key = b'_5#y2L\"", "F4Q8z" + some(ALNUM, 9), "'\n")
        plant("htpasswd", "alice:$apr1$" + some(ALNUM, 8) + "$", some(ALNUM + "./", 22))
        plant("bcrypt", "bob:$2y$10$", some(ALNUM + "./", 53))
        plant("shadow", "root:$6$" + some(ALNUM, 16) + "$", some(ALNUM + "./", 86), ":19000:0:99999:7:::\n")
        plant("wireguard", "[Interface]\nPrivateKey = ", self.base64(32))
        plant("wireguard shared", "[Peer]\nPresharedKey = ", self.base64(32))
        plant("yaml", "database:\n  user: app\n  password: ", word(7))
        plant("yaml quoted", "  smtp_password: '", "Summer#" + some(string.digits, 4), "'\n")
        plant("compose", "    environment:\n      - POSTGRES_PASSWORD=", word(6))
        plant("dockerfile", "ENV MYSQL_ROOT_PASSWORD ", word(8))
        plant("json", '{"user": "app", "password": "', "pa55-" + some(ALNUM, 6), '"}\n')
        plant("toml", '[mail]\npasswd = "', word(8), '"\n')
        plant("properties", "spring.datasource.password=", word(7))
        plant("xml", "<server><username>ci</username><password>", word(9), "</password></server>\n")
        plant("web.config", '<add key="ApiSecret" value="', some(ALNUM, 28), '" />\n')
        plant("ini", "[client]\nuser=root\npassword=", word(7))
        plant("terraform", 'variable "db_password" {\n  default = "', word(9), '"\n}\n')
        plant("terraform attribute", '  master_password      = "', word(9), '"\n')
        plant("redis conf", "requirepass ", word(16))
        plant("ansible", "ansible_become_pass: ", word(8))
        plant("wifi", 'network={\n  ssid="home"\n  psk="', "correct" + some(string.digits, 5) + "horse", '"\n}\n')
        plant("vpn", "auth-user-pass inline\npassword: ", word(9))
        plant("env single", "STRIPE_WEBHOOK_SECRET='", some(ALNUM, 26), "'\n")
        plant("env comment", "JWT_SECRET=", some(ALNUM, 24), "  # rotate in March\n")
        return found

    def _code(self) -> list[Planted]:
        some = self.some
        found: list[Planted] = []

        def plant(kind: str, before: str, secret: str, after: str = "\n") -> None:
            found.append(Planted(kind, secret, before + secret + after))

        def word(count: int) -> str:
            return "x9K" + some(ALNUM, count)

        plant("java", 'DriverManager.getConnection("jdbc:oracle:thin:@db.example:1521/x", "scott", "', word(8), '");\n')
        plant("java field", 'private static final String PASSWORD = "', word(8), '";\n')
        plant("c#", 'new NetworkCredential("svc", "', word(9), '");\n')
        plant("c# property", 'Password = "', word(9), '",\n')
        plant("go", 'cfg := Config{User: "app", Password: "', word(8), '"}\n')
        plant("go auth", 'smtp.PlainAuth("", "bot@shop.example", "', word(10), '", "mail.example")\n')
        plant("kotlin", 'val apiKey = "', some(ALNUM, 32), '"\n')
        plant("swift", 'let apiSecret: String = "', some(ALNUM, 30), '"\n')
        plant("rust", 'const API_TOKEN: &str = "', some(ALNUM, 40), '";\n')
        plant("ruby", "ActiveRecord::Base.establish_connection(adapter: 'pg', password: '", word(7), "')\n")
        plant("php", "define('DB_PASSWORD', '", word(8), "');\n")
        plant("php variable", "$dbPass = '", word(8), "';\n")
        plant("php connect", 'mysqli_connect("localhost", "root", "', word(8), '", "shop");\n')
        plant("javascript", "nodemailer.createTransport({auth: {user: 'a@b.example', pass: '", word(9), "'}})\n")
        plant("typescript", "  private readonly clientSecret = '", some(ALNUM, 36), "';\n")
        plant("python requests", 'requests.get(url, auth=("admin", "', word(7), '"))\n')
        plant("python keyword", "conn = psycopg.connect(host='db', user='app', password='", word(6), "')\n")
        plant("python dict", "settings = {'SMTP_PASS': '", word(8), "'}\n")
        plant("python default", 'token = os.environ.get("API_TOKEN", "', some(ALNUM, 32), '")\n')
        plant("python fernet", 'Fernet(b"', base64.urlsafe_b64encode(self._chance.randbytes(32)).decode(), '")\n')
        plant("python paramiko", "ssh.connect('host.example', username='root', password=\"", "!" + word(8), '")\n')
        plant("c macro", '#define WIFI_PASSWORD "', word(7), '"\n')
        plant("arduino", 'const char* password = "', word(8), '";\n')
        plant("shell", "mysql -u root -p", word(8), " shop < dump.sql\n")
        plant("shell user", "curl -u admin:", word(8), " https://api.example/v1\n")
        plant("sshpass", "sshpass -p '", word(8), "' ssh root@host.example\n")
        plant("psql", "PGPASSWORD=", word(8), " psql -h db.example -U app\n")
        plant("shell export", 'export DB_PASS="', word(8), '"\n')
        plant("openssl", "openssl enc -aes-256-cbc -pass pass:", word(8), " -in a -out b\n")
        plant("powershell", 'ConvertTo-SecureString "', word(9), '" -AsPlainText -Force\n')
        plant("powershell variable", '$Password = "', word(9), '"\n')
        plant("sql user", "CREATE USER app IDENTIFIED BY '", word(8), "';\n")
        plant("sql role", "ALTER ROLE app WITH PASSWORD '", word(8), "';\n")
        plant("graphql", 'mutation { login(user: "a", password: "', word(8), '") { ok } }\n')
        plant("http body", 'data=\'{"grant_type":"password","client_secret":"', some(ALNUM, 40), "\"}'\n")
        plant("form body", "grant_type=password&username=a&password=", word(8), "&scope=all\n")
        plant("header", 'headers = {"X-API-KEY": "', some(ALNUM, 32), '"}\n')
        plant("query", "GET /v1/weather?q=Kiel&appid=", some(HEX, 32))
        plant("elixir", 'config :shop, Shop.Repo, username: "app", password: "', word(8), '"\n')
        plant("scala", 'val dbPassword: String = "', word(8), '"\n')
        plant("lua", 'local password = "', word(8), '"\n')
        plant("vb", 'Dim pwd As String = "', word(8), '"\n')
        plant("dart", "final String apiKey = '", some(ALNUM, 32), "';\n")
        plant("comment", "# admin password: ", word(8))
        plant("markdown", "Log in with user `demo` and password `", word(8), "`.\n")
        plant("german", "passwort = '", word(8), "'\n")
        plant("high entropy", "const SIGNING = '", self.base64(48), "';\n")
        plant("encryption key", "ENCRYPTION_KEY=", some(HEX, 64))
        plant("hmac", 'hmac.new(b"', some(ALNUM, 40), '", msg, "sha256")\n')
        plant("cookie", "Cookie: session=", self.jwt())
        return found

    def look_alikes(self) -> list[str]:
        """What is no secret, though it may look like one."""
        some = self.some
        sha, sha256 = some(HEX, 40), some(HEX, 64)
        sri = self.base64(64)
        return [
            # digests and ids
            f"commit {sha}\nAuthor: Ada\n",
            f"index {some(HEX, 7)}..{some(HEX, 7)} 100644\n",
            f"      uses: actions/checkout@{sha}\n",
            f'rev = "{sha}"\n',
            f"FROM python:3.13@sha256:{sha256}\n",
            f'      "integrity": "sha512-{sri}",\n',
            f'checksum = "{sha256}"\n',
            f"example.com/pkg v1.2.3 h1:{self.base64(32)}\n",
            f"    --hash=sha256:{sha256} \\\n",
            f'  hash = "sha256-{self.base64(32)}";\n',
            f'    "h1:{self.base64(32)}",\n    "zh:{sha256}",\n',
            f"  resolution: {{integrity: sha512-{sri}}}\n",
            f'<script src="a.js" integrity="sha384-{self.base64(48)}" crossorigin="anonymous"></script>\n',
            f"{some(HEX, 32)}  release.tar.gz\n",
            f'ETag: "{some(HEX, 32)}"\n',
            f"Content-MD5: {self.base64(16)}\n",
            f'const id = "{self.uuid()}";\n',
            f'Project("{{{self.uuid().upper()}}}") = "Shop"\n',
            f'"_id": ObjectId("{some(HEX, 24)}")\n',
            f"request_id = '01{some('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}'\n",
            f"traceparent: 00-{some(HEX, 32)}-{some(HEX, 16)}-01\n",
            f"\t\t{some('0123456789ABCDEF', 24)} /* AppDelegate.swift in Sources */ = {{isa = PBXBuildFile; }};\n",
            f'down_revision = "{some(HEX, 12)}"\n',
            f"main.{some(HEX, 20)}.chunk.js\n",
            f".css-{some(ALNUM, 8)} {{ color: #{some(HEX, 6)}; }}\n",
            f'<a href="https://video.example/watch?v={some(URLSAFE, 11)}">\n',
            f"0x{some(HEX, 40)}\n",
            f'const contract = "0x{some(HEX, 40)}";\n',
            f'tx = "0x{some(HEX, 64)}"\n',
            f"bc1q{some('023456789acdefghjklmnpqrstuvwxyz', 38)}\n",
            f"ipfs://Qm{some(ALNUM, 44)}\n",
            f"SHA256:{self.base64(32).rstrip('=')} ada@host (ED25519)\n",
            "Key fingerprint = 3AA5 C343 71567 BD2 F9C1 0C7F 8E2B 77B1 4D4E 1C0A\n",
            f"thumbprint: {some('0123456789ABCDEF', 40)}\n",
            f'"kid": "{some(URLSAFE, 27)}", "use": "sig"\n',
            f'"n": "{some(URLSAFE, 342)}", "e": "AQAB"\n',
            f"X-Request-Id: {self.uuid()}\n",
            f"nonce-{self.base64(16)}\n",
            f'assert digest("abc") == "{sha256}"\n',
            f'EXPECTED_SHA1 = "{sha}"\n',
            f"md5sum: {some(HEX, 32)}\n",
            f'"gitHead": "{sha}",\n',
            f"resolved-ref: {sha}\n",
            f'tenant_id = "{self.uuid()}"\n',
            f'client_id = "{self.uuid()}"\n',
            f"AZURE_SUBSCRIPTION_ID={self.uuid()}\n",
            f"<GUID>{{{self.uuid()}}}</GUID>\n",
            f"cache-key-{some(HEX, 16)}-linux\n",
            f'"buildHash": "{some(HEX, 20)}"\n',
            f'git_sha: "{sha}"\n',
            # public halves and addresses
            f"ssh-rsa AAAAB3NzaC1yc2E{self.base64(270)} ada@laptop\n",
            f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5{self.base64(33)} ci\n",
            f'public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5{self.base64(33)}"\n',
            self.armour("PUBLIC KEY", 6),
            self.armour("CERTIFICATE", 14),
            self.armour("PGP PUBLIC KEY BLOCK", 12),
            self.armour("CERTIFICATE REQUEST", 8),
            f"[Peer]\nPublicKey = {self.base64(32)}\n",
            f"recipients: age1{some('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 58)}\n",
            f"    certificate-authority-data: {self.base64(700)}\n",
            f'stripe = loadStripe("pk_{"live"}_{some(ALNUM, 24)}");\n',
            f'<div class="g-recaptcha" data-sitekey="6L{some(URLSAFE, 38)}"></div>\n',
            "ga('create', 'UA-12345678-1', 'auto');\n",
            "gtag('config', 'G-7B2K9QX4MD');\n",
            f"Sentry.init({{ dsn: 'https://{some(HEX, 32)}@o12.ingest.example/34' }});\n",
            f'"host": "db-{some(string.ascii_lowercase + string.digits, 12)}.eu-central-1.rds.example"\n',
            "arn:aws:iam::123456789012:role/deploy-production-eu-central-1\n",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbC1dE\n",
            "projects/123456789/secrets/db-password/versions/latest\n",
            "https://user@git.example/a/b.git\n",
            "postgres://localhost:5432/shop\n",
            "DATABASE_URL=postgres://app:${DB_PASSWORD}@db/shop\n",
            "redis://cache.example:6379/0\n",
            'uri = f"amqp://{user}:{password}@{host}/"\n',
            "git@github.example:ada/engine.git\n",
            "mongodb://<user>:<password>@cluster.example\n",
            # data
            f'<img src="data:image/png;base64,iVBORw0KGgo{self.base64(600)}">\n',
            f"src: url(data:font/woff2;base64,d09GMgABAAAAA{self.base64(400)})\n",
            f'ICON = "{base64.b64encode(b"<svg xmlns=" + self._chance.randbytes(2) + b"0" * 120).decode()}"\n',
            f'icon = b"iVBORw0KGgoAAAANSUhEUgAA{self.base64(120)}"\n',
            '"mappings": "AAAA,SAASA,IAAIC,KAAM,CACjB,OAAOA,EAAIC,CACb,CAEAC,OAAOC,QAAU,SAAUC,GACzB"\n',
            '<path d="M12.5 3.2c-1.7 0-3.1 1.4-3.1 3.1v2.2H7.1v9.3h10.7V8.5h-2.2V6.3c0-1.7-1.4-3.1-3.1-3.1z"/>\n',
            'polyline = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"\n',
            'ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"\n',
            'HEX_DIGITS = "0123456789abcdefABCDEF"\n',
            'const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";\n',
            'dna = "ACGTTGCAACGGTTAACCGGATATCGCGATTACAGATTACAGGCT"\n',
            "uint8_t table[] = {0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5, 0x30, 0x01};\n",
            'magic = b"\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00\\rIHDR"\n',
            "K = [0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f]\n",
            "00000010: 7f45 4c46 0201 0100 0000 0000 0000 0000  .ELF............\n",
            "PI = 3.14159265358979323846264338327950288419716939937510\n",
            "p = 0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74\n",
            'regex = r"^(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9@$!%*?&]{8,64}$"\n',
            'PATTERN = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")\n',
            "const re = /gh[pousr]_[A-Za-z0-9]{36,}/g;\n",
            'text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor"\n',
            'fen = "r1bqkbnr/pppp1ppp/2n5/4p3/4P3/5N2/PPPP1PPP/RNBQKB1R w KQkq - 2 3"\n',
            'EICAR = "X5O!P%@AP[4\\\\PZX54(P^)7CC)7}"\n',
            'isbn = "978-3-16-148410-0"\niban = "DE89370400440532013000"\n',
            '"mac": "3c:22:fb:9a:01:7e", "ipv6": "2001:0db8:85a3:0000:0000:8a2e:0370:7334"\n',
            'qr = "00020126360014BR.GOV.BCB.PIX0114+5561912345678"\n',
            'version = "2024.11.3+build.20241103T121314Z"\n',
            "2024-11-03T12:13:14.123456789Z INFO com.example.shop.orders.OrderServiceImpl: done\n",
            "AbstractSingletonProxyFactoryBeanConfigurationPropertiesBindingPostProcessor bean;\n",
            "func TestParseRFC3339TimestampWithNanosecondsAndOffset(t *testing.T) {\n",
            'import { createAsyncThunkWithRetryAndBackoff } from "@shop/toolkit/async-helpers-v2";\n',
            'path = "/usr/local/lib/python3.13/site-packages/numpy/core/_multiarray_umath.so"\n',
            'classNames="flex items-center justify-between px-4 py-2 bg-gray-100 dark:bg-gray-800"\n',
            "_ZN5boost6system14error_category12std_categoryC2EPKS1_\n",
            "Lcom/example/shop/OrderService$1;->invoke(Ljava/lang/Object;)V\n",
            # words of secrets without any
            'password = os.environ["DB_PASSWORD"]\n',
            "password: ${DB_PASSWORD}\n",
            "  password: {{ .Values.database.password }}\n",
            "  password: !vault |\n",
            'password = getpass.getpass("Password: ")\n',
            "PASSWORD=<your-password>\n",
            'api_key="YOUR_API_KEY"\n',
            "OPENAI_API_KEY=sk-...\n",
            'token = "xxxxxxxxxxxxxxxx"\n',
            'password: "********"\n',
            'secret: ""\n',
            "password = None\n",
            "self.password = password\n",
            "this.apiKey = options.apiKey ?? process.env.API_KEY;\n",
            "token = next(lexer)\n",
            "if (token === TokenKind.Identifier) {\n",
            "def check_password(self, password: str) -> bool:\n",
            "  apiKey: string;\n  clientSecret?: string;\n",
            "password = models.CharField(max_length=128)\n",
            'password = forms.CharField(widget=forms.PasswordInput(attrs={"class": "wide"}))\n',
            '<input type="password" name="password" autocomplete="current-password">\n',
            '"password": "Passwort", "forgotPassword": "Passwort vergessen?"\n',
            'passwordRequired: "Please enter a password",\n',
            'errors.password = "Password must have at least 8 characters";\n',
            'PASSWORD_RESET = "password_reset"\n',
            'token_url = "https://login.example/oauth2/token"\n',
            'tokenType: "bearer",\n',
            'password_hash_algorithm = "argon2id"\n',
            "secretName: shop-tls-cert\n",
            "        secretKeyRef:\n          name: db-credentials\n          key: password\n",
            "max_tokens: 4096\naccess_token_ttl = 3600\n",
            "token_count = len(tokens)\n",
            'tokenizer = "cl100k_base"\n',
            'sort_key = "created_at"\nprimary_key = "order_id"\n',
            'cache_key = f"user:{user.id}:orders"\n',
            'key = "ctrl+shift+p"\n',
            '<li key="item-42-selected">\n',
            'ssl_key = "/etc/ssl/private/server.key"\n',
            "POSTGRES_PASSWORD_FILE=/run/secrets/db_password\n",
            'API_KEY_HEADER = "X-API-Key"\n',
            "export PWD=/home/ada/projects/shop\n",
            "pwd = Path.cwd()\n",
            'compass = "north-by-northwest"\npassenger = "Ada Lovelace"\n',
            'author = "Ada Lovelace"\nauthority = "https://login.example/common"\n',
            "passwordless = true\n",
            'secret_santa = {"Ada": "Grace", "Grace": "Alan"}\n',
            "kubectl create secret generic db-user-pass --from-file=./username.txt\n",
            "PasswordEncoder passwordEncoder = new BCryptPasswordEncoder(12);\n",
            "Authorization: Bearer <token>\n",
            'headers = {"Authorization": f"Bearer {token}"}\n',
            "curl -u $USER:$PASS https://api.example/\n",
            "mysql -u root -p shop\n",
            "db_password = var.db_password\nmaster_password = random_password.master.result\n",
            "    password: ${{ secrets.REGISTRY_PASSWORD }}\n",
            'String password = System.getenv("PASSWORD");\n',
            'var secret = await client.GetSecretAsync("shop-db-password");\n',
            "$password = Read-Host -AsSecureString\n",
            "password = Argon2().hash(plain)\n",
            'const secretsManager = new SecretsManagerClient({ region: "eu-central-1" });\n',
            'csrf_token = "{{ csrf_token() }}"\n',
            "ALTER TABLE users ADD COLUMN password_hash varchar(255) NOT NULL;\n",
            'enum Token { LeftParen = "(", RightParen = ")", Identifier = "identifier" }\n',
            'passport.use(new LocalStrategy({ usernameField: "email", passwordField: "passwd" }, verify));\n',
            'credentials: "same-origin",\n',
            '"credential_process": "/usr/local/bin/aws-login --profile shop"\n',
            "private_key_path: ~/.ssh/id_ed25519\n",
            'log.info("token expired for user %s", user.id)\n',
            'raise ValueError("password must not be empty")\n',
            "# the password is asked for interactively, see docs/login.md\n",
            'private static final String PASSWORD_PROPERTY = "spring.datasource.password";\n',
            'assert mask("hello") == "h***o"\n',
            'accessToken: session?.accessToken ?? "",\n',
            'monkey = "banana"\nturkey = "Ankara"\nhockey_key = "puck"\n',
        ]

    def more_secrets(self) -> list[Planted]:
        """A second lot, written after the rules had been mended by the first."""
        some = self.some
        found: list[Planted] = []

        def plant(kind: str, before: str, secret: str, after: str = "\n") -> None:
            found.append(Planted(kind, secret, before + secret + after))

        def word(count: int) -> str:
            return "Br4" + some(ALNUM, count)

        plant("spring", "spring:\n  rabbitmq:\n    username: app\n    password: '", word(7), "'\n")
        plant("hibernate", '<property name="hibernate.connection.password">', word(7), "</property>\n")
        plant("tomcat", '<user username="admin" password="', word(6), '" roles="manager-gui"/>\n')
        plant("maven", "<passphrase>", word(12), "</passphrase>\n")
        plant("gradle", 'signingPassword = "', word(9), '"\n')
        plant("gradle properties", "RELEASE_STORE_PASSWORD=", word(6))
        plant("android", "            storePassword '", word(8), "'\n            keyAlias 'release'\n")
        plant("fastlane", 'ENV["FASTLANE_PASSWORD"] = "', word(9), '"\n')
        plant("xcconfig", "API_SECRET = ", some(ALNUM, 32))
        plant("plist", "<key>APIToken</key>\n<string>", some(ALNUM, 32), "</string>\n")
        plant("wordpress", "define( 'AUTH_KEY',         '", "aQ3$ " + some(SYMBOLS, 52) + " Z|9 }k", "' );\n")
        plant("symfony", "APP_SECRET=", some(HEX, 32))
        plant("drupal", "$databases['default']['default'] = ['password' => '", word(8), "'];\n")
        plant("magento", "'crypt' => ['key' => '", some(HEX, 32), "'],\n")
        plant("joomla", "public $password = '", word(8), "';\n")
        plant("rails yaml", "production:\n  adapter: mysql2\n  password: <%= 'x' %>\nstaging:\n  password: ", word(8))
        plant("phoenix", 'secret_key_base: "', self.base64(48), '"\n')
        plant("nest", "JwtModule.register({ secret: '", word(11), "' })\n")
        plant("express", "app.use(session({ secret: 'keyboard-", some(ALNUM, 12), "', resave: false }));\n")
        plant("jwt sign", "jwt.sign(payload, '", some(ALNUM, 32), "');\n")
        plant("next auth", "NEXTAUTH_SECRET=", self.base64(32))
        plant("vite", "VITE_ALGOLIA_ADMIN_KEY=", some(HEX, 32))
        plant("supabase url", "postgresql://postgres.abcdefgh:", word(12), "@aws-0.pooler.example:6543/postgres\n")
        plant("clickhouse", "clickhouse-client --user default --password ", word(9), " --query 'select 1'\n")
        plant("elastic", "es = Elasticsearch(basic_auth=('elastic', '", word(17), "'))\n")
        plant("kafka", 'sasl.jaas.config=PlainLoginModule required username="a" password="', word(8), '";\n')
        plant("ssl truststore", "ssl.keystore.password=", word(7))
        plant("grafana ini", "admin_password = ", word(8))
        plant("prometheus", "    basic_auth:\n      username: p\n      password: ", word(10))
        plant(
            "nginx",
            'proxy_set_header Authorization "Basic ',
            base64.b64encode(f"u:{word(9)}".encode()).decode(),
            '";\n',
        )
        plant("terraform provider", 'provider "aws" {\n  secret_key = "', some(BASE64, 40), '"\n}\n')
        plant("cloudformation", "      MasterUserPassword: ", word(10))
        plant("pulumi config", "  db:password: ", word(10))
        plant("helm set", "helm upgrade app . --set postgresql.auth.password=", word(9))
        plant("kubectl", "kubectl create secret generic db --from-literal=password='", word(9), "'\n")
        plant("docker run", "docker run -e MYSQL_PASSWORD=", word(8), " -d mysql:8\n")
        plant("github actions", "        env:\n          DEPLOY_TOKEN: ", some(ALNUM, 40))
        plant(
            "jenkins",
            "withCredentials([string(credentialsId: 'x', variable: 'T')]) { sh 'curl -H \"X-Token: ",
            some(ALNUM, 32),
            "\"' }\n",
        )
        plant("gitlab ci", "  variables:\n    SONAR_TOKEN: ", "sq" + "p_" + some(HEX, 40))
        plant("k8s env", '        - name: SMTP_PASSWORD\n          value: "', word(8), '"\n')
        plant("ecs", '{"name": "DB_PASSWORD", "value": "', word(8), '"}\n')
        plant("vscode settings", '"rest.environment": {"apiToken": "', some(ALNUM, 30), '"}\n')
        plant("http file", "X-Api-Token: ", some(ALNUM, 36))
        plant("postman", '{"key": "password", "value": "', word(9), '", "type": "text"}\n')
        plant("tf vars", 'admin_pass = "', word(9), '"\n')
        plant("ruby env", "ENV.fetch('STRIPE_SECRET', '", word(20), "')\n")
        plant("go map", 'm := map[string]string{"password": "', word(7), '"}\n')
        plant("rust url", 'let url = "amqp://guest:', word(7), '@mq.example:5672/%2f";\n')
        plant("swift keychain", 'keychain["password"] = "', word(9), '"\n')
        plant("kotlin named", 'login(user = "ada", password = "', word(7), '")\n')
        plant("cpp", 'std::string password{"', word(8), '"};\n')
        plant("cpp define", '#define API_KEY "', some(ALNUM, 32), '"\n')
        plant("java properties", "jdbc.password = ", word(7))
        plant("java setter", 'dataSource.setPassword("', word(8), '");\n')
        plant("java builder", '.apiKey("', some(ALNUM, 32), '")\n')
        plant("c# builder", 'var builder = new SqlConnectionStringBuilder { Password = "', word(8), '" };\n')
        plant("c# connection", '"Default": "Host=db;Username=app;Pwd=', word(8), ';"\n')
        plant("perl", 'my $password = "', word(8), '";\n')
        plant("perl dbi", "my $dbh = DBI->connect('dbi:Pg:dbname=x', 'app', '", word(8), "');\n")
        plant("r", 'Sys.setenv(API_KEY = "', some(ALNUM, 32), '")\n')
        plant("julia", 'const token = "', some(ALNUM, 32), '"\n')
        plant("haskell", 'dbPassword = "', word(8), '"\n')
        plant("clojure", '{:user "app" :password "', word(8), '"}\n')
        plant("batch", "set DB_PASSWORD=", word(8))
        plant("fish", "set -gx GITLAB_TOKEN ", some(ALNUM, 32))
        plant("powershell environment", "$env:API_TOKEN = '", some(ALNUM, 32), "'\n")
        plant("python comment", "# TODO remove: user root, password ", word(8))
        plant("python os", 'os.environ["SECRET_KEY"] = "', word(20), '"\n')
        plant(
            "python boto", 'boto3.client("s3", aws_access_key_id=a, aws_secret_access_key="', some(BASE64, 40), '")\n'
        )
        plant("python azure", 'AzureKeyCredential("', some(ALNUM, 52), '")\n')
        plant("python smtplib", 'server.login("bot@shop.example", "', word(9), '")\n')
        plant("python pymysql", 'pymysql.connect(host="db", user="root", passwd="', word(6), '")\n')
        plant("notebook", '"source": ["api_key = \'', some(ALNUM, 32), "'\\n\"]\n")
        plant("log line", "DEBUG login ok user=ada password=", word(8), " ip=10.0.0.1\n")
        plant("curl data", "curl -d 'client_id=web&client_secret=", some(ALNUM, 32), "' https://a.example/token\n")
        plant("wget", "wget --user=ada --password='", word(8), "' https://a.example/f\n")
        plant("ftp", "ftp://ada:", word(8), "@ftp.example/pub\n")
        plant("git config", '[url "https://ada:', word(20), '@git.example/"]\n')
        plant("ldap", "bind_password: ", word(8))
        plant("vnc", "x11vnc -passwd ", word(6))
        plant("ssh config", "# sudo pass is: ", word(8))
        plant("bcrypt json", '"hash": "$2b$12$', some(ALNUM + "./", 53), '"\n')
        plant("totp", 'totp_secret = "', some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32), '"\n')
        plant(
            "otpauth", "otpauth://totp/Shop:ada?secret=", some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32), "&issuer=Shop\n"
        )
        plant("recovery", "recovery_token: ", self.uuid())
        plant(
            "firebase",
            '"private_key": "-----BEGIN PRIVATE' + " KEY-----\\n",
            self.base64(48),
            "\\n-----END PRIVATE" + ' KEY-----\\n"\n',
        )
        plant("jwk", '{"kty":"EC","crv":"P-256","d":"', some(URLSAFE, 43), '","x":"abc"}\n')
        plant("mail uri", 'EMAIL_URL="smtp+tls://ada@shop.example:', word(9), '@mail.example:587"\n')
        plant("hex quoted", 'aes_key = bytes.fromhex("', some(HEX, 64), '")\n')
        return found

    def more_look_alikes(self) -> list[str]:
        """The same of what is none."""
        some = self.some
        return [
            f'aes_test_vector = "{some(HEX, 32)}"\n'.replace("aes_test_vector", "expected_output"),
            f'SPREADSHEET_ID = "1{some(URLSAFE, 43)}"\n',
            f"https://docs.example/document/d/1{some(URLSAFE, 43)}/edit\n",
            f"https://cdn.example/assets/index-{some(ALNUM, 8)}.js\n",
            f'playlist = "PL{some(URLSAFE, 32)}"\n',
            f'"channel": "UC{some(URLSAFE, 22)}"\n',
            f"s3://bucket-name/logs/2024/11/03/part-00000-{self.uuid()}-c000.snappy.parquet\n",
            f"docker pull registry.example/shop@sha256:{some(HEX, 64)}\n",
            f'    "@types/node@npm:^20": {{"checksum": "10c0/{some(HEX, 64)}"}}\n',
            f'  "version": "file:../x", "shasum": "{some(HEX, 40)}"\n',
            f"sha512: {some(HEX, 128)}\n",
            f"Subject Key Identifier: {':'.join(some('0123456789ABCDEF', 2) for _ in range(20))}\n",
            f'"x5t": "{some(URLSAFE, 27)}"\n',
            f'{{"kty":"EC","crv":"P-256","x":"{some(URLSAFE, 43)}","y":"{some(URLSAFE, 43)}"}}\n',
            "Set-Cookie: theme=dark; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT\n",
            f'span_id="{some(HEX, 16)}" trace_id="{some(HEX, 32)}"\n',
            f'boundary = "----WebKitFormBoundary{some(ALNUM, 16)}"\n',
            f"Content-Type: multipart/form-data; boundary=----WebKitFormBoundary{some(ALNUM, 16)}\n",
            f"Message-ID: <{some(ALNUM, 20)}.{some(ALNUM, 10)}@mail.example>\n",
            'device_token_count = 12\nsecret_level = "high"\n',
            'TOKENS = {"plus": "+", "minus": "-", "arrow": "->"}\n',
            'secrets = ["alpha", "beta"]\n',
            'password_policy = {"min": 12, "upper": True}\n',
            "PASSWORD_MIN_LENGTH = 12\n",
            'api_key_prefix = "shop_live"\n',
            'credentials_path = "config/credentials.yml.enc"\n',
            "GOOGLE_APPLICATION_CREDENTIALS=/secrets/gcp.json\n",
            "secret = kms.decrypt(blob)\n",
            'secret_id = "projects/shop/secrets/db2"\n',
            'token = request.headers["Authorization"].split(" ")[1]\n',
            "const { password, ...user } = await repo.findOne({ where: { email } });\n",
            'expect(screen.getByLabelText("Password")).toBeInTheDocument();\n',
            'await page.fill("#password", process.env.E2E_PASSWORD!);\n',
            'cy.get("[data-test=password]").type(Cypress.env("password"));\n',
            'passwordField.setPlaceholder("At least 8 characters");\n',
            'label.password = "Password (8-64 characters)"\n',
            '"auth.error.wrong-password": "The password is wrong. 3 attempts left.",\n',
            "| `password` | string | required | the user's password |\n",
            "Set `DB_PASSWORD` in your environment before you start.\n",
            "password: str = Field(min_length=8, max_length=64)\n",
            "  password:\n    type: string\n    format: password\n    minLength: 8\n",
            'properties: { token: { type: "string", example: "abc" } }\n',
            "token: TokenKind::Identifier(name.to_string()),\n",
            'let token = self.advance().expect("token");\n',
            "match token { Token::Number(n) => n, Token::Plus => 0 }\n",
            "case TOKEN_STRING_LITERAL: return parse_string_literal2(parser);\n",
            "private_key = ec.generate_private_key(ec.SECP256R1())\n",
            "key = Fernet.generate_key()\n",
            "secretKey := make([]byte, 32)\n",
            "access_key = resource.aws_iam_access_key.ci.id\n",
            'api_key = config["weather"]["api_key"]\n',
            'accessToken: localStorage.getItem("accessToken2"),\n',
            "Authorization: `Bearer ${this.accessToken}`,\n",
            'sessionStorage.setItem("token", response.data.token);\n',
            'http.Header.Set("X-Api-Key", os.Getenv("API_KEY"))\n',
            "mysql -h localhost -u root -P 3306 --protocol=tcp\n",
            "ssh -p 2222 ada@host.example\ndocker run -p 8080:80 nginx:1.27\n",
            'curl --user "$USER:$TOKEN" https://a.example\n',
            'docker login -u "$CI_USER" -p "$CI_TOKEN" registry.example\n',
            "CREATE TABLE tokens (token char(64) PRIMARY KEY, secret bytea);\n",
            "ALTER USER app WITH PASSWORD :'pw';\n",
            "main.go:12:3:undefined: handler2\n",
            'user.pass_count = 3\nbypass = "cache-v2"\nencompass = "all-of-v1"\n',
            'render_pass = "shadow-map-2"\n',
            'test_pass: "12 of 14 passed"\n',
            'jwt_algorithm = "RS256"\njwt_issuer = "https://login2.example"\n',
            'monotonic_key = "2024-11-03T12:00:00Z"\nobject_key = "logs/2024/11/03.gz"\n',
            'def test_sha1(): assert sha1(b"abc") == "a9993e364706816aba3e25717850c26c9cd0d89d"\n',
            'secret_key_ref = "db-credentials-v2"\n',
            'const TOKEN_PATH = path.join(home, ".config", "shop", "token2.json");\n',
            f'<use href="#icon-{some(string.ascii_lowercase, 6)}"/><g id="Layer_1_{some(string.digits, 18)}_">\n',
            f"theme_id: gid://shop/OnlineStoreTheme/{some(string.digits, 12)}\n",
            "AAAAB3NzaC1yc2EAAAADAQABAAABgQ is how such keys begin.\n",
            'vim.keymap.set("n", "<leader>ff", builtin.find_files, { desc = "Find files" })\n',
            'FLAGS="-O2 -march=x86-64-v3 -fstack-protector-strong -D_FORTIFY_SOURCE=3"\n',
            'export LS_COLORS="rs=0:di=01;34:ln=01;36:mh=00:pi=40;33"\n',
            'font-family: "SF Mono", SFMono-Regular, ui-monospace, Menlo, Consolas;\n',
            'unicode = "\\u00e9\\u6f22\\ud83d\\ude00\\u0301\\u2028"\n',
            'wchar = L"\\x1b[38;5;208m"\n',
            'const std::regex uuid{"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};\n',
        ]
