#!/usr/bin/env python3
"""Makes the dumps that the upgrade test (tests/it/upgrade.rs) migrates: a small installation of an older wapro, on both profiles.

    tests/run.sh --services -- python3 tests/upgrade/make.py WAPRO FOLDER

WAPRO is the older binary, FOLDER where the dumps go (tests/upgrade/<commit>). It starts that binary with a separate data folder
and a separate simulator, drives it by its API as two tenants, stops it, and writes for each profile

    sqlite.sql  mysql.sql     the database: schema and rows
    sqlite.json mysql.json    the keys and passwords of the installation, and what its API answered last

Everything in it is made up; the encryption key is VAULT below. It waits by the clock: it runs once a release, by hand.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

VAULT = "upgrade:" + "5a" * 32
PASSWORD = "correct horse battery"
LISTS = ["/channels", "/contacts", "/tags", "/conversations", "/messages", "/statuses", "/media", "/account-events",
         "/webhook-events", "/api-keys"]
IMAGE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(method, url, body=None, headers=None, raw=None):
    """The status and the JSON (or text) of a response."""
    data, headers = raw, dict(headers or {})
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def until(what, condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"this did not happen in {seconds} s: {what}")


class Database:
    """The installation's database while wapro is stopped."""

    def execute(self, sql):
        raise NotImplementedError

    def dump(self):
        raise NotImplementedError


class Sqlite(Database):
    name = "sqlite"

    def __init__(self, folder):
        self.folder = folder
        self.environment = {}

    def file(self):
        return next(self.folder.glob("*.db"))

    def execute(self, sql):
        connection = sqlite3.connect(self.file())
        rows = connection.execute(sql).fetchall()
        connection.commit()
        connection.close()
        return rows

    def dump(self):
        connection = sqlite3.connect(self.file())
        # What is left in the file of writes belongs to the database.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        text = "\n".join(connection.iterdump()) + "\n"
        connection.close()
        return text

    def remove(self):
        pass


class MySql(Database):
    name = "mysql"

    def __init__(self, _):
        url = urllib.parse.urlsplit(os.environ["WAPRO_TEST_MYSQL_URL"])
        self.base = f"wapro_upgrade_{os.getpid()}"
        self.client = ["--no-defaults", "--protocol=tcp", f"--host={url.hostname}", f"--port={url.port}", f"--user={url.username}"]
        self.password = {"MYSQL_PWD": url.password}
        self.run(["mariadb", *self.client, "-e", f"CREATE DATABASE {self.base} CHARACTER SET utf8mb4"])
        self.environment = {
            "WAPRO_DATABASE_URL": f"{url.geturl().rstrip('/')}/{self.base}",
            "WAPRO_REDIS_URL": os.environ["WAPRO_TEST_REDIS_URL"],
            "WAPRO_REDIS_PREFIX": self.base,
        }

    def run(self, command):
        done = subprocess.run(command, env={**os.environ, **self.password}, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{command[0]}: {done.stderr}")
        return done.stdout

    def execute(self, sql):
        lines = self.run(["mariadb", *self.client, "--batch", "--skip-column-names", self.base, "-e", sql]).splitlines()
        return [tuple(line.split("\t")) for line in lines]

    def dump(self):
        text = self.run(["mariadb-dump", *self.client, "--compact", "--skip-extended-insert", "--hex-blob", "--no-tablespaces",
                         "--default-character-set=utf8mb4", "--order-by-primary", self.base])
        # A comment for MariaDB's own client, which other servers refuse.
        return re.sub(r"^/\*M!999999.*\n", "", text)

    def remove(self):
        self.run(["mariadb", *self.client, "-e", f"DROP DATABASE {self.base}"])


class Installation:
    """An older wapro with its simulator."""

    def __init__(self, wapro, database, folder):
        self.wapro, self.database, self.folder = wapro, database, folder
        self.port, sim = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.sim_base = f"http://127.0.0.1:{sim}"
        plain = {"PATH": os.environ["PATH"], "WAPRO_METRICS_LISTEN": "", "WAPRO_LOG": "warn", "WAPRO_DATA_DIR": str(folder)}
        self.environment = {
            **plain, **database.environment, "WAPRO_LISTEN": f"127.0.0.1:{self.port}", "WAPRO_ENCRYPTION_KEYS": json.dumps([VAULT]),
            "WAPRO_SIMULATOR__URL": self.sim_base,
        }
        simulator = {**plain, "WAPRO_LISTEN": f"127.0.0.1:{sim}", "WAPRO_SIMULATOR__PROFILE": "fast",
                     "WAPRO_SIMULATOR__REACH": json.dumps([f"127.0.0.1:{self.port}"])}
        self.simulator = self.start("simulator", simulator)
        until("the simulator answers", lambda: self.answers(f"{self.sim_base}/_sim/health"))
        self.process = None

    def start(self, role, environment):
        log = open(self.folder / f"{role}.log", "ab")
        return subprocess.Popen([self.wapro, role], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @staticmethod
    def answers(url):
        try:
            return call("GET", url)[0] == 200
        except OSError:
            return False

    def open(self, role):
        self.process = self.start(role, self.environment)
        until(f"{role} is ready", lambda: self.answers(f"{self.base}/readyz"))

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.process = None

    def end(self):
        for process in (self.process, self.simulator):
            if process:
                process.kill()
                process.wait()

    def command(self, *arguments, told=""):
        done = subprocess.run([self.wapro, *arguments], env=self.environment, cwd=self.folder, input=told, capture_output=True,
                              text=True, check=False)
        if done.returncode:
            sys.exit(f"{arguments}: {done.stderr}")
        return done.stdout

    def sim(self, path, body):
        status, answer = call("POST", f"{self.sim_base}/_sim{path}", body)
        if status != 200:
            sys.exit(f"the simulator refused {path}: {answer}")
        return answer

    def rest(self):
        """Nothing is left to do: neither for the simulator nor for wapro."""
        def calm():
            settled = call("GET", f"{self.sim_base}/_sim/health")[1]["settled"]
            work = self.database.execute("SELECT (SELECT COUNT(*) FROM messaging_inbox) + (SELECT COUNT(*) FROM host_outbox)")
            return settled and int(work[0][0]) == 0
        for _ in range(3):
            until("all is at rest", calm)
            time.sleep(0.7)


class Tenant:
    """A business: its people, keys and numbers."""

    def __init__(self, at, name):
        self.at, self.name = at, name
        self.id = re.search(r"ten_[0-9a-f]+", at.command("tenant", "add", name)).group()
        self.email = f"owner@{name.lower()}.example"
        at.command("user", "add", self.email, "--name", f"Owner of {name}", "--tenant", self.id, "--role", "owner",
                   told=PASSWORD + "\n")
        self.channels, self.key, self.serial = [], "", 0

    def api(self, method, path, body=None, expect=None, **more):
        headers = {"Authorization": f"Bearer {self.key}", **more}
        status, answer = call(method, f"{self.at.base}/api/v1{path}", body, headers)
        if status >= 400 if expect is None else status != expect:
            sys.exit(f"{self.name}: {method} {path} answered {status}: {answer}")
        return answer

    def sign_in(self):
        """The first API keys are made by a person."""
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        def post(path, body):
            request = urllib.request.Request(f"{self.at.base}/api/v1{path}", json.dumps(body).encode(), {
                "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"})
            return json.load(jar.open(request, timeout=30))
        post("/session", {"email": self.email, "password": PASSWORD})
        scopes = [it["name"] for it in json.load(jar.open(f"{self.at.base}/api/v1/permissions"))["items"]]
        self.key = post("/api-keys", {"name": "Everything", "scopes": scopes})["key"]
        self.limited = post("/api-keys", {"name": "Contacts only", "scopes": ["contacts:read"]})["key"]

    def connect(self, name, number):
        made = self.at.sim("/provision", {"phone_number": number, "verified_name": self.name, "waba_name": f"{self.name} {name}"})
        keep = ["phone_number_id", "waba_id", "access_token", "app_secret", "verify_token"]
        channel = {key: made[key] for key in keep}
        shown = self.api("POST", "/channels", {"name": name, "kind": "simulated", **channel})
        channel.update(id=shown["id"], app_id=made["app_id"], phone_number=number, webhook_url=shown["webhook_url"])
        report = self.api("POST", f"/channels/{shown['id']}/test")
        if not report["ok"]:
            sys.exit(f"{self.name}: the number does not work: {report}")
        self.channels.append(channel)

    def writes(self, sender, text, channel=0, **more):
        spec = {"phone_id": self.channels[channel]["phone_number_id"], "from": sender, "type": "text", "text": {"body": text}, **more}
        wamid = self.at.sim("/inbound", spec)["wamid"]
        self.at.rest()
        return wamid

    def template(self, to, channel=0, **more):
        return self.api("POST", "/messages", {
            "channel_id": self.channels[channel]["id"], "to": {"phone": to}, "type": "template",
            "template": {"name": "hello_world", "language": "en_US"}}, expect=202, **more)

    def text(self, to, text, **more):
        return self.api("POST", "/messages", {"channel_id": self.channels[0]["id"], "to": {"phone": to}, "type": "text",
                                              "text": {"body": text}, **more}, expect=202)

    def told(self, field, value, channel=0):
        """A webhook as WhatsApp sends it, signed with the secret of the number's app."""
        channel = self.channels[channel]
        entry = {"id": channel["waba_id"], "time": int(time.time()), "changes": [{"field": field, "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(channel["app_secret"].encode(), body, hashlib.sha256).hexdigest()
        path = urllib.parse.urlsplit(channel["webhook_url"]).path
        status, answer = call("POST", self.at.base + path, raw=body, headers={
            "Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"})
        if status != 200:
            sys.exit(f"{self.name}: a webhook was answered {status}: {answer}")

    def told_message(self, sender, content, name="Somebody", wa_id=None):
        self.serial += 1
        wamid = f"wamid.{self.name}{self.serial}"
        self.told("messages", {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "447700900555", "phone_number_id": self.channels[0]["phone_number_id"]},
            "contacts": [{"wa_id": wa_id or sender, "profile": {"name": name}}],
            "messages": [{"from": sender, "id": wamid, "timestamp": str(int(time.time())), **content}]})
        return wamid

    def everything(self, path):
        rows, after = [], ""
        while True:
            page = self.api("GET", f"{path}?limit=200{after}")
            rows += page["items"]
            if not page.get("next"):
                return rows
            after = f"&after={page['next']}"

    def known(self):
        shown = {path: self.everything(path) for path in LISTS}
        return {"id": self.id, "email": self.email, "key": self.key, "limited_key": self.limited, "channels": self.channels,
                "shown": shown}


def life(tenant):
    """What a business does in a day."""
    ana, ben = "447700900123", "447700900124"
    tenant.api("POST", "/contacts", {"name": "Ana Lima", "phone": "+" + ana, "tags": ["VIP", "Café"], "note": "Likes tea",
                                     "attributes": {"city": "Lisbon"}})
    first = tenant.writes(ana, "Is my order on its way?", name="Ana")
    answer = tenant.text("+" + ana, "It left this morning")
    tenant.at.rest()
    tenant.text("+" + ana, "You will have it tomorrow", reply_to=answer["id"])
    tenant.writes(ben, "Do you open on Sundays?", name="Ben")
    tenant.at.sim("/inbound", {"phone_id": tenant.channels[0]["phone_number_id"], "from": ana, "type": "image",
                               "image": {"caption": "The gate"}})
    tenant.at.rest()
    # What was changed afterwards.
    wrong = tenant.told_message(ana, {"type": "text", "text": {"body": "By mistake"}}, "Ana")
    edited = tenant.told_message(ana, {"type": "text", "text": {"body": "Good morning"}}, "Ana")
    tenant.at.rest()
    tenant.told_message(ana, {"type": "revoke", "revoke": {"original_message_id": wrong}}, "Ana")
    tenant.told_message(ana, {"type": "edit", "edit": {
        "original_message_id": edited, "message": {"type": "text", "text": {"body": "Good evening"}}}}, "Ana")
    tenant.told_message(ana, {"type": "reaction", "reaction": {"message_id": first, "emoji": "\U0001f44d"}}, "Ana")
    tenant.at.rest()
    # Templates: read, refused, failed afterwards; a request that a program makes twice.
    tenant.template("+447700900125")
    tenant.template("+999000131026")
    tenant.template("+999001131026")
    tenant.template("+447700900126", **{"Idempotency-Key": "order-7"})
    tenant.template("+447700900126", **{"Idempotency-Key": "order-7"})
    tenant.at.rest()
    # One person whose number was typed otherwise than WhatsApp writes it.
    tenant.template("+52 1 55 5000 0009")
    tenant.at.rest()
    tenant.writes("5215550000009", "Hola", name="Luz")
    # Consent, the timeline, and what nothing is done with.
    tenant.told("user_preferences", {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900555", "phone_number_id": tenant.channels[0]["phone_number_id"]},
        "user_preferences": [{"wa_id": ben, "detail": "asked for it", "category": "marketing_messages", "value": "stop",
                              "timestamp": int(time.time())}]})
    tenant.told("message_template_status_update", {
        "event": "PAUSED", "message_template_id": 594, "message_template_name": "summer", "message_template_language": "en",
        "reason": "NONE"})
    tenant.told("payment_configuration_update", {"configuration_name": "x"})
    status, _ = call("POST", f"{tenant.at.base}/api/v1/media", raw=IMAGE, headers={
        "Authorization": f"Bearer {tenant.key}", "Content-Type": "image/png"})
    if status != 201:
        sys.exit(f"an upload was answered {status}")
    tenant.at.rest()


def lines(value):
    """JSON with a line for each row of a list."""
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {lines(it)}" for key, it in value.items()) + "\n}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(it, ensure_ascii=False) for it in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def make_bulk(database, due):
    """Makes the chunks that wait a campaign's, due in so many seconds: no operation of the API sends a campaign yet. A chunk differs
    by lane and queue only."""
    chunks = "lane = 'transactional' AND done = 0"
    database.execute(f"UPDATE messaging_chunks SET lane = 'bulk' WHERE {chunks}")
    at = {"sqlite": f"strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+{due} seconds')",
          "mysql": f"UTC_TIMESTAMP(6) + INTERVAL {due} SECOND"}[database.name]
    database.execute("UPDATE host_jobs SET queue = 'bulk', payload = REPLACE(payload, '\"transactional\"', '\"bulk\"'), "
                     f"run_at = {at} WHERE kind = 'messaging.send_chunk' AND payload LIKE '%\"transactional\"%'")


def make(wapro, database, folder, out):
    at = Installation(wapro, database, folder)
    try:
        at.command("reseller", "add", "Northwind")
        acme, globex = Tenant(at, "Acme"), Tenant(at, "Globex")
        at.open("run")
        for tenant, number in ((acme, "+447700900555"), (globex, "+447700900666")):
            tenant.sign_in()
            tenant.connect("Main line", number)
        acme.connect("Second line", "+447700900556")
        for tenant in (acme, globex):
            life(tenant)
        globex.api("PUT", "/modules/contacts", {"enabled": True})

        # A campaign of a number that is held before the first message left.
        at.close()
        at.open("serve")
        for n in range(3):
            acme.template(f"+44770090020{n}", channel=1)
        at.close()
        make_bulk(database, 6)
        at.open("run")
        acme.told("account_update", {"event": "DISABLED_UPDATE", "ban_info": {
            "waba_ban_state": ["DISABLE"], "waba_ban_date": "April 17, 2026"}}, channel=1)
        until("the campaign waits for its number", lambda: database.execute(
            "SELECT 1 FROM host_jobs WHERE kind = 'messaging.send_chunk' AND fence > 0 AND last_error LIKE '%held%'"))
        at.rest()
        at.close()

        # What nobody has worked on yet when it is stopped: a campaign, replies, sends, webhooks.
        at.open("serve")
        for n in range(3):
            acme.template(f"+44770090030{n}")
        at.close()
        make_bulk(database, 0)
        at.open("serve")
        for tenant in (acme, globex):
            tenant.template("+447700900127")
            conversation = next(it for it in tenant.everything("/conversations") if it["contact"]["phone"] == "+447700900123")
            tenant.api("POST", f"/conversations/{conversation['id']}/messages",
                       {"type": "text", "text": {"body": "Sent by the next version"}}, expect=202)
            tenant.told_message("447700900128", {"type": "text", "text": {"body": "Stored by the version before"}}, "Nadia")
        at_last = datetime.now(timezone.utc).isoformat()
        known = {"made_at": at_last, "vault": VAULT, "password": PASSWORD, "acme": acme.known(), "globex": globex.known()}
        at.close()
        (out / f"{database.name}.sql").write_text(database.dump())
        (out / f"{database.name}.json").write_text(lines(known) + "\n")
    finally:
        at.end()
        database.remove()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    wapro, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for kind in (Sqlite, MySql):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            make(wapro, kind(folder), folder, out)


main()
