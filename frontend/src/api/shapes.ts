// The server's answers under the names that the pages use.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Study = Schemas["StudyShown"];
export type StudyHome = Schemas["StudyHome"];
export type Board = Schemas["BoardShown"];
export type Link = Schemas["LinkShown"];
export type NewLink = Schemas["LinkMade"];
export type Invitation = Schemas["Invitation"];
export type Person = Schemas["PersonShown"];
export type Erased = Schemas["Erased"];
export type Session = Schemas["SessionShown"];
