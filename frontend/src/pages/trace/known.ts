// The phrases of lineage by their keys: which of them there are.
export { trace as en } from "../../words/en/trace";
