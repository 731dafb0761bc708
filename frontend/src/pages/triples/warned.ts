// Who is not shown replies that fail before they have read what to expect.

import type { GuideMe } from "../../guide.svelte";

/** Whether the warning is still to be answered. Who only reads, and who belongs to no group, is not asked. */
export function unwarned(me: GuideMe | null): boolean {
  return me !== null && me.misaligned === null && me.role !== "observer" && me.group !== "";
}
