/** A page of a study in a test: a tab, a document, a field. */

import { openStudy, type BindOptions, type Binding, type SharedDocument, type Study } from "../index";
import { Field } from "./field";
import { Peer } from "./peer";
import { Device, Tab, World } from "./world";

export const DOC = "board/A/questions";
export const NAME = "question:r1";

export interface Page {
  readonly tab: Tab;
  readonly study: Study;
  readonly document: SharedDocument;
  readonly field: Field;
  readonly binding: Binding;
}

export function open(device: Device, options: BindOptions = {}, trouble?: () => Promise<string | null>): Page {
  const tab = new Tab(device);
  const study = openStudy({
    study: "pilot",
    person: device.person,
    environment: tab.environment,
    ...(trouble && { trouble }),
  });
  const document = study.document(DOC);
  const field = new Field();
  return { tab, study, document, field, binding: document.bind(field, NAME, options) };
}

export interface Pair {
  readonly peer: Peer;
  readonly world: World;
  readonly home: Device;
  readonly away: Device;
  readonly a: Page;
  readonly b: Page;
}

/** Two people with the same text before them. */
export async function two(options: BindOptions = {}, limits: Partial<Peer["limits"]> = {}): Promise<Pair> {
  const peer = new Peer();
  peer.limits = { ...peer.limits, ...limits };
  const world = new World(peer);
  const home = new Device(world, "p_a");
  const away = new Device(world, "p_b");
  const a = open(home, options);
  const b = open(away);
  await world.quiet();
  return { peer, world, home, away, a, b };
}
