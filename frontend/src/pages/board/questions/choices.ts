// What may be chosen for a topic or a type: the words of the taxonomy, those that the group added, those it uses.

import type { Label } from "../../../template";
import { folded } from "./hints";
import type { OwnLabel } from "./marks";

export interface Choices {
  readonly options: readonly { value: string; note?: string; mark?: string }[];
  /** The words of the taxonomy, folded. */
  readonly known: ReadonlySet<string>;
  /** The words that the group put on its list. */
  readonly proposed: ReadonlySet<string>;
}

/** `mark` is the word after what is the group's own. */
export function choicesOf(
  labels: readonly Label[],
  own: readonly OwnLabel[],
  used: readonly string[],
  mark: string,
): Choices {
  const known = new Set(labels.map(({ label }) => folded(label)));
  const proposed = new Map(own.filter(({ label }) => !known.has(folded(label))).map((each) => [folded(each.label), each]));
  const typed = new Map(
    used.filter((value) => value.length < 80).map((value) => [folded(value), value.trim()] as const),
  );
  return {
    known,
    proposed: new Set(proposed.keys()),
    options: [
      ...[...proposed.values()].map(({ label, definition }) => ({ value: label, note: definition, mark })),
      ...[...typed].filter(([key]) => key !== "" && !known.has(key) && !proposed.has(key)).map(([, value]) => ({ value, mark })),
      ...labels.map(({ label, definition }) => ({ value: label, note: definition })),
    ],
  };
}
