// What every walk through a client library needs: a separate account in the simulator, a receiver for its webhooks,
// one line per call, and a count that cannot be right when nothing ran.
import { createServer } from 'node:http';

export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
export const hasMessage = (answer) => Boolean(answer?.messages?.[0]?.id);
export const succeeded = (answer) => answer?.success === true;

export class Walk {
  passed = 0;
  failed = [];
  skipped = 0;

  constructor(name) {
    this.name = name;
  }

  /** A call passes when it throws nothing, answers no error, and what it answers is what is wanted. */
  async step(what, call, want = Boolean) {
    try {
      const answer = await call();
      if (answer?.error) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
      if (!want(answer)) throw new Error(`not what was wanted: ${JSON.stringify(answer)?.slice(0, 300)}`);
      this.passed += 1;
      console.log(`ok   ${this.name} ${what}`);
      return answer;
    } catch (error) {
      this.failed.push(what);
      console.log(`FAIL ${this.name} ${what}: ${String(error?.message ?? error).slice(0, 400)}`);
      return undefined;
    }
  }

  skip(what, reason) {
    this.skipped += 1;
    console.log(`skip ${this.name} ${what}: ${reason}`);
  }

  /** Every call that the library offers was made or is left out for a reason; and no reason is out of date. */
  covered(offered, walked, reasons) {
    for (const what of offered) if (what in reasons) this.skip(what, reasons[what]);
    for (const what of offered) if (!walked.has(what) && !(what in reasons)) this.failed.push(`forgotten: ${what}`);
    for (const what of Object.keys(reasons)) {
      if (walked.has(what) || !offered.includes(what)) this.failed.push(`stale reason: ${what}`);
    }
  }

  /** The last line and the exit code. */
  end(least) {
    console.log(`${this.name}: ${this.passed} passed, ${this.failed.length} failed, ${this.skipped} skipped`);
    for (const what of this.failed) console.log(`  failed: ${what}`);
    if (this.passed < least) console.log(`  only ${this.passed} calls ran; a walk has at least ${least}`);
    return this.failed.length || this.passed < least ? 1 : 0;
  }
}

/** The methods of an object's class, without what belongs to the inside of the library. */
export function methods(object, prefix = '', not = []) {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((name) => name !== 'constructor' && !name.startsWith('_') && !name.startsWith('$') && !not.includes(name))
    .map((name) => prefix + name);
}

/** The object, remembering in `calls` which of its methods were taken. */
export function watched(object, calls, prefix = '') {
  return new Proxy(object, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value && typeof value === 'object' && prefix ? watched(value, calls, `${prefix}${String(name)}.`) : value;
      calls.add(prefix + String(name));
      return value.bind(target);
    },
  });
}

/** The control surface, as far as a walk needs it. */
export class Simulator {
  constructor(base) {
    this.base = base.replace(/\/+$/, '');
  }

  async call(method, path, body) {
    const answer = await fetch(`${this.base}/_sim/${path}`, { method, body: body && JSON.stringify(body) });
    const value = await answer.json();
    if (!answer.ok) throw new Error(`${method} /_sim/${path}: ${JSON.stringify(value)}`);
    return value;
  }

  account(wanted) {
    return this.call('POST', 'provision', wanted);
  }

  async inbound(message) {
    return (await this.call('POST', 'inbound', message)).wamid;
  }
}

/** An HTTP server that hands the handshake and every webhook to the library, and keeps what the library answered. */
export async function receiver(challenge, update) {
  const answers = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://receiver');
    let status = 200;
    let text = '';
    try {
      if (request.method === 'GET') {
        text = await challenge(Object.fromEntries(url.searchParams));
      } else {
        const pieces = [];
        for await (const piece of request) pieces.push(piece);
        await update(Buffer.concat(pieces), request.headers['x-hub-signature-256']);
      }
    } catch (error) {
      status = error?.httpStatus ?? 500;
      if (status !== 200) console.log(`# the receiver answered ${status}: ${error?.message}`);
    }
    if (request.method === 'POST') answers.push(status);
    response.writeHead(status).end(text);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}/webhook`, answers, close: () => server.close() };
}

/** Waits for something that happens elsewhere; what the condition said last. */
export async function until(condition, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await condition();
    if (found || Date.now() > end) return found;
    await new Promise((next) => setTimeout(next, 20));
  }
}
