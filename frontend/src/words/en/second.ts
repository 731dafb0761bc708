// What is said at the second session and by the model helper, in English. Fetched when either is opened.

import { helper } from "./helper.ts";
import { session2 } from "./session2.ts";

export const second = { ...helper, ...session2 };
