/**
 * Text that people type together, in the browser. Pages import from here only.
 *
 *     const study = openStudy({ study: "pilot", person: me.id });
 *     const board = study.document("board/A/questions");
 *     const binding = board.bind(textarea, "question:k3f9");    // binding.destroy() when the field goes
 *     board.saved.subscribe(({ now, changes }) => …);           // every Readable is a Svelte store
 *     const answer = await board.command("row.add", { after: "k3f9" });
 *
 * The law of this folder: what a person has typed is in memory, and in IndexedDB where there is one, until the server
 * says that it is on disk; then, or when it was refused and the person has decided, and at no other time, it goes.
 *
 * Nothing can be typed before the first WELCOME: only then is there a client id to type under, and a page that has not
 * seen the text yet would let people type into a void. From then on a page that loses the network goes on typing.
 * Texts are not cached between page loads: without a network the page itself does not load, and what is redacted on the
 * server must not live on in browsers.
 */

export { openStudy, type StudyOptions } from "./study";
export type { Readable } from "./signal";
export type {
  Access,
  Answer,
  Binding,
  BindOptions,
  BoardEvent,
  Change,
  ConnectionState,
  Extent,
  Json,
  LargePaste,
  Limits,
  Piece,
  Present,
  Range,
  RefusedText,
  SavedState,
  SharedDocument,
  Snapshot,
  Study,
  TextField,
} from "./types";
