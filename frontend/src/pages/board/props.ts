// What every page of a board is given by the door.

import type { Activity } from "../../activities";
import type { GuideStore } from "../../guide.svelte";
import type { Study } from "../../sync";

export interface BoardProps {
  study: string;
  group: string;
  /** The activity's name in addresses. */
  name: string;
  activity: Activity;
  live: Study;
  /** The id of who is at the page. */
  person: string;
  guide: GuideStore;
}
