// What one answers of a text: pure functions, so that keys and pages agree on what is complete.

import type { RatedRow, RatingTask, Scale } from "../../api/shapes";

export type Value = string | number | string[];
export type Values = Readonly<Record<string, Value>>;

export interface Answer {
  readonly values: Values;
  readonly critique: string;
  readonly skipped: boolean;
}

export const NOTHING: Answer = { values: {}, critique: "", skipped: false };

export const optionsOf = (scale: Scale | undefined): NonNullable<Scale["options"]> => scale?.options ?? [];

/** The free words beside the scales; a task may name them among its scales. */
export const CRITIQUE = "critique";

export const answered = (values: Values, scale: Scale): boolean => {
  const value = values[scale.id];
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
};

/** The scales that have to be answered and are not. */
export const missing = (scales: readonly Scale[], values: Values): Scale[] =>
  scales.filter((scale) => scale.required && !answered(values, scale));

/** `values` after `option` of `scale` was chosen: of several, once more takes it away. */
export function chosen(values: Values, scale: Scale, option: string | number): Values {
  if (!scale.several) return { ...values, [scale.id]: option };
  const before = values[scale.id];
  const list = Array.isArray(before) ? before : [];
  const word = String(option);
  const after = list.includes(word) ? list.filter((each) => each !== word) : [...list, word];
  // in the order of the scale, so that the same answer is the same however it came about
  const inOrder = optionsOf(scale).map((each) => String(each.value)).filter((each) => after.includes(each));
  return { ...values, [scale.id]: inOrder };
}

export const isChosen = (values: Values, scale: Scale, option: string | number): boolean => {
  const value = values[scale.id];
  return Array.isArray(value) ? value.includes(String(option)) : value === option;
};

/** What is sent. Of several answers none is one too, once a text is done: it is no silence. */
export function toSend(scales: readonly Scale[], { values, skipped }: Answer): Record<string, Value> {
  const none: [string, Value][] = skipped ? [] : scales.filter((scale) => scale.several).map(({ id }) => [id, []]);
  return { ...Object.fromEntries(none), ...values };
}

export const same = (a: Answer, b: Answer): boolean =>
  a.skipped === b.skipped && a.critique === b.critique && canonical(a.values) === canonical(b.values);

const canonical = (values: Values): string =>
  JSON.stringify(Object.entries(values).filter(([, value]) => !Array.isArray(value) || value.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));

export const answerOf = ({ values, critique, skipped }: RatedRow): Answer => ({ values, critique, skipped });

/** The words of a value on its scale. */
export function labelOf(scale: Scale | undefined, value: string | number): string {
  const option = optionsOf(scale).find((each) => String(each.value) === String(value));
  return option?.label || String(value);
}

export function words(scale: Scale | undefined, value: Value): string[] {
  return (Array.isArray(value) ? value : [value]).map((each) => labelOf(scale, each));
}

/** The scale that a number key answers: the one with the focus, else the first that is open. */
export function active(task: RatingTask, values: Values, focused: string | null): Scale | undefined {
  return task.scales.find((scale) => scale.id === focused) ?? task.scales.find((scale) => !answered(values, scale)) ?? task.scales[0];
}

/** The number key of the option at `index`: 1 to 9, and 0 for the tenth. Further ones are reached by Tab and the arrows. */
export const keyOf = (index: number): string | null => (index < 10 ? String((index + 1) % 10) : null);
