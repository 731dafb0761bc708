// Where two texts differ.

/** What two texts begin and end with alike, and what is between: [before, was, now, after], cut between words. */
export function between(was: string, now: string): readonly [string, string, string, string] {
  const [a, b] = [was.split(/(\s+)/u), now.split(/(\s+)/u)];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [
    a.slice(0, start).join(""),
    a.slice(start, a.length - end).join(""),
    b.slice(start, b.length - end).join(""),
    end === 0 ? "" : a.slice(-end).join(""),
  ];
}
