// The topics that debriefs kept, by the addresses under which lessons name them; live while something shows them.

import { entries, text } from "../../agenda";
import { studyOf } from "../../studies";

export class KeptTopics {
  #of = $state.raw<ReadonlyMap<string, readonly (readonly [string, string])[]>>(new Map());

  /** Address and name of each. */
  get all(): readonly (readonly [string, string])[] {
    return [...this.#of.values()].flat();
  }

  /** Look at these debriefs from now on; the answer ends it. */
  hold(study: string, person: string, debriefs: readonly string[]): () => void {
    const stops = debriefs.map((debrief) => {
      const board = studyOf(study, person).document(`board/${debrief}/debrief`);
      const stop = board.state.subscribe((snapshot) => {
        const kept = entries(snapshot, "topics").map(([id, topic]) => [`topic:${debrief}/${id}`, text(topic["name"])] as const);
        this.#of = new Map([...this.#of, [debrief, kept]]);
      });
      return () => {
        stop();
        board.leave();
      };
    });
    return () => stops.forEach((stop) => stop());
  }
}
