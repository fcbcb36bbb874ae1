"""What every walk through a client library needs: a separate account in the simulator, a receiver for its webhooks,
one line per call, and a count that cannot be right when nothing ran."""

import asyncio
import inspect
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx

GRAPH_HOSTS = {"graph.facebook.com", "api.facebook.com"}


class Walk:
    """Counts calls; a call passes when it raises nothing and what it answers is what is wanted."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, [], 0

    async def step(self, what, call, want=bool):
        """Runs `call`, awaits what it gives back when that is needed, and hands the result on."""
        try:
            result = call()
            if inspect.isawaitable(result):
                result = await result
            if not want(result):
                raise AssertionError(f"not what was wanted: {str(result)[:300]}")
        except Exception as error:  # noqa: BLE001 - a walk goes on after a stumble
            self.failed.append(what)
            print(f"FAIL {self.name} {what}: {type(error).__name__}: {str(error)[:400]}", flush=True)
            return None
        self.passed += 1
        print(f"ok   {self.name} {what}", flush=True)
        return result

    def skip(self, what, reason):
        self.skipped += 1
        print(f"skip {self.name} {what}: {reason}", flush=True)

    def covered(self, offered, walked, reasons):
        """Every call that the library offers was made or is left out for a reason; and no reason is out of date."""
        for what in sorted(offered & reasons.keys()):
            self.skip(what, reasons[what])
        forgotten = sorted(offered - walked - reasons.keys())
        stale = sorted(reasons.keys() & walked) + sorted(reasons.keys() - offered)
        return not forgotten and not stale or self.failed.append(f"forgotten: {forgotten}; stale reasons: {stale}")

    def end(self, least):
        """The last line; false when something failed or fewer than `least` calls ran."""
        print(f"{self.name}: {self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped", flush=True)
        for what in self.failed:
            print(f"  failed: {what}", flush=True)
        if self.passed < least:
            print(f"  only {self.passed} calls ran; a walk has at least {least}", flush=True)
        return not self.failed and self.passed >= least


class Simulator:
    """The control surface, as far as a walk needs it."""

    def __init__(self, base):
        self.base = base.rstrip("/")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/_sim/{path}", data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def account(self, **wanted):
        return self.call("POST", "provision", wanted)

    def inbound(self, **message):
        return self.call("POST", "inbound", message)["wamid"]


def to_simulator(base, transport_class):
    """A transport that carries what is meant for Meta's hosts to the simulator; the library itself stays as it is."""
    target = httpx.URL(base)

    def moved(request):
        if request.url.host in GRAPH_HOSTS:
            request.url = request.url.copy_with(scheme=target.scheme, host=target.host, port=target.port)
            request.headers["host"] = target.netloc.decode()
        return request

    if transport_class is httpx.AsyncHTTPTransport:

        class Asynchronous(httpx.AsyncHTTPTransport):
            async def handle_async_request(self, request):
                return await super().handle_async_request(moved(request))

        return Asynchronous()

    class Synchronous(httpx.HTTPTransport):
        def handle_request(self, request):
            return super().handle_request(moved(request))

    return Synchronous()


class Receiver:
    """An HTTP server that hands the handshake and every webhook to the library, and keeps what the library answered."""

    def __init__(self, challenge, update):
        self.bodies, self.answers = [], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                self.answer(*challenge(query))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                text, status = update(body, self.headers.get("x-hub-signature-256"))
                outer.bodies.append(body)
                outer.answers.append(status)
                self.answer(text, status)

            def answer(self, text, status):
                data = str(text).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


async def until(condition, seconds=15):
    """Waits for something that happens elsewhere, and lets the loop go on; what the condition said last."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found
