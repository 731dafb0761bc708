"""Every table and column of the record: its type and what it means. The files, the README in them and docs/record.md
follow this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["TABLES", "Column", "Table", "docs_page", "explained"]

Kind = Literal["text", "whole number", "number", "yes or no", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` marks what a person or a model wrote. Empty (null) where its meaning does not apply."""

    name: str
    meaning: str
    kind: Kind = "text"
    words: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table; a row of it is `row`."""

    row: str
    columns: tuple[Column, ...]


def _words(name: str, meaning: str) -> Column:
    return Column(name, meaning, words=True)


def _at(meaning: str, name: str = "at") -> Column:
    return Column(name, f"{meaning} (UTC, ISO 8601).", "time")


def _person(meaning: str, name: str = "person") -> Column:
    return Column(name, f"{meaning}, by pseudonym.")


_GROUP = Column("group", "The group whose board it is; on a debrief's board the debrief's id.")
_ACTIVITY = Column("activity", "Which of the group's boards: questions, triples or reflection; or debrief.")
_ROW = Column("row", "The row's id on its board.")
_FOR_GROUP = Column("group", "The group it was about; empty for none in particular.")
_STANDS = (
    Column("seed", "The id of the seed that the row was when boards were last taken up; empty where it was none."),
    Column(
        "held",
        "Why it may be no seed: no_consent, not_asked or taken_back, of any of its authors; empty where it may.",
    ),
    Column("place", "Its place on the board, from 1; empty for a removed row.", "whole number"),
    Column("removed", "Whether the row was removed from the board.", "yes or no"),
    _person("Who added the row", "added_by"),
    _at("When the row was added", "added_at"),
    Column("taxonomy", "The version of the labels that were in force when its label was last set.", "whole number"),
)
_AUTHORS = Column("authors", 'Those whose characters stand in its texts, most first, parted by ";".')
_VOTES = Column("votes", "Votes that stand for it.", "whole number")

TABLES: Mapping[str, Table] = {
    "people": Table("Someone who joined the workshop.", (
        _person("Who"),
        Column("role", "participant, observer, moderator or rater."),
        Column("group", "The group they are in now; empty for one who is in none."),
        _at("When they joined", "joined_at"),
        Column("removed", "Whether they were removed from the workshop.", "yes or no"),
        Column("anonymous", "Whether they chose to be without a name for the others of their group.", "yes or no"),
        Column("misaligned", "After the warning before misaligned writing: write, or opt_out; empty before an answer."),
        _words("position", "Their position, in their words; empty without their consent to demographics."),
        _words("background", "Their background, likewise."),
        _words("location", "Where they work or live, likewise."),
        _words("positionality", "What they say of where they speak from, likewise."),
    )),
    "consents": Table("One person's answer to one item of the consent, as it stands.", (
        _person("Who"),
        Column("item", "The item's id in the template, such as training."),
        Column("given", "Whether they agreed.", "yes or no"),
        Column("version", "How often the template had been set when they answered.", "whole number"),
        _at("When they answered"),
    )),
    "groups": Table("A group.", (
        Column("group", "Its name."),
        _at("When it was added; empty for a group of study.toml", "added_at"),
        Column("value", "The value it works on, by id in the taxonomy."),
        Column("goal_questions", "Questions it was to write.", "whole number"),
        Column("goal_triples", "Triples it was to write.", "whole number"),
    )),
    "steps": Table("A step that the workshop went to, in order.", (
        _at("When it began"),
        Column("step", "The step's id; empty for no step."),
        Column("session", "The id of its session; empty where the template has the step no more."),
        Column("kind", "welcome, questions, refine, break, bridge, triples, reflection or close."),
        _words("title", "Its title."),
        _person("Who went there"),
    )),
    "questions": Table("A row of a questions board, removed ones too.", (
        _GROUP, _ROW, *_STANDS,
        _words("question", "The question, exactly as it stands."),
        _words("topic", "The topic, as it was chosen or typed."),
        _words("question_type", "The question type, likewise."),
        _words("task", "What the prompt asks a model for, likewise."),
        _words("persona", "Who asks: words, or the id of a card of the template."),
        _words("scenario", "In which situation, likewise."),
        _AUTHORS,
        Column("written_by", "Whose words: human, model, model-edited-by-human or unknown."),
        _VOTES,
    )),
    "triples": Table("A row of a triples board, removed ones too.", (
        _GROUP, _ROW, *_STANDS,
        _words("question", "The prompt that is answered."),
        _words("misaligned", "The response that violates the value. Harmful by design."),
        _words("critique", "What is wrong with it."),
        _words("aligned", "The response put right."),
        _words("aligned_2", "A second rewrite, where two stand side by side."),
        _words("value", "The value, as it was chosen or typed. More values: table tags."),
        _words("stance", "What the aligned response stands for."),
        _words("stance_2", "What the second rewrite stands for."),
        _words("role_card", "The role they wrote in: words, or the id of a card of the template."),
        _words("scenario", "In which situation, likewise."),
        _AUTHORS,
        Column("misaligned_by", "Whose words: human, model, model-edited-by-human or unknown."),
        Column("critique_by", "Likewise."),
        Column("aligned_by", "Likewise."),
        Column("aligned_2_by", "Likewise."),
        _VOTES,
    )),
    "reflections": Table("A note of a reflection board, removed ones too.", (
        _GROUP, _ROW,
        Column("held", "no_consent, not_asked or taken_back, of any of its authors, as for the other boards."),
        Column("place", "Its place on the board, from 1; empty for a removed note.", "whole number"),
        Column("removed", "Whether the note was removed from the board.", "yes or no"),
        _person("Who added the note", "added_by"), _at("When the note was added", "added_at"),
        _words("note", "The note, exactly as it stands."),
        Column("prompt", "The prompt it was written under, by id in the template; empty for none."),
        _words("cluster", "The name under which the group put it together with others."),
        _AUTHORS, Column("written_by", "Whose words: human, model, model-edited-by-human or unknown."), _VOTES,
    )),
    "debriefs": Table("A note of a debrief's board, removed ones too.", (
        Column("group", "The id of the debrief in the template."), _ROW,
        Column("held", "no_consent, not_asked or taken_back, of any of its authors, as for the other boards."),
        Column("place", "Its place on the board, from 1; empty for a removed note.", "whole number"),
        Column("removed", "Whether the note was removed from the board.", "yes or no"),
        _person("Who added the note", "added_by"), _at("When the note was added", "added_at"),
        _words("note", "The note, exactly as it stands."),
        Column("prompt", "The prompt it was written under, by id in the template; empty for none."),
        _words("cluster", "Its topic: the name under which it was put together with others."),
        _AUTHORS, Column("written_by", "Whose words: human, model, model-edited-by-human or unknown."), _VOTES,
    )),
    "topics": Table("A topic of a debrief that was kept.", (
        Column("debrief", "The id of the debrief in the template."), Column("topic", "Its id."),
        _words("name", "Its name."), _person("Who kept it"), _at("When"),
    )),
    "fields": Table("What one person, or one call of a model, has in one field of a row: whose words it holds.", (
        _GROUP, _ACTIVITY, _ROW,
        Column("field", "The field's name, a column of questions or triples."),
        Column("how", "typed: character by character; set: as a whole, by who set it last."),
        _person("Whose characters; of a model's, who asked"),
        Column("call", "The call of the model that wrote them (table model_calls); empty for a person's own."),
        Column("pasted", "Where they said that pasted text came from: own, colleague, web, document, model, unsaid."),
        Column("characters", "How many of the field's characters (code points).", "whole number"),
        _at("When it was set; empty for what was typed"),
    )),
    "comments": Table("A comment that stands.", (
        _GROUP, _ACTIVITY, _ROW, Column("comment", "Its id."), _person("Who wrote it"), _at("When"),
        _words("text", "The comment."), Column("resolved", "Whether it was marked as dealt with.", "yes or no"),
    )),
    "returns": Table("A row that a curator gave back to its group, while the question stands.", (
        _GROUP, _ACTIVITY, _ROW, Column("seed", "The seed that the row is."), _person("Who gave it back"), _at("When"),
        _words("note", "What they ask for."), _at("When the group first changed the row since", "changed_at"),
    )),
    "votes": Table("A vote that stands.", (_GROUP, _ACTIVITY, _ROW, _person("Who voted"), _at("When"))),
    "reactions": Table("A reaction that stands.", (
        _GROUP, _ACTIVITY, _ROW, Column("emoji", "thumbs_up, heart, laugh, idea, question, surprise, sad, celebrate."),
        _person("Who reacted"), _at("When"),
    )),
    "versions": Table("A mark that somebody set on a row as it stood.", (
        _GROUP, _ACTIVITY, _ROW, Column("version", "Its id."), _person("Who marked it"), _at("When"),
        Column("seq", "The entry of the board's log up to which to replay it.", "whole number"),
        _words("note", "Why, in their words."),
    )),
    "slots": Table("Words of a question that can be replaced by others of their kind.", (
        _GROUP, _ROW, Column("slot", "Its id."), Column("kind", "The kind: country, medicine, …"),
        _words("text", "The words."), _person("Who marked them"), _at("When"),
    )),
    "labels": Table("A label that a participant added.", (
        _GROUP, _ACTIVITY, Column("label", "Its id on the board."),
        Column("of", "What it labels: topics, question_types, values or risks."),
        _words("name", "The label."), _words("definition", "What it means, in their words."),
        _person("Who added it"), _at("When"),
        Column("state", "proposed, accepted or declined."),
        Column("accepted_as", "The id of the taxonomy's label that it became; empty where it became none."),
    )),
    "tags": Table("A value or risk that people named for a row.", (
        _GROUP, _ACTIVITY, _ROW, Column("of", "value or risk."), _words("name", "The value or risk."),
        _person("Who named it"), _at("When"),
    )),
    "spans": Table("A part of a text that somebody pointed at.", (
        _GROUP, _ACTIVITY, _ROW, Column("span", "Its id."), Column("field", "The text it is in."),
        Column("start", "Where it starts in the text as it stands now, in code points from 0.", "whole number"),
        Column("end", "Where it ends: the number of the first code point after it.", "whole number"),
        _words("quoted", "What stands there now."), _words("risk", "The risk they see."),
        _words("note", "What they say of it."), _person("Who"), _at("When"),
    )),
    "ratings": Table("One person's judgement on one scale. Everyone's stands beside everyone's.", (
        _GROUP, _ACTIVITY, _ROW,
        Column("scale", "What is judged: misaligned, aligned or aligned_2 with .label or .grade; difficulty; "
                        "confidence."),
        _person("Who judged"),
        Column("labels", "On a .label scale: aligned, misaligned, in_between, unsure; several are parted by \";\"."),
        Column("grade", "Else the step: of .grade 1 (clearly misaligned) to 7 (clearly aligned), else 1 to 5.",
               "whole number"),
        _at("When"),
    )),
    "prompts": Table("A prompt that a row of a triples board was given, in the order in which it had them.", (
        _GROUP, _ROW, Column("number", "Its number among the row's prompts, from 1.", "whole number"),
        Column("current", "Whether the row has it now.", "yes or no"),
        Column("source", "grown: a row of a run; seed: a seed itself; own: a facilitator's words."),
        Column("from", "The id of that row or seed."), Column("run", "The run that grew it."),
        Column("parents", "The seeds it grew from, parted by \";\"."),
        _words("topic", "Its topic."), _words("question_type", "Its question type."),
        _person("Who gave it", "given_by"), _at("When"),
    )),
    "model_calls": Table("One call of a model that a person asked for.", (
        _GROUP, _ACTIVITY, Column("call", "Its id."), _person("Who asked"), _at("When"),
        Column("endpoint", "The endpoint's name in study.toml."), Column("model", "The model's name."),
        Column("purpose", "free, proposals, questions or shorten."),
        Column("row", "The row it was asked for; empty for none."),
        Column("batch", "The proposal that it is a part of."), Column("part", "Which part."),
        Column("temperature", "The sampling temperature.", "number"),
        Column("max_tokens", "The most tokens it might write.", "whole number"),
        Column("used", "The texts into which the reply was put, parted by \";\"; empty for a reply not used."),
        _words("prompt", "What the model was asked."), _words("reply", "What it replied."),
    )),
    "pastes": Table("Text that was pasted.", (
        _GROUP, _ACTIVITY, _ROW, Column("field", "The text it was pasted into."), _person("Who pasted"),
        Column("characters", "How many.", "whole number"),
        Column("origin", "Where they said it came from: own, colleague, web, document, model; unsaid."), _at("When"),
    )),
    "breaks": Table("A break for everybody.", (
        _at("When it began"), Column("minutes", "How long it was meant to be.", "whole number"),
        _at("When it ended; empty while it lasts", "ended_at"), _person("Who began it"),
    )),
    "announcements": Table("Something that was announced, taken back or not.", (
        Column("announcement", "Its id."), _at("When"), _person("Who announced it"),
        Column("groups", "The groups it was for, parted by \";\"; empty for all."),
        _words("text", "What was announced."), Column("removed", "Whether it was taken back.", "yes or no"),
    )),
    "asked": Table("A question to those who run the workshop.", (
        Column("question", "Its id."), _FOR_GROUP, _person("Who asked"), _at("When"), _words("text", "The question."),
        _words("answer", "The answer; empty while there is none."), _person("Who answered", "answered_by"),
        _at("When it was answered", "answered_at"), Column("public", "Whether all could read both.", "yes or no"),
        Column("same_as", "The question that it was joined to, because it asks the same."),
    )),
    "interventions": Table("What a moderator did in a group, as they put it on record.", (
        Column("intervention", "Its id."), _FOR_GROUP, _person("Who did it"), _at("When"),
        Column("what", "explain, encourage, redirect, restore, technical or other."), _words("text", "In their words."),
    )),
    "checkins": Table("One answer to one item of a check-in that is closed. Who answered is not told: `respondent` "
                      "is made for this file and for one check-in.", (
        Column("checkin", "The check-in's id."), Column("about", "fatigue or workload (NASA-TLX, unweighted)."),
        _at("When it was opened", "opened_at"), _at("When it was closed", "closed_at"),
        Column("group", "The respondent's group; empty where fewer than three of it answered. Where all such groups "
                        "together had fewer than three, their answers are left out."),
        Column("respondent", "Binds the items of one answer."),
        Column("item", "fatigue; or mental, physical, temporal, performance, effort, frustration."),
        Column("value", "The step: 1 to 5 of fatigue, 1 to 7 of the others.", "whole number"),
    )),
    "training": Table("Somebody who leads confirmed that they know the script.", (
        _person("Who"), Column("version", "The version of the template in which that script was set; 0 as shipped.",
                               "whole number"), _at("When"),
    )),
    "neutrality": Table("How neutrally somebody led a session: their own judgement, or that of another who leads.", (
        _person("Who is judged", "of"), Column("session", "The session's id in the template."), _person("Who judged"),
        Column("score", "1 not at all to 5 entirely.", "whole number"), _words("text", "Why."), _at("When"),
    )),
    "lessons": Table("Something that those who led the workshop learnt.", (
        Column("lesson", "Its id."), _person("Who put it down"), _at("When"), _words("text", "The lesson."),
        Column("from", "What it was learnt from, parted by \";\": topic:DEBRIEF/ID, note:GROUP/ACTIVITY/ROW, "
                       "source:ID:START-END, intervention:ID, checkin:ID, question:ID, figure:NAME."),
        Column("removed", "Whether it was taken off the list.", "yes or no"),
        Column("accepted", "Whether it enters the next template; empty while it is open.", "yes or no"),
        _words("reason", "Why it was accepted or declined."), _person("Who decided", "decided_by"),
        _at("When it was decided", "decided_at"),
    )),
    "lesson_changes": Table("What a lesson changes in one section of the template.", (
        Column("lesson", "The lesson's id."), Column("section", "The section's name."), _person("Who proposed it"),
        _at("When"),
        _words("edits", "JSON: `at` the way to what changes, `do` set, add, remove, order; `now` what is new, `was` "
                        "the fingerprint of what stood there (of order: the keys), `after` behind which item."),
    )),
}  # fmt: skip
"""The tables of the record, in the order of the files, with their columns."""


def explained(table: Table) -> Iterator[str]:
    """The lines of a table's explanation, in Markdown."""
    yield from (table.row, "", "| column | type | what it holds |", "| --- | --- | --- |")
    for column in table.columns:
        meaning = column.meaning.replace("|", "\\|")
        yield f"| `{column.name}` | {column.kind} | {meaning} |"
    yield ""


def docs_page() -> str:
    """docs/record.md."""
    lines = [
        "# The record of a workshop", "",
        "`seedbed record DIR --to FOLDER` writes everything that people did in a workshop as flat tables, one file a "
        "table, for a spreadsheet or a notebook. `--format` is `csv` (the default), `jsonl` or `parquet`. It reads and "
        "never writes the study, so it may run while people write; each board is then as it stood when it was read.",
        "",
        "People are named by their pseudonyms alone: names and links stand in `identity.db`, which is not read. What "
        "was erased is not there. Ids never change, so the tables join: rows on `group`, `activity` and `row`, people "
        "on `person`, seeds on `seed`.", "",
        "The tables hold everybody's words, also of people who did not agree to their use for training: the columns "
        "`held` and the table `consents` say of whom. Replies of a model that nobody used are in "
        "`model_calls`. Private notes of moderators and their back channel are in no table, and answers to check-ins "
        "are there without a person.", "",
        "JSONL and Parquet hold every character as it was written. In CSV (UTF-8 with a byte order mark, lines end "
        "with CR LF) a cell that a spreadsheet would take for a formula begins with an apostrophe: those whose first "
        "character, or first after white space, is one of `= + - @`, or that begin with a tab or a line end. An empty "
        "cell of CSV is null in the others where the meaning of its column does not apply, and for words that nobody "
        "wrote it is empty text.", "",
    ]  # fmt: skip
    for name, table in TABLES.items():
        lines += [f"## {name}", "", *explained(table)]
    return "\n".join(lines).rstrip() + "\n"
