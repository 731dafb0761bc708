"""seedbed withdraw"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, data, hint, note, table, working
from seedbed.cli.serve import ServerHome
from seedbed.errors import UsageError

if TYPE_CHECKING:
    from seedbed.engine.withdrawing import Policy
    from seedbed.server.people.home import Home
    from seedbed.study import Folder
    from seedbed.withdraw import Found
    from seedbed.withdraw.retention import Due

_WHY = {
    "shown": "prompts showed it",
    "persona": "took on its persona",
    "answers": "answer rows that go",
    "grown": "narrowed by rows that go",
    "compared": "too like what goes",
    "repeats": "repeat the words",
}


def withdraw(
    folder: StudyFolder,
    who: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PERSON | SEED…]", help="A person's id, p_…, or ids of seeds.", show_default=False),
    ] = None,
    policy: Annotated[
        Literal["flag", "purge"] | None,
        typer.Option("--policy", help="Instead of study.toml's: rows and releases are marked, or lose their texts."),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Do what [retention] in study.toml says is due.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and leave all as it is.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: ServerHome = None,
    as_json: AsJson = False,
) -> None:
    """Take a person's words, or single seeds, out of a study and of all that was made of them. Cannot be undone.

    A person: what they wrote on boards, their name, the seeds that hold their words. Then, for both: rows of every run
    that grew from them or repeat them, what judging models said of those, releases, reports, caches. Ids and counts
    stay. First it says what would go, and asks.

    Where a server holds the study, do it there: the workshop page, People, Erase. Out of reach are backups and copies,
    published releases, and what others retyped; they are listed as far as they are known.
    """
    from seedbed.server.people.home import named_studies
    from seedbed.settings import load_settings
    from seedbed.withdraw.whom import alone, named

    (name, study), *_ = named_studies([folder]).items()
    wanted: Policy = policy or load_settings(study).withdrawal.policy
    with alone(study, name):
        if due:
            if who:
                raise UsageError("--due says itself who and what", hint=command("withdraw", folder, "--due"))
            _due(study, name, home, wanted, dry_run=dry_run, yes=yes, as_json=as_json)
            return
        if not who:
            raise UsageError("Whom, or which seeds?", hint=command("withdraw", folder, "PERSON"))
        person, seeds = named(study, who)
        found = _foreseen(study, wanted, person, seeds)
        if dry_run:
            _say(found, folder, as_json=as_json, before=True)
            return
        if not as_json or not yes:
            _say(found, folder, as_json=False, before=True)
        if not yes:
            what = person or (seeds[0] if len(seeds) == 1 else f"{len(seeds)} seeds")
            typer.confirm(f"Withdraw {what} from {folder} for ever?", abort=True, err=True)
        done = _do(study, name, home, wanted, person, seeds)
    _end(done, found, folder, as_json=as_json)


def _foreseen(study: Folder, policy: Policy, person: str | None, seeds: Collection[str]) -> Found:
    from seedbed.study.events import EventStore
    from seedbed.withdraw import foresee

    with working("Looking") as listen, EventStore.of(study) as store:
        return foresee(store, study, policy, person=person, seeds=seeds, listen=listen)


def _do(
    study: Folder, name: str, home: Path | None, policy: Policy, person: str | None, seeds: Collection[str]
) -> Mapping[str, Any]:
    from seedbed.study.events import EventStore
    from seedbed.withdraw import erase, withdraw_seeds

    if person is not None and (told := _by_name(study, name, home, policy, person)) is not None:
        return told
    with working("Withdrawing") as listen, EventStore.of(study) as store:
        if person is None:
            done = withdraw_seeds(store, seeds, study, policy, listen=listen)
            return {"rewritten": done.texts, "look_alikes": []}
        erased = erase(store, person, study, policy, listen=listen).erased
        assert erased is not None
        alike = [
            {"doc": one.doc, "text": one.where, "excerpt": one.excerpt, "author": one.person or ""}
            for one in erased.look_alikes
        ]
        return {"rewritten": erased.updates + erased.texts, "look_alikes": alike}


def _by_name(study: Folder, name: str, home: Path | None, policy: Policy, person: str) -> Mapping[str, Any] | None:
    """As the server does it: somebody who joined also leaves the workshop and loses the name. None: nobody joined under
    that id, and what there is of them was imported."""
    import asyncio

    from seedbed.server.identity import Who
    from seedbed.server.live.hub import Hub
    from seedbed.server.people.home import Home, default_home
    from seedbed.server.people.leading import erase
    from seedbed.server.refusals import Refusal
    from seedbed.settings import load_settings
    from seedbed.withdraw.whom import is_known

    async def run(opened: Home) -> Mapping[str, Any]:
        hub = Hub({name: (study, load_settings(study).workshop)})
        await hub.start()
        try:
            return await erase(hub, opened, name, Who("cli", "", "organiser", None, None, ""), person, policy=policy)
        finally:
            await hub.stop()

    with Home(home or default_home(), {name: study}) as opened:
        try:
            opened.studies[name].people.get(person)
        except Refusal:
            if is_known(study, person):
                return None
            raise UsageError(
                f"Nobody of this study is {person!r}, and it is no seed",
                hint="Who took part: the workshop page, People. Ids of seeds stand in the files of seeds/.",
            ) from None
        try:
            return asyncio.run(run(opened))
        except Refusal as refusal:
            raise UsageError(refusal.message) from None


def _due(
    study: Folder, name: str, home: Path | None, policy: Policy, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    from seedbed.settings import load_settings
    from seedbed.withdraw.retention import due

    found = due(study, load_settings(study).retention)
    if as_json and dry_run:
        data({"schema": 1, "due": [one.to_json() for one in found]})
        return
    for one in found:
        note(f"  {one.said}")
    if not found:
        note("Nothing is due.")
    if dry_run or not found:
        return
    if not yes:
        typer.confirm(f"Do all of it in {study.root}, for ever?", abort=True, err=True)
    for one in found:
        _carry_out(study, name, home, policy, one)
    if as_json:
        data({"schema": 1, "done": [one.to_json() for one in found]})
    else:
        note("Done.")


def _carry_out(study: Folder, name: str, home: Path | None, policy: Policy, one: Due) -> None:
    from seedbed.server.people.home import Home, default_home
    from seedbed.study.events import EventStore
    from seedbed.withdraw.retention import forget_recordings

    match one.what:
        case "recordings":
            with study.writing(), EventStore.of(study) as store:
                forget_recordings(store, study)
        case "boards":
            for number, person in enumerate(one.people, 1):
                note(f"  {number:,} of {len(one.people):,}: {person}")
                _do(study, name, home, policy, person, [])
        case "identity":
            with Home(home or default_home(), {name: study}) as opened:
                people = opened.studies[name].people
                for one_of_them in people.all():
                    people.erase(one_of_them.id)


def _say(found: Found, folder: Path, *, as_json: bool, before: bool) -> None:
    if as_json:
        data({"schema": 1, "dry_run": before, **found.to_json()})
        return
    seeds = ", ".join(found.seeds[:5]) + (f" and {len(found.seeds) - 5:,} more" if len(found.seeds) > 5 else "")
    note(f"Seeds: {len(found.seeds):,}" + (f" ({seeds})" if seeds else ""))
    touched = [run for run in found.runs if run]
    if touched:
        table(
            ["run", "rows", "kept", "replies", "why"],
            [
                [run.run, len(run.slots), run.kept, len(run.attempts),
                 ", ".join(f"{count:,} {_WHY[why]}" for why, count in run.why.items()) or "the reply repeats the words"]
                for run in touched
            ],
        )  # fmt: skip
    else:
        note("No run has a row that grew from it.")
    for version, rows in found.releases.items():
        fate = "goes: its folder is removed" if found.policy == "purge" else "stays as it is, and is marked"
        note(f"Release {version} holds {rows:,} such rows. It {fate}; published copies are out of reach.")
    for copy in found.published:
        note(
            f"Published on {copy.at[:10]}: {copy.version} at {copy.place}. Delete that copy, or publish the next "
            "release there; whoever has one already is asked by its card to replace it."
        )
    if found.made_again:
        note(f"Removed, to be made again: {', '.join(found.made_again)}")
    for one in found.backups:
        note(f"Backup of {one.made[:10]} holds all of it still: {one.path}. Delete it, or make it anew afterwards.")
    if found.policy == "flag" and touched:
        note('By the policy "flag" the rows keep their texts in the study\'s files. To erase them: --policy purge')


def _end(done: Mapping[str, Any], found: Found, folder: Path, *, as_json: bool) -> None:
    if as_json:
        data({"schema": 1, "dry_run": False, **found.to_json(), "rewritten": done["rewritten"],
              "look_alikes": [dict(one) for one in done["look_alikes"]]})  # fmt: skip
        return
    note(f"Withdrawn. {found.rows:,} rows; {done['rewritten']:,} entries of the log were rewritten.")
    if done["look_alikes"]:
        note("These texts of others repeat what was erased; read them and decide:")
        for one in done["look_alikes"]:
            note(f"  {one['doc']} {one['text']} ({one['author']}): {one['excerpt']}")
    hint(command("status", folder))
