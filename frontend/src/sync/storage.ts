/**
 * IndexedDB, as a write-behind: what is put or deleted is gathered and written by one transaction at a time. A write
 * that fails is kept and tried again with the next one; until it succeeds `kept` is false, and the page says so.
 */

import { Signal, type Readable } from "./signal";

export const STORES = {
  /** Updates without an ACK: [page, order] → Kept (see queue.ts). */
  updates: { keyPath: ["page", "order"], owner: ["study", "person", "doc"] },
  /** Commands without an answer: id → Pending (see commands.ts). */
  commands: { keyPath: "id", owner: ["study", "person", "doc"] },
  /** What was refused and waits for the person: id → Held (see quarantine.ts). */
  refused: { keyPath: "id", owner: ["study", "person", "doc"] },
} as const;

export type StoreName = keyof typeof STORES;

/** Whose records: the study, the person, the document. */
export type Owner = readonly [study: string, person: string, doc: string];

interface Operation {
  readonly store: StoreName;
  readonly key: IDBValidKey;
  readonly value: unknown; // undefined: delete
}

const DATABASE = "seedbed";
const PATIENCE_MS = 3000; // some browsers never answer an open() (a blocked upgrade, a storage service that crashed)

export class Storage {
  readonly #factory: IDBFactory | null;
  readonly #after: (ms: number, task: () => void) => () => void;
  #database: Promise<IDBDatabase | null> | null = null;
  #waiting = new Map<string, Operation>();
  #writing: Promise<void> | null = null;
  readonly #kept = new Signal(true);

  constructor(factory: IDBFactory | null, after: (ms: number, task: () => void) => () => void) {
    this.#factory = factory;
    this.#after = after;
    if (!factory) this.#kept.set(false);
  }

  /** False when the device does not keep what it was given. */
  get kept(): Readable<boolean> {
    return this.#kept;
  }

  put(store: StoreName, key: IDBValidKey, value: object): void {
    this.#add({ store, key, value });
  }

  delete(store: StoreName, key: IDBValidKey): void {
    this.#add({ store, key, value: undefined });
  }

  /** Everything of `owner`, in key order. Empty where there is no storage. */
  async all<T>(store: StoreName, owner: Owner): Promise<T[]> {
    await this.settled();
    const database = await this.#open();
    if (!database) return [];
    try {
      const reading = database.transaction(store).objectStore(store).index("owner").getAll([...owner]);
      return await answered<T[]>(reading);
    } catch {
      this.#failed();
      return [];
    }
  }

  /** When what was given up to now was written, or could not be. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #add(operation: Operation): void {
    if (!this.#factory) return;
    // a later operation on a key replaces the earlier one, so that a device that refuses does not fill the memory
    this.#waiting.set(`${operation.store} ${JSON.stringify(operation.key)}`, operation);
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // what one task gives goes into one transaction: a text leaves the queue as it is quarantined
    while (this.#waiting.size > 0) {
      const batch = this.#waiting;
      this.#waiting = new Map();
      if (await this.#commit([...batch.values()])) {
        this.#kept.set(true);
        continue;
      }
      this.#waiting = new Map([...batch, ...this.#waiting]);
      this.#failed();
      return;
    }
  }

  async #commit(operations: Operation[]): Promise<boolean> {
    const database = await this.#open();
    if (!database) return false;
    try {
      const transaction = database.transaction([...new Set(operations.map(({ store }) => store))], "readwrite");
      for (const { store, key, value } of operations) {
        if (value === undefined) transaction.objectStore(store).delete(key);
        else transaction.objectStore(store).put(value);
      }
      return await new Promise((resolve) => {
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false); // quota, most of all
      });
    } catch {
      return false;
    }
  }

  #failed(): void {
    this.#kept.set(false);
    this.#database = null; // the browser may have closed it (storage was cleared): open anew the next time
  }

  #open(): Promise<IDBDatabase | null> {
    return (this.#database ??= new Promise((resolve) => {
      if (!this.#factory) return resolve(null);
      const late = this.#after(PATIENCE_MS, () => {
        this.#failed();
        resolve(null);
      });
      const opened = (database: IDBDatabase | null): void => {
        late();
        resolve(database);
      };
      try {
        const request = this.#factory.open(DATABASE, 1);
        request.onupgradeneeded = () => {
          for (const [name, { keyPath, owner }] of Object.entries(STORES)) {
            request.result
              .createObjectStore(name, { keyPath: keyPath as string | string[] })
              .createIndex("owner", [...owner]);
          }
        };
        request.onerror = () => opened(null);
        request.onsuccess = () => {
          const database = request.result;
          database.onversionchange = () => database.close();
          database.onclose = () => (this.#database = null);
          opened(database);
        };
      } catch {
        opened(null); // private mode of some browsers
      }
    }));
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}
