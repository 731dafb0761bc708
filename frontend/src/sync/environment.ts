/** Everything the sync layer asks of the browser, so that it runs without one. */

export interface SocketEvents {
  opened(): void;
  received(frame: Uint8Array): void;
  /** Once, whoever closed it; also when it never opened. */
  closed(code: number, reason: string): void;
}

export interface Socket {
  send(frame: Uint8Array): void;
  close(): void;
}

/** A name that one tab at a time holds; the browser gives it up when the tab dies. */
export interface Locks {
  /** True when this tab holds `name` from now on; false when another one does. `fresh`: nobody else can know the name. */
  hold(name: string, fresh: boolean): Promise<boolean>;
  release(name: string): void;
}

export interface Environment {
  /** Milliseconds, never going back. */
  now(): number;
  /** ISO 8601, the device's clock. */
  date(): string;
  /** Run `task` in `ms` milliseconds; the function returned takes it back. */
  after(ms: number, task: () => void): () => void;
  /** 0 ≤ random < 1. */
  random(): number;
  /** A new id of 22 characters or so. */
  id(): string;
  connect(path: string, events: SocketEvents): Socket;
  readonly indexedDB: IDBFactory | null;
  readonly locks: Locks;
  /** `wake`: the network or the page came back. `unload` answers whether leaving would lose something. */
  watch(wake: () => void, unload: () => boolean): () => void;
}

export function browserEnvironment(): Environment {
  return {
    now: () => performance.now(),
    date: () => new Date().toISOString(),
    after(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    id: () => randomId(),
    connect: openWebSocket,
    indexedDB: browserDatabases(),
    locks: browserLocks(),
    watch,
  };
}

// where a browser keeps nothing, some miss the name and some throw at the mere mention of it
function browserDatabases(): IDBFactory | null {
  try {
    return globalThis.indexedDB ?? null;
  } catch {
    return null;
  }
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

// crypto.randomUUID is missing where a workshop runs over plain http in a local network
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => LETTERS[byte & 31]).join("");
}

function openWebSocket(path: string, events: SocketEvents): Socket {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.received(new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => events.closed(code, reason);
  return {
    // after the network went the browser may still call the socket open: what is not acknowledged is kept anyway
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
    close: () => socket.close(),
  };
}

function watch(wake: () => void, unload: () => boolean): () => void {
  const visible = (): void => {
    if (document.visibilityState === "visible") wake();
  };
  const leaving = (event: BeforeUnloadEvent): void => {
    if (unload()) event.preventDefault();
  };
  window.addEventListener("online", wake);
  window.addEventListener("offline", wake);
  window.addEventListener("pageshow", wake);
  window.addEventListener("beforeunload", leaving);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", wake);
    window.removeEventListener("pageshow", wake);
    window.removeEventListener("beforeunload", leaving);
    document.removeEventListener("visibilitychange", visible);
  };
}

function browserLocks(): Locks {
  if (typeof navigator !== "undefined" && "locks" in navigator && navigator.locks) return webLocks(navigator.locks);
  return askingLocks();
}

function webLocks(manager: LockManager): Locks {
  const held = new Map<string, () => void>();
  return {
    hold: (name) =>
      new Promise((resolve) => {
        if (held.has(name)) return resolve(true);
        manager
          .request(name, { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock === null ? undefined : new Promise<void>((release) => held.set(name, release));
          })
          .catch(() => resolve(false));
      }),
    release(name) {
      held.get(name)?.();
      held.delete(name);
    },
  };
}

const ASKED_MS = 400; // a tab in the background answers messages within a few milliseconds, unless it is frozen

/** Where Web Locks are missing (plain http): ask the other tabs. */
function askingLocks(): Locks {
  const held = new Set<string>();
  if (typeof BroadcastChannel === "undefined") {
    // nobody can be asked: never take what may be another tab's
    return { hold: async (_name, fresh) => fresh, release: () => undefined };
  }
  const channel = new BroadcastChannel("seedbed-locks");
  const asking = new Map<string, () => void>();
  channel.onmessage = ({ data }: MessageEvent<{ ask?: string; held?: string }>) => {
    if (data.ask !== undefined && held.has(data.ask)) channel.postMessage({ held: data.ask });
    if (data.held !== undefined) asking.get(data.held)?.();
  };
  return {
    hold: (name, fresh) =>
      new Promise((resolve) => {
        if (fresh || held.has(name)) {
          held.add(name);
          return resolve(true);
        }
        if (asking.has(name)) return resolve(false);
        const timer = setTimeout(() => {
          asking.delete(name);
          held.add(name);
          resolve(true);
        }, ASKED_MS);
        asking.set(name, () => {
          clearTimeout(timer);
          asking.delete(name);
          resolve(false);
        });
        channel.postMessage({ ask: name });
      }),
    release: (name) => void held.delete(name),
  };
}
