# SPDX-License-Identifier: Apache-2.0
"""What the smoke journeys share: a server of its own in a temporary folder, signed-in persons, steps that print.

Only the program's own interfaces are used: its commands and its API, as any client would."""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse


class Failed(Exception):
    pass


class Steps:
    """Prints every step with its time; counts."""

    def __init__(self):
        self.count = 0
        self.began = time.monotonic()

    def say(self, text):
        self.count += 1
        print("%3d  %6.2f s  %s" % (self.count, time.monotonic() - self.began, text), flush=True)

    def part(self, text):
        print("\n== %s" % text, flush=True)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """`tongban init --demo` and `tongban serve` on a free port. Everything that it answers is kept for the search for
    personal values at the end."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="tongban-smoke-")
        self.data = os.path.join(self.folder.name, "data")
        self.process = None
        self.port = None
        self.public = []  # answers given to nobody in particular
        self.log_path = os.path.join(self.folder.name, "serve.log")

    def run(self, *arguments, expect=0, stdin=None):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, input=stdin)
        if done.returncode != expect:
            raise Failed("tongban %s: exit status %d instead of %d\n%s%s" % (
                " ".join(arguments), done.returncode, expect, done.stdout, done.stderr))
        return done.stdout

    def start(self):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--log"],
            stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found.group(1))
                return
        raise Failed("serve ended without saying its address; " + open(self.log_path).read()[-2000:])

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=20) != 0:
            raise Failed("serve ended with %d" % self.process.returncode)
        self.process.stdout.close()
        self.process = None

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def call(self, method, path, body=None, token=None, key=None, kind=None, expect=(200, 201), lang="zh"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Accept-Language": lang}
        if token:
            headers["Authorization"] = "Bearer " + token
        if key:
            headers["Idempotency-Key"] = key
        if isinstance(body, bytes):
            headers["Content-Type"] = kind or "application/octet-stream"
        elif body is not None:
            body = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        if not token:
            self.public.append(answer.body)
        expect = expect if isinstance(expect, tuple) else (expect,)
        if answer.status not in expect:
            raise Failed("%s %s: %d instead of %s\n%s\n%s" % (
                method, path, answer.status, "/".join(map(str, expect)),
                "sent: " + body.decode(errors="replace")[:1500] if isinstance(body, bytes) else "",
                answer.body.decode(errors="replace")[:3000]))
        return answer

    def api(self, method, path, body=None, **options):
        return self.call(method, "/api/v1" + path, body, **options)


class Person:
    """Somebody signed in."""

    def __init__(self, server, account):
        self.server, self.user, self.role = server, account["user"], account["role"]
        self.name = account.get("name", account["user"])
        signed = server.api("POST", "/sessions", {"user": account["user"], "password": account["password"]}).json
        if self.role not in signed["roles"]:
            raise Failed("%s should be %s, is %s" % (self.user, self.role, signed["roles"]))
        self.token = signed["token"]

    def get(self, path, **options):
        return self.server.api("GET", path, token=self.token, **options)

    def post(self, path, body=None, **options):
        return self.server.api("POST", path, {} if body is None else body, token=self.token, **options)

    def upload(self, name, data, kind):
        return self.server.api("POST", "/files?name=" + urllib.parse.quote(name), data, token=self.token, kind=kind).json


# ---- values ---------------------------------------------------------------------------------------------------------

def citizen_id(first17):
    """GB 11643: the check character of ISO 7064 MOD 11-2."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights)) % 11]


def credit_code(first17):
    """GB 32100: MOD 31-3, with the embedded organisation code of GB 11714 made right first."""
    digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    organisation = first17[8:16]
    total = sum((int(c, 36)) * w for c, w in zip(organisation, [3, 7, 9, 10, 5, 8, 4, 2]))
    check = (11 - total % 11) % 11
    first17 = first17[:16] + ("X" if check == 10 else str(check))
    weights = [pow(3, i, 31) for i in range(17)]
    total = sum(digits.index(c) * w for c, w in zip(first17, weights))
    return first17 + digits[(31 - total % 31) % 31]


def pdf(text):
    """A small PDF that opens; each text makes another one."""
    stream = "BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               "<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
               "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += "%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += "xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += "".join("%010d 00000 n \n" % place for place in places)
    out += "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return out.encode()


def fault_places(answer):
    return sorted(error["pointer"] for error in answer.json["errors"])


def need(condition, what, shown=None):
    if not condition:
        raise Failed(what + ("" if shown is None else ": " + json.dumps(shown, ensure_ascii=False)[:2500]))


def fail(message):
    print("\nFAILED: " + message, file=sys.stderr)
