// What the desk says besides what everybody reads, in Portuguese: the road, the programme, facilitation, curation, review. Fetched
// with its pages.

import { curate } from "./curate.ts";
import { debrief } from "./debrief.ts";
import { hall } from "./hall.ts";
import { lead } from "./lead.ts";
import { lessons } from "./lessons.ts";
import { mine } from "./mine.ts";
import { offers } from "./offers.ts";
import { organiser } from "./organiser.ts";
import { release } from "./release.ts";
import { review } from "./review.ts";
import { road } from "./road.ts";
import { second } from "./second.ts";
import { trace } from "./trace.ts";
import { withdrawals } from "./withdrawals.ts";

export const desk = { ...curate, ...debrief, ...hall, ...lead, ...mine, ...offers, ...lessons, ...organiser, ...release, ...review, ...road, ...second, ...trace, ...withdrawals };
