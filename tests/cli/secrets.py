#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two hundred secrets of all kinds, written in every way, and the search for them.

    secrets.py make FOLDER          the files `output` (what a step is to write, a line of Python literals per piece), `known` (a secrets file),
                                    `wanted` (what must not be found) and `ordinary` (lines that must be found)
    secrets.py write FOLDER         writes the output, as the step does
    secrets.py terminal FILE WORD…  runs a command on a terminal of its own and keeps what it shows in FILE
    secrets.py search FOLDER ROOT   looks at every byte of every file below ROOT
"""

import base64
import os
import pathlib
import pty
import random
import re
import sys
import urllib.parse

# Where a secret stands when nothing but the words around it says so.
PLACES = """
password={}¦user=bob password={} retries=3¦Password: {}¦db_password = {}¦"password": "{}",¦{{"user":"bob","clientSecret":"{}","n":1}}
DB_PASSWORD={}¦export API_TOKEN='{}'¦declare -x SECRET_KEY="{}"¦spring.datasource.password={}¦passphrase: {}¦auth_token={}; path=/
Server=tcp:db,1433;Initial Catalog=x;User ID=sa;Password={};Encrypt=True;¦AccountName=a;AccountKey={};EndpointSuffix=core
<Password>{}</Password>¦<add key="DbPassword" value="{}"/>¦<connection password="{}" user="bob"/>
tool --password {} --verbose¦tool --db-password={} x¦tool -Password {} -Force¦["tool", "--api-key", "{}"]¦+ tool --token '{}' run
mysql -uroot -p{} shop¦sshpass -p {} ssh host¦curl -u bob:{} https://example.com/¦redis-cli -h db -a {} ping¦ldapsearch -x -w {} -b dc=x
openssl rsa -in k -passin pass:{}¦echo bob:{} | chpasswd¦CREATE USER x IDENTIFIED BY '{}';¦ALTER ROLE a WITH PASSWORD '{}'
Authorization: Bearer {}¦"Authorization": "Basic {}"¦proxy-authorization: {}¦Set-Cookie: session={}; Path=/¦X-Api-Key: {}
https://bob:{}@example.com/repo.git¦postgresql://shop:{}@db:5432/shop¦https://x/y?sv=1&sig={}&se=2¦GET /?access_token={}&q=1
- {{name: DB_PASSWORD, value: {}}}¦machine example.com login bob password {}¦The password is {}¦password for bob: {}
""".strip().replace("\n", "¦").split("¦")

ORDINARY = [
    "copied 12 files to /srv/shop/web", "cat: /etc/passwd: Permission denied", "mkdir -p /srv/shop", "PASS: test-orders (12 ms)",
    "passwd: Authentication token manipulation error", "tests pass=12 fail=0", "http://localhost:8080/health@1 is up",
    "git clone git@example.com:shop/web.git", "PWD=/srv/shop", "unexpected token: }", "Basic authentication failed", "naïve café ☕ 日本語",
    "-----BEGIN CERTIFICATE-----", "keyboard: us", "author: Bob", "PasswordFile=/run/x", "the end of the line ",
]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
COLOUR = b"\x1b[1;31m"


def word(rng, length, more=""):
    """Something random that holds a digit."""
    return "".join(rng.choice(ALPHABET + more) for _ in range(length - 1)) + rng.choice("0123456789")


def tokens(rng):
    yield "ghp_" + word(rng, 36)
    yield "AKIA" + word(rng, 16).upper()
    yield "xoxb-" + word(rng, 12) + "-" + word(rng, 20)
    yield "glpat-" + word(rng, 20)
    yield "sk_live_" + word(rng, 24)
    yield "npm_" + word(rng, 36)
    yield "AIza" + word(rng, 35)
    yield "eyJhbGciOiJIUzI1NiJ9." + word(rng, 40) + "." + word(rng, 43)


def coloured(text):
    return b"".join(COLOUR + bytes([byte]) for byte in text) + b"\x1b[0m"


def key_lines(rng):
    return [base64.b64encode(rng.randbytes(48)).decode() for _ in range(6)]


class Maker:
    def __init__(self):
        self.rng = random.Random(7)
        self.pieces, self.wanted, self.known, self.ordinary = [], set(), [], []

    def ordinary_line(self):
        line = f"[{len(self.ordinary)}] {self.rng.choice(ORDINARY)}"
        self.ordinary.append(line)
        self.pieces.append(line.encode() + b"\n")

    def secret_line(self, before, secret, after, *, single=False):
        """The line as a whole, then cut within the secret at some place, then byte by byte, each in a write of its own."""
        line = before + secret + after + b"\n"
        cut = len(before) + self.rng.randrange(len(secret))
        self.pieces += [line, line[:cut], line[cut:]]
        if single:
            self.pieces += [line[i:i + 1] for i in range(len(line))]
        self.ordinary_line()

    def place(self, template):
        secret = word(self.rng, self.rng.randrange(10, 30)).encode()
        before, after = (part.replace("{{", "{").replace("}}", "}").encode() for part in template.split("{}"))
        self.wanted.add(secret)
        self.secret_line(before, secret, after, single=self.rng.random() < 0.2)
        self.pieces.append(before + coloured(secret) + after + b"\n")

    def token(self, secret):
        self.wanted.add(secret)
        self.secret_line(b"got ", secret, b" from it", single=True)
        self.pieces.append(b"got " + coloured(secret) + b" from it\n")
        for cut in range(4, len(secret)):
            self.pieces.append(b"got " + secret[:cut] + b"\n" + secret[cut:] + b" from it\n")

    def private_key(self):
        lines = key_lines(self.rng)
        self.wanted.update(line.encode() for line in lines)
        body = "\n".join(lines)
        self.pieces.append(f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n".encode())
        self.ordinary_line()

    def known_secret(self, secret):
        raw = secret.encode()
        self.known.append(secret)
        self.wanted.add(raw)
        self.secret_line(b"it is ", raw, b" indeed", single=True)
        for form in (urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)):
            self.wanted.add(form.encode())
            self.pieces.append(b"in an address " + form.encode() + b"&x=1\n")
        for cut in range(1, len(raw)):
            self.pieces.append(b"x " + raw[:cut] + b"\n  " + raw[cut:] + b" y\n")
        self.pieces.append(b"x " + coloured(raw) + b" y\n")
        for before in (b"", b"a", b"ab"):
            encoded = base64.b64encode(before + raw + b"cd")
            core = encoded[(len(before) * 8 + 5) // 6:(len(before) + len(raw)) * 8 // 6]
            self.wanted.add(core)
            self.pieces += [b"Basic " + encoded + b"\n", encoded[:9] + b"\n" + encoded[9:] + b"\n", encoded + b"\n"]
        self.ordinary_line()

    def make(self):
        for template in PLACES * 3:
            self.place(template)
        for _ in range(2):
            for secret in tokens(self.rng):
                self.token(secret.encode())
        for _ in range(5):
            self.private_key()
        for i in range(40):
            self.known_secret(word(self.rng, 6 + i % 25, " &/+\"'<>%:=@" if i % 2 else ""))


def make(folder):
    maker = Maker()
    maker.make()
    folder = pathlib.Path(folder)
    (folder / "output").write_text("".join(f"{piece!r}\n" for piece in maker.pieces))
    (folder / "wanted").write_text("".join(f"{secret!r}\n" for secret in sorted(maker.wanted)))
    (folder / "ordinary").write_text("".join(line + "\n" for line in maker.ordinary))
    (folder / "known").touch(0o600)
    (folder / "known").write_text("".join(secret + "\n" for secret in maker.known))
    print(f"{len(maker.wanted)} texts that must not be found, {len(maker.ordinary)} ordinary lines")


def literals(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield eval(line)  # pylint: disable=eval-used # written by make()


def write(folder):
    for piece in literals(os.path.join(folder, "output")):
        os.write(1, piece)


def terminal(path, words):
    with open(path, "wb") as shown:
        def read(fd):
            data = os.read(fd, 65536)
            shown.write(data)
            return data
        null = os.open("/dev/null", os.O_WRONLY)
        os.dup2(null, 1)
        status = pty.spawn(words, read)
    sys.exit(os.waitstatus_to_exitcode(status))


def files_below(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def search(folder, root):
    """Looks for each secret as it is, and in what is left without colours and line breaks."""
    wanted = list(literals(os.path.join(folder, "wanted")))
    found = looked = 0
    for path in files_below(root):
        data = pathlib.Path(path).read_bytes()
        joined = re.sub(rb"\x1b\[[0-9;]*m|\\x1b\[[0-9;]*m|\r?\n[ \t]*|[\r\0]", b"", data)
        looked += len(data)
        for secret in wanted:
            if secret in data or secret in joined:
                found += 1
                print(f"{path}: {secret!r}")
    print(f"{looked} bytes looked at, {found} finds")
    sys.exit(found != 0 or looked == 0)


def main():
    verb, *words = sys.argv[1:]
    if verb == "terminal":
        terminal(words[0], words[1:])
    {"make": make, "write": write, "search": search}[verb](*words)


main()
