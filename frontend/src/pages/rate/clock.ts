// How long somebody looks at one text: the clock stands while nobody looks.

export class Clock {
  #since = 0;
  #spent = 0;

  /** Milliseconds so far. */
  get spent(): number {
    return this.#spent + (this.#since > 0 ? Date.now() - this.#since : 0);
  }

  begin(spent: number, runs: boolean): void {
    this.#spent = spent;
    this.#since = runs ? Date.now() : 0;
  }

  hold(): void {
    this.#spent = this.spent;
    this.#since = 0;
  }

  go(): void {
    if (this.#since === 0) this.#since = Date.now();
  }
}
