// Light, dark, or as the system says; kept in this browser.

import { keep, kept } from "./kept";

export type Look = "system" | "light" | "dark";

const LOOKS: readonly Look[] = ["system", "light", "dark"];

const stored = kept("look");
let chosen = $state<Look>(LOOKS.find((look) => look === stored) ?? "system");

export const look = {
  get chosen(): Look {
    return chosen;
  },
  choose(next: Look): void {
    chosen = next;
    keep("look", next);
    if (next === "system") delete document.documentElement.dataset["look"];
    else document.documentElement.dataset["look"] = next;
  },
};
