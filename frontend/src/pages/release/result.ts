// What a job of a release, or of its preview, came to.

import type { Job } from "../../api/shapes";

export interface ReleaseResult {
  readonly version: string;
  readonly bytes: number;
  /** Only figures are kept of a very large result. */
  readonly rows?: Readonly<Record<string, number>>;
  readonly left_out?: Readonly<Record<string, number>>;
  /** Of a preview: fields that nobody filled in, and what changed since the newest release. */
  readonly unsaid?: readonly string[];
  readonly since?: unknown;
}

export const resultOf = (job: Job): ReleaseResult | null =>
  job.state === "done" && job.result !== null && typeof job.result["version"] === "string" ? (job.result as unknown as ReleaseResult) : null;
