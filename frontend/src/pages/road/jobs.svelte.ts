// The acts that are at work in a study, or were: asked for again and again while the page is open.

import { api, codeOf } from "../../api/api";
import type { Job, JobAsked } from "../../api/shapes";

const BUSY = 1500; // ms between two looks while something runs
const IDLE = 10_000;

export class Jobs {
  list = $state.raw<readonly Job[] | null>(null);
  refusal = $state<string | null>(null);
  readonly study: string;
  #ended: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = true;

  /** `ended` is called whenever a job that ran is over. */
  constructor(study: string, ended: () => void = () => undefined) {
    this.study = study;
    this.#ended = ended;
    void this.look();
  }

  /** The newest job of these acts, and those that run. */
  of(...acts: Job["act"][]): Job[] {
    const mine = (this.list ?? []).filter((job) => acts.includes(job.act));
    return mine.filter((job, index) => index === 0 || job.state === "running");
  }

  get running(): readonly Job[] {
    return (this.list ?? []).filter((job) => job.state === "running");
  }

  look = async (): Promise<void> => {
    clearTimeout(this.#timer);
    const ran = this.running.map((job) => job.id);
    try {
      this.list = await api.get("/api/studies/{study}/jobs", { path: { study: this.study } });
      this.refusal = null;
      if (ran.some((id) => !this.running.some((job) => job.id === id))) this.#ended();
    } catch (error) {
      this.refusal = codeOf(error);
    }
    if (this.#open) this.#timer = setTimeout(() => void this.#again(), this.running.length > 0 ? BUSY : IDLE);
  };

  async #again(): Promise<void> {
    if (document.visibilityState === "visible") await this.look();
    else this.#timer = setTimeout(() => void this.#again(), IDLE);
  }

  /** Start an act; the refusal's code, or null. */
  start = async (asked: JobAsked): Promise<string | null> =>
    await this.#do(() => api.post("/api/studies/{study}/jobs", { path: { study: this.study }, body: asked }));

  pause = (job: Job): Promise<string | null> =>
    this.#do(() => api.post("/api/studies/{study}/jobs/{id}/pause", { path: { study: this.study, id: job.id } }));

  stop = (job: Job): Promise<string | null> =>
    this.#do(() => api.post("/api/studies/{study}/jobs/{id}/stop", { path: { study: this.study, id: job.id } }));

  resume = (job: Job): Promise<string | null> =>
    this.#do(() => api.post("/api/studies/{study}/jobs/{id}/resume", { path: { study: this.study, id: job.id } }));

  async #do(ask: () => Promise<unknown>): Promise<string | null> {
    try {
      await ask();
    } catch (error) {
      this.refusal = codeOf(error);
      return this.refusal;
    }
    await this.look();
    return null;
  }

  close(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }
}
