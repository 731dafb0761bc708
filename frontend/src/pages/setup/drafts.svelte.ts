// What an organiser edits and has not saved. It stays while the tab is open, whichever page is shown. What another
// organiser saves meanwhile is taken over where nothing was changed here, and offered beside one's own where it was.

import { untrack } from "svelte";
import { codeOf, Refused } from "../../api/api";
import type { GuideStore } from "../../guide.svelte";
import { me } from "../../me.svelte";
import { type Kept, SECTION, SECTIONS, type Section, type SectionName } from "./sections";
import { type Around, faulty } from "./spec";
import { type Item, keyed, plain, same } from "./values";

export class Draft {
  readonly name: SectionName;
  readonly section: Section;
  /** As the server has it. */
  base = $state.raw<Item | null>(null);
  now = $state.raw<Item>({});
  /** What another organiser saved, where it is neither the base nor what stands here. */
  theirs = $state.raw<Item | null>(null);
  busy = $state(false);
  refusal = $state<string | null>(null);
  /** Whether to show what is wrong: not before saving was tried. */
  checked = $state(false);
  /** The version that the labels became by the last saving. */
  version = $state<number | null>(null);
  /** Another organiser's change was taken over. */
  renewed = $state(false);

  constructor(name: SectionName) {
    this.name = name;
    this.section = SECTION[name];
  }

  // asked anew each time: a $derived would end with the page that it was first read on
  get changed(): boolean {
    return this.base !== null && !same(this.base, this.now);
  }

  set = (value: Item): void => {
    this.now = value;
    this.renewed = false;
    this.version = null;
  };

  came(value: Item): void {
    if (this.base !== null && same(value, this.base)) this.theirs = null;
    else if (this.base === null || !this.changed) {
      this.renewed = this.base !== null;
      this.base = value;
      this.now = keyed(value);
    } else if (same(value, this.now)) {
      this.base = value;
      this.theirs = null;
    } else this.theirs = value;
  }

  /** What was sent is saved, and is on the server as `value`. */
  settle(sent: Item, value: Item): void {
    const typed = !same(sent, this.now); // on, while it was under way
    this.base = value;
    this.theirs = null;
    if (!typed && !same(value, this.now)) this.now = keyed(value);
    this.checked = false;
  }

  discard = (): void => {
    this.take(this.theirs ?? this.base);
  };

  takeTheirs = (): void => this.take(this.theirs);

  keepMine = (): void => {
    this.base = this.theirs ?? this.base; // from here on my change is one of theirs
    this.theirs = null;
  };

  take(value: Item | null): void {
    if (value === null) return;
    this.base = value;
    this.now = keyed(value);
    this.theirs = null;
    this.refusal = null;
    this.checked = false;
  }
}

export class Drafts {
  readonly study: string;
  readonly guide: GuideStore;
  readonly all: Record<SectionName, Draft>;
  endpoints = $state.raw<readonly string[]>(["embedded"]);
  #groups: readonly string[] = [];
  // what is older than one's own last saving is not looked at
  #floor = { template: 0, labels: 0 };

  constructor(study: string, guide: GuideStore) {
    this.study = study;
    this.guide = guide;
    this.all = Object.fromEntries(SECTIONS.map((name) => [name, new Draft(name)])) as Record<SectionName, Draft>;
  }

  get unsaved(): readonly Draft[] {
    return SECTIONS.map((name) => this.all[name]).filter((draft) => draft.changed);
  }

  get groups(): readonly string[] {
    return this.#groups;
  }

  around(draft: Draft): Around {
    // an endpoint that is not there any more can still be taken out
    const steps = this.guide.template?.sessions.flatMap((session) => session.steps) ?? [];
    return { values: this.guide.taxonomy?.values ?? [], endpoints: this.endpoints, groups: this.#groups, steps, root: draft.now };
  }

  /** Look at what the guide holds now. */
  came(groups: readonly string[] = this.#groups): void {
    const found = this.guide.value;
    this.#groups = groups;
    if (found === null) return;
    untrack(() => {
      for (const name of SECTIONS) {
        const draft = this.all[name];
        const { labels } = draft.section;
        if (labels ? found.taxonomy.version < this.#floor.labels : found.template_version < this.#floor.template) continue;
        if (!draft.busy) draft.came(draft.section.open(found, groups));
      }
    });
  }

  /** Save a section; whether it is saved. What is in the way stands in the draft. */
  async save(draft: Draft): Promise<boolean> {
    if (draft.busy || draft.theirs !== null) return false;
    draft.refusal = null;
    draft.checked = true;
    if (faulty(draft.section.specs, draft.now, this.around(draft))) return false;
    draft.version = null;
    try {
      const before = await this.#fresh(0);
      draft.came(draft.section.open(before, this.#groups));
      if (draft.theirs !== null) return false;
      draft.busy = true;
      draft.now = draft.section.complete(draft.now);
      const sent = plain(draft.now);
      const version = await draft.section.put(this.study, sent, before);
      this.#floor[draft.section.labels ? "labels" : "template"] = version;
      const after = await this.#fresh(version, draft.section.labels);
      draft.settle(sent, draft.section.open(after, this.#groups));
      if (draft.section.labels) draft.version = version;
      return true;
    } catch (error) {
      draft.refusal = codeOf(error);
      return false;
    } finally {
      draft.busy = false;
      this.came();
    }
  }

  /** The guide as the server has it now, of that version at least. Rejects with Refused. */
  async #fresh(version: number, labels = false): Promise<Kept> {
    for (let turn = 0; ; turn++) {
      await this.guide.ask(); // one that was under way may be older
      const found = this.guide.value;
      if (this.guide.failed !== null || found === null) throw new Refused(this.guide.failed ?? "busy", 0);
      if (turn >= 3 || (labels ? found.taxonomy.version : found.template_version) >= version) return found;
    }
  }
}

const kept = new Map<string, Drafts>();

export function draftsOf(study: string, guide: GuideStore): Drafts {
  let found = kept.get(study);
  if (found === undefined || found.guide !== guide) kept.set(study, (found = new Drafts(study, guide)));
  return found;
}

me.changed(() => kept.clear());

addEventListener("beforeunload", (event) => {
  if ([...kept.values()].some((drafts) => drafts.unsaved.length > 0)) event.preventDefault();
});
