"""seedbed profile"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import command, framed, hint, note, table
from seedbed.errors import InputError, SeedbedError, SettingsError, UsageError

if TYPE_CHECKING:
    from seedbed.study import Folder
    from seedbed.taxonomy.profiles import Profile


class Act(StrEnum):
    list = "list"
    show = "show"
    new = "new"
    use = "use"
    check = "check"


def profile(
    folder: StudyFolder,
    act: Annotated[Act, typer.Argument(help="What to do with them.")] = Act.list,
    name: Annotated[
        str, typer.Argument(metavar="ID", help="Which: the id of a profile, ID@N for a version, or a file.")
    ] = "",
    value: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="new: begin with this value of the taxonomy."),
    ] = None,
    source: Annotated[
        str, typer.Option("--from", metavar="ID", help="new: begin with this profile, or with this file.")
    ] = "",
    again: Annotated[
        bool,
        typer.Option("--next", help="new: the next version of a profile that is there; the one before is kept."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The profiles of mitigators: a value, its harms and scope, and the pipeline that serves it.

    A profile is a file to be edited by hand, profiles/ID.toml. The one in use goes over study.toml. `use none` leaves
    study.toml alone.
    """
    from seedbed.study import Folder

    study = Folder(folder)
    study.check()
    if (value or source or again) and act is not Act.new:
        raise UsageError("--value, --from and --next make a profile", hint=command("profile", folder, "new", "ID"))
    if act is not Act.list and not name:
        raise UsageError(f"Which profile shall I {act.value}?", hint=command("profile", folder, act.value, "ID"))
    match act:
        case Act.list:
            _list(study, as_json)
        case Act.show:
            _show(study, name, as_json)
        case Act.new:
            _new(study, name, value or [], source, again, as_json)
        case Act.use:
            _use(study, name)
        case Act.check:
            _check(study, name, as_json)


def _list(study: Folder, as_json: bool) -> None:
    from seedbed.taxonomy.profile_versions import profile_ids, profile_versions
    from seedbed.taxonomy.profiles import current_profile_id, load_profile, shipped_profile, shipped_profile_ids

    current = current_profile_id(study)
    found: list[dict[str, Any]] = []
    wrong: list[SeedbedError] = []
    for id in profile_ids(study):
        try:
            one, kept = load_profile(study, id), profile_versions(study, id)
        except (SettingsError, InputError) as error:
            wrong.append(error)  # the others are to be seen all the same
            continue
        found.append({**_short(one), "in_use": id == current, "versions": kept, "in_study": True})
    for id in shipped_profile_ids():
        if not any(row["id"] == id for row in found):
            one = shipped_profile(id)
            found.append({**_short(one), "in_use": False, "versions": [one.version], "in_study": False})
    if as_json:
        framed(current=current, profiles=found, unreadable=[str(fault) for fault in wrong])
        return
    shown = [
        [
            row["id"], str(row["version"]), ", ".join(row["values"]), row["title"],
            "in use" if row["in_use"] else "" if row["in_study"] else "comes with Seedbed",
        ]
        for row in found
    ]  # fmt: skip
    table(["profile", "version", "value", "title", ""], shown)
    for fault in wrong:
        note(f"  cannot be read: {fault}")
    if not current:
        hint(command("profile", study.root, "use", found[0]["id"] if found else "ID"))


def _short(one: Profile) -> dict[str, Any]:
    return {"id": one.id, "version": one.version, "title": one.title, "values": list(one.values)}


def _show(study: Folder, name: str, as_json: bool) -> None:
    from seedbed.taxonomy.profile_versions import find_profile_path
    from seedbed.taxonomy.profiles import read_profile

    path = find_profile_path(study, name)
    one = read_profile(path)
    if as_json:
        framed(digest=one.digest, profile=one.model_dump(mode="json", by_alias=True))
        return
    print(path.read_text(encoding="utf-8-sig"), end="")


def _new(study: Folder, id: str, values: list[str], source: str, again: bool, as_json: bool) -> None:
    from seedbed.taxonomy.profile_versions import write_profile
    from seedbed.taxonomy.profiles import profile_path

    path = profile_path(study, id)
    if path.is_file() and not again:
        raise UsageError(f"There is a profile {id!r} already", hint=f"Edit {path}, or add --next for a new version.")
    before = path.read_bytes() if path.is_file() else None
    made = write_profile(study, _beginning(study, id, values, source, path if again and path.is_file() else None))
    changed = path.read_bytes() != before
    if as_json:
        framed(file=str(path), changed=changed, **_short(made))
        return
    if not changed:
        note(f"{made.mark}: nothing would differ, so there is no new version")
        hint(f"For one that differs: --next with --value ID or --from ID. Or edit {path} and raise its version.")
        return
    note(f"{made.mark}: {path}")
    hint(f"Edit the file, then: {command('profile', study.root, 'use', id)}")


def _beginning(study: Folder, id: str, values: list[str], source: str, before: Path | None) -> Profile:
    """What is asked for; of neither a profile nor a value, the one that stands at `before`."""
    from seedbed.seeds import current_taxonomy
    from seedbed.taxonomy.profile_versions import find_profile_path, profile_of_value
    from seedbed.taxonomy.profiles import Profile, read_profile

    taxonomy = current_taxonomy(study)
    known = [taxonomy.value(taxonomy.match("values", each) or each) for each in values]
    beginning = find_profile_path(study, source) if source else before if not values else None
    if beginning is not None:
        given = read_profile(beginning).model_dump()
    else:
        first = known[0] if known else taxonomy.value(taxonomy.match("values", id) or id)
        given = profile_of_value(first).model_dump()
    if known:
        given["values"] = tuple(value.id for value in known)
    return Profile.model_validate({**given, "id": id})


def _use(study: Folder, name: str) -> None:
    from seedbed.settings import check_profile
    from seedbed.taxonomy.profile_versions import NONE, find_profile_path, use_profile

    if name == NONE:
        use_profile(study, "")
        note("No profile is in use: study.toml alone counts")
        return
    # before study.toml names it: a study that does not open is no help
    one = check_profile(study, find_profile_path(study, name))
    use_profile(study, name)
    note(f"{one.mark} is in use; what it says of settings goes over study.toml")
    hint(command("curate", study.root))


def _check(study: Folder, name: str, as_json: bool) -> None:
    from seedbed.settings import check_profile
    from seedbed.taxonomy.profile_versions import find_profile_path

    path = find_profile_path(study, name)
    one = check_profile(study, path)
    if as_json:
        framed(file=str(path), digest=one.digest, **_short(one))
        return
    note(f"{path}: {one.mark} is well formed, its values are in the taxonomy, and its settings are known")
