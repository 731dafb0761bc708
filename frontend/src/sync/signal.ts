/** A value that can be watched. Anything with `subscribe` like this one is a store to Svelte, which is not needed here. */
export interface Readable<T> {
  readonly value: T;
  /** `run` is called at once with the value, and again whenever it changes, until the returned function is called. */
  subscribe(run: (value: T) => void): () => void;
}

export class Signal<T> implements Readable<T> {
  #value: T;
  readonly #runs = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    // a copy: a listener may stop another one
    for (const run of [...this.#runs]) {
      try {
        if (this.#runs.has(run)) run(value);
      } catch (error) {
        // a page's mistake is the page's: here it would be taken for bad bytes from the server
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  subscribe(run: (value: T) => void): () => void {
    const own = (value: T): void => run(value); // the same function twice is two listeners
    this.#runs.add(own);
    own(this.#value);
    return () => this.#runs.delete(own);
  }
}
