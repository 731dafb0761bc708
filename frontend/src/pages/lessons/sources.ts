// What a lesson was learnt from, as an address, and how it is named.

import { say } from "../../words/words.svelte";

/** Its name, without what it says itself. */
export function sourceName(address: string): string {
  const [kind = "", rest = ""] = split(address);
  const [of = "", , range = ""] = rest.split(/([:/])/u);
  switch (kind) {
    case "topic":
      return say("lessons.of_topic", { of });
    case "note":
      return say("lessons.of_note", { group: of });
    case "source":
      return say("lessons.of_source", { of, range });
    case "intervention":
      return say("lessons.of_intervention");
    case "checkin":
      return say("lessons.of_checkin");
    case "question":
      return say("lessons.of_question");
    case "figure":
      return say("lessons.of_figure", { of: rest });
    default:
      return address;
  }
}

function split(address: string): readonly string[] {
  const at = address.indexOf(":");
  return at < 0 ? [address] : [address.slice(0, at), address.slice(at + 1)];
}
