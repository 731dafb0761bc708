// Filling in a phrase: `{name}` takes a value, and `n` chooses between the form for one and the form for several.

export type PhraseValues = Readonly<Record<string, string | number>>;
export type Forms = { readonly one: string; readonly other: string };

export function filled(phrase: string | Forms, values: PhraseValues, locale: string): string {
  const text = typeof phrase === "string" ? phrase : phrase[form(Number(values["n"] ?? 0), locale)];
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => shown(values[name], locale) ?? hole);
}

function form(n: number, locale: string): keyof Forms {
  return new Intl.PluralRules(locale).select(n) === "one" ? "one" : "other";
}

function shown(value: string | number | undefined, locale: string): string | undefined {
  return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
}
