#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens to a filed application when the machine fails: kill -9 under load, SIGTERM under load, a full disk, a
read-only disk. Over HTTP, as clients see it. Prints TAP.

Usage: http_faults.py TONGBAN CASE.json READ_ONLY_SHIM [ROUNDS]"""
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 16
PROGRAM, TEMPLATE, SHIM = sys.argv[1:4]
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 50
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def citizen_id(n):
    first = "5116021980%02d%02d%03d" % (1 + n // 28000 % 12, 1 + n // 1000 % 28, n % 1000)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS)) % 11]


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(n):
    body = "MA%06d" % n
    rest = 11 - sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    first = "91511602" + body + ("X" if rest == 10 else "0" if rest == 11 else str(rest))
    return first + ALPHABET[(31 - sum(ALPHABET.index(c) * 3 ** i for i, c in enumerate(first)) % 31) % 31]


class Hall:
    """An installation in a folder, and the process that serves it."""

    def __init__(self, folder):
        self.folder, self.process, self.port, self.token = folder, None, 0, None
        subprocess.run([PROGRAM, "init", "--data", folder, "--demo"], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "demo-accounts.json"), encoding="utf-8") as file:
            self.accounts = {a["role"]: a for a in reversed(json.load(file))}
        self.hashes = []

    def start(self, **more):
        self.process = subprocess.Popen([PROGRAM, "serve", "--data", self.folder, "--listen", "127.0.0.1:0"], env={**os.environ, **more},
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "http://127.0.0.1:" in line:
                self.port = int(line.split("http://127.0.0.1:")[1].split("/")[0])
                break
        else:
            raise RuntimeError("serve did not start")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def ask(self, method, path, body=None, key=None, kind="application/json", connection=None):
        """Status and answer; None when the server went away before it answered."""
        own = connection is None
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": kind}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        try:
            connection.request(method, "/api/v1" + path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return None, None
        if own:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def sign_in(self):
        account = self.accounts["helper"]
        status, answer = self.ask("POST", "/sessions", {"user": account["user"], "password": account["password"]})
        if status not in (200, 201):
            raise RuntimeError(f"sign-in: {status} {answer}")
        self.token = answer["token"]

    def store_papers(self):
        for i in range(3):
            paper = b"%%PDF-1.4\n%% paper %d\n1 0 obj<<>>endobj\ntrailer<<>>\n%%%%EOF\n" % i
            status, answer = self.ask("POST", f"/files?name=paper-{i}.pdf", paper, kind="application/pdf")
            if status not in (200, 201):
                raise RuntimeError(f"upload: {status} {answer}")
            self.hashes.append(answer["hash"])

    def case(self, n):
        with open(TEMPLATE, encoding="utf-8") as file:
            text = file.read()
        for mark, value in (("@ID@", citizen_id(n)), ("@CREDIT@", credit_code(n)), ("@SERIAL@", "%06d" % n), ("@HASH1@", self.hashes[0]),
                            ("@HASH2@", self.hashes[1]), ("@HASH3@", self.hashes[2])):
            text = text.replace(mark, value)
        return json.loads(text)

    def verify(self):
        return subprocess.run([PROGRAM, "log", "verify", "--data", self.folder], capture_output=True, text=True)


class Load:
    """Clients that file until told to stop, or until the server is gone. answers: key -> number of what was acknowledged."""

    def __init__(self, hall, first):
        self.hall, self.next, self.answers, self.asked, self.other = hall, first, {}, {}, []
        self.lock, self.is_over = threading.Lock(), False
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.hall.port, timeout=30)
        while not self.is_over:
            with self.lock:
                n, self.next = self.next, self.next + 1
                self.asked[f"key-{n}"] = n
            status, answer = self.hall.ask("POST", "/cases", self.hall.case(n), f"key-{n}", connection=connection)
            if status is None:
                return
            with self.lock:
                if status == 201:
                    self.answers[f"key-{n}"] = answer
                else:
                    self.other.append((status, answer))

    def join(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


tests = []
failed = 0


def check(name, is_good, why=""):
    global failed
    tests.append(name)
    failed += not is_good
    print(f"{'ok' if is_good else 'not ok'} {len(tests)} - {name}", flush=True)
    if not is_good and why:
        print("# " + str(why)[:2000].replace("\n", "\n# "), flush=True)


def skip(name, why):
    tests.append(name)
    print(f"ok {len(tests)} - {name} # SKIP {why}", flush=True)


def all_there(hall, answers):
    for answer in answers.values():
        status, found = hall.ask("GET", f"/cases/{answer['no']}")
        if status != 200 or found["no"] != answer["no"]:
            return f"{answer['no']}: {status} {found}"
    return ""


def kill_rounds(folder):
    hall = Hall(folder)
    hall.start()
    hall.sign_in()
    hall.store_papers()
    acknowledged, asked, first, lost = {}, {}, 0, ""
    for i in range(ROUNDS):
        load = Load(hall, first)
        time.sleep(random.uniform(0.05, 0.5))
        hall.end(signal.SIGKILL)
        load.join()
        first = load.next
        acknowledged.update(load.answers)
        asked.update(load.asked)
        hall.start()
        lost = lost or all_there(hall, load.answers)
    check(f"{ROUNDS} rounds of kill -9: each of {len(acknowledged)} acknowledged cases is there", not lost and acknowledged, lost)
    doubled = ""
    for key, n in asked.items():
        status, answer = hall.ask("POST", "/cases", hall.case(n), key)
        if status != 201 or (key in acknowledged and answer["no"] != acknowledged[key]["no"]):
            doubled = doubled or f"{key}: {status} {answer}, before {acknowledged.get(key)}"
        acknowledged.setdefault(key, answer)
    numbers = {a["no"] for a in acknowledged.values() if a and "no" in a}
    check(f"the same keys again give the same {len(asked)} cases, none doubled", not doubled and len(numbers) == len(asked), doubled)
    hall.end(signal.SIGTERM)
    verified = hall.verify()
    check("log verify holds after all of it, files included", verified.returncode == 0, verified.stdout + verified.stderr)


def terminate_under_load(folder):
    hall = Hall(folder)
    hall.start()
    hall.sign_in()
    hall.store_papers()
    load = Load(hall, 0)
    time.sleep(1.5)
    begun = time.monotonic()
    status = hall.end(signal.SIGTERM)
    took = time.monotonic() - begun
    load.join()
    hall.start()
    lost = all_there(hall, load.answers)
    check(f"SIGTERM under load ends within 12 s with status 0 and loses none of {len(load.answers)} cases",
          status == 0 and took < 12 and load.answers and not lost, f"status {status}, {took:.1f} s, {lost}")
    hall.end(signal.SIGTERM)


def mount(folder, *options):
    return os.geteuid() == 0 and subprocess.run(["mount", *options, folder], stderr=subprocess.DEVNULL).returncode == 0


def full_disk(folder):
    if not mount(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        skip("a full disk gives a clear 503 and the service recovers", "no right to mount a small disk here")
        return
    try:
        hall = Hall(folder)
        hall.start()
        hall.sign_in()
        hall.store_papers()
        before, _ = hall.ask("POST", "/cases", hall.case(1), "before")
        with open(os.path.join(folder, "filler"), "wb") as filler:
            try:
                while True:
                    filler.write(b"\0" * 65536)
                    filler.flush()
            except OSError:
                pass
        full, answer = 201, None
        for n in range(2, 400):
            full, answer = hall.ask("POST", "/cases", hall.case(n), f"full-{n}")
            if full != 201:
                break
        reads, _ = hall.ask("GET", "/items?q=")
        os.unlink(os.path.join(folder, "filler"))
        after = None
        for n in range(20):
            after, _ = hall.ask("POST", "/cases", hall.case(500), "after")
            if after == 201:
                break
            time.sleep(0.5)
        hall.end(signal.SIGTERM)
        verified = hall.verify()
        check("a full disk gives a clear 503 and the service recovers",
              before == 201 and full == 503 and answer.get("code") == "full" and reads == 200 and after == 201 and verified.returncode == 0,
              f"before {before}, full {full} {answer}, reads {reads}, after {after}, {verified.stdout}")
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def refused_while_read_only(hall, name, make_writable):
    """Writing is refused with 503 and a code of its own while reading goes on; afterwards it goes on where it was."""
    status, answer = hall.ask("POST", "/cases", hall.case(2), "during")
    paper, why = hall.ask("POST", "/files?name=a.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", kind="application/pdf")
    reads, _ = hall.ask("GET", "/items?q=")
    mine, _ = hall.ask("GET", f"/cases/{hall.first['no']}")
    make_writable()
    after, found = None, None
    for _ in range(20):
        after, found = hall.ask("POST", "/cases", hall.case(2), "during")
        if after == 201:
            break
        time.sleep(0.5)
    kept, _ = hall.ask("GET", f"/cases/{hall.first['no']}")
    hall.end(signal.SIGTERM)
    verified = hall.verify()
    codes = [answer.get("code") if answer else None, why.get("code") if why else None]
    check(name, [status, paper] == [503, 503] and codes == ["read_only"] * 2 and [reads, mine, after, kept] == [200, 200, 201, 200]
          and verified.returncode == 0,
          f"during {status} {answer}, {paper} {why}, reads {reads} {mine}, after {after} {found}, {kept}, {verified.stdout}")


def begun(folder, **more):
    hall = Hall(folder)
    hall.start(**more)
    hall.sign_in()
    hall.store_papers()
    status, hall.first = hall.ask("POST", "/cases", hall.case(1), "before")
    if status != 201:
        raise RuntimeError(f"the first case: {status} {hall.first}")
    return hall


def disk_turns_read_only(folder):
    flag = folder + ".read-only"
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    hall = begun(folder, LD_PRELOAD=SHIM, ASAN_OPTIONS=sanitizer, READ_ONLY_DIR=folder, READ_ONLY_FLAG=flag)
    with open(flag, "wb"):
        pass
    refused_while_read_only(hall, "a disk that turns read-only gives a clear 503, and the running service recovers", lambda: os.unlink(flag))


def kernel_turns_disk_read_only(folder):
    """A real ext4 that the kernel takes out of service at an error, with the files of the running program open."""
    name = "a file system that the kernel makes read-only gives a clear 503; repaired and mounted again, all is there"
    image = folder + ".image"
    with open(image, "wb") as file:
        file.truncate(96 << 20)
    made = shutil.which("mkfs.ext4") and subprocess.run(["mkfs.ext4", "-q", image], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not made or os.geteuid() != 0 or subprocess.run(["mount", "-o", "loop,errors=remount-ro", image, folder], stderr=subprocess.DEVNULL,
                                                      check=False).returncode != 0:
        os.unlink(image)
        skip(name, "no right to mount an ext4 here")
        return
    try:
        device = os.path.basename(subprocess.run(["findmnt", "-no", "SOURCE", folder], capture_output=True, text=True, check=True).stdout.strip())
        trigger = f"/sys/fs/ext4/{device}/trigger_fs_error"
        if not os.path.exists(trigger):
            skip(name, "the kernel offers no trigger for an error of a file system")
            return
        hall = begun(folder)
        with open(trigger, "w", encoding="ascii") as file:
            file.write("test")

        def repair():
            hall.end(signal.SIGTERM)
            subprocess.run(["umount", folder], check=True)
            subprocess.run(["e2fsck", "-fy", image], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            subprocess.run(["mount", "-o", "loop", image, folder], check=True)
            hall.start()

        refused_while_read_only(hall, name, repair)
    finally:
        subprocess.run(["umount", "-l", folder], stderr=subprocess.DEVNULL, check=False)
        os.unlink(image)


def read_only_disk(folder):
    name = "a read-only disk: the service says so and does not start, and starts again afterwards"
    if not mount(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        skip(name, "no right to mount here")
        return
    try:
        hall = Hall(folder)
        hall.start()
        hall.sign_in()
        hall.store_papers()
        before, _ = hall.ask("POST", "/cases", hall.case(1), "before")
        hall.end(signal.SIGTERM)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        refused = subprocess.run([PROGRAM, "serve", "--data", folder, "--listen", "127.0.0.1:0"], capture_output=True,
                                 text=True, timeout=30)
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        hall.start()
        after, _ = hall.ask("POST", "/cases", hall.case(2), "after")
        hall.end(signal.SIGTERM)
        check(name, before == 201 and refused.returncode == 2 and refused.stderr and after == 201,
              f"before {before}, {refused.returncode} {refused.stderr}, after {after}")
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def main():
    for part in (kill_rounds, terminate_under_load, full_disk, read_only_disk, disk_turns_read_only, kernel_turns_disk_read_only):
        folder = tempfile.mkdtemp(prefix="tongban-faults-")
        try:
            part(folder)
        except Exception as failure:  # a crash of the test itself is a failure of the test
            check(part.__name__, False, repr(failure))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{len(tests)}")
    return 1 if failed else 0


sys.exit(main())
