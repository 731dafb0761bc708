/** The documents of one study on one connection. */

import { Connection } from "./connection";
import { OpenDocument } from "./document";
import { browserEnvironment, type Environment } from "./environment";
import { Signal } from "./signal";
import { together, wouldLose } from "./status";
import { Storage } from "./storage";
import type { SavedState, SharedDocument, Study } from "./types";

export interface StudyOptions {
  /** The study's name, as in its address. */
  readonly study: string;
  /** The id of who is signed in (`/api/me`): another person's unsent changes on this device are left alone. */
  readonly person: string;
  /** Asked when the socket does not open, twice in a row: a code (such as "signed_out") stops the trying, null goes on. */
  readonly trouble?: () => Promise<string | null>;
  /** Tests give their own; the browser's otherwise. */
  readonly environment?: Environment;
}

/** Connect to a study. One for a page: `close` it before another is opened. */
export function openStudy({ study, person, trouble, environment = browserEnvironment() }: StudyOptions): Study {
  const connection = new Connection(environment, `/api/studies/${encodeURIComponent(study)}/live`, trouble);
  const storage = new Storage(environment.indexedDB, environment.after);
  const saved = new Signal<SavedState>(together([]));
  const documents = new Map<string, { document: OpenDocument; stop: () => void }>();
  const tell = (): void => saved.set(together([...documents.values()].map(({ document }) => document.saved.value)));
  const unwatch = environment.watch(
    () => connection.wake(),
    () => wouldLose(saved.value),
  );
  connection.start();

  return {
    connection: connection.state,
    saved,
    document(name): SharedDocument {
      const open = documents.get(name);
      if (open) {
        open.document.stay();
        return open.document;
      }
      const document = new OpenDocument(environment, connection, storage, [study, person, name], () => {
        documents.get(name)?.stop();
        documents.delete(name);
        tell();
      });
      const entry = { document, stop: (): void => undefined };
      documents.set(name, entry);
      entry.stop = document.saved.subscribe(tell);
      return document;
    },
    retry: () => connection.retry(),
    close() {
      for (const { document } of [...documents.values()]) document.close();
      unwatch();
      connection.close();
    },
  };
}
