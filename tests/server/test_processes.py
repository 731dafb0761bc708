"""Several server processes at one study on PostgreSQL: one numbering, nothing lost when one is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from seedbed import Study
from seedbed.server.live.frames import Up
from seedbed.study.entries import Act
from seedbed.sync.document import Document
from seedbed.workshop.template import Template
from tests.cli.command import call, refused
from tests.postgres import postgres_schema, postgres_server
from tests.server.page import Page
from tests.server.processes import BOARD, Process, Town, seat, town

JOBS = "/api/studies/pilot/jobs"
KINDS = ("questions", "triples")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="module")
def both(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One study, and two servers that no test kills."""
    with postgres_schema(postgres) as url, town(tmp_path_factory.mktemp("town"), url) as made:
        made.serve(2)
        yield made


def on_disk(of: Town, doc: str = BOARD) -> tuple[list[int], Document]:
    """The numbers of a stream, and the document that its updates make."""
    with of.store() as store:
        entries = list(store.entries(doc))
    return [entry.seq for entry in entries], Document.load(
        entry.body for entry in entries if isinstance(entry.body, bytes)
    )


async def agree(pages: list[Page], *names: str) -> None:
    """All are told of everything, and hold the same."""
    last = max(page.seq or 0 for page in pages)
    for page in pages:
        await page.until(lambda page=page: (page.seq or 0) >= last, f"number {last}")
    for name in names:
        assert len({page.text(name) for page in pages}) == 1


def test_two_processes_number_one_board_together(both: Town) -> None:
    first, second = both.servers
    secrets = both.join(first, "Ana", "Bo", "Chi", "Dan", group="together")
    doc = "board/together/questions"

    async def story() -> tuple[list[Page], str]:
        async with (
            seat(first, secrets["Ana"], doc) as ana, seat(second, secrets["Bo"], doc) as bo,
            seat(first, secrets["Chi"], doc) as chi, seat(second, secrets["Dan"], doc) as dan,
        ):  # fmt: skip
            pages = [ana, bo, chi, dan]
            await asyncio.gather(*(page.enter() for page in pages))
            row = await ana.row()
            await bo.until(lambda: row in bo.state["rows"])
            await dan.until(lambda: row in dan.state["rows"])
            name = f"question:{row}"

            async def busy(page: Page) -> None:
                for count in range(40):
                    await page.type(name, "🙂abc"[count % 4])
                    if count % 10 == 0:
                        assert await page.command("row.add") == "done"
                await page.saved()

            await asyncio.gather(*(busy(page) for page in pages))
            await agree(pages, name)
            assert all(len(page.text(name)) == 160 for page in pages)
            assert len({frozenset(page.state["rows"]) for page in pages}) == 1
            assert all(page.resyncs == 0 for page in pages)
            return pages, name

    pages, name = asyncio.run(story())
    numbers, document = on_disk(both, doc)
    assert numbers == list(range(1, (pages[0].seq or 0) + 1))
    assert document.text(name) == pages[0].text(name)
    assert len(pages[0].state["rows"]) == 17


def test_one_is_killed_under_load_and_its_people_go_on_at_the_other(postgres: str, tmp_path: Path) -> None:
    with postgres_schema(postgres) as url, town(tmp_path, url) as made:
        first, second = made.serve(2)
        assert made.olga(first).get(JOBS).json() == []  # it keeps the study's jobs from now on
        names = ("Ana", "Bo", "Chi", "Dan")
        secrets = made.join(second, *names)
        typed: dict[str, int] = dict.fromkeys(names, 0)
        acknowledged: dict[str, int] = {}

        def tokens(text: str, name: str) -> list[int]:
            return [int(token[len(name) :]) for token in text.split() if token.startswith(name)]

        async def typing(who: str, page: Page, row: str, until: asyncio.Event) -> None:
            while not (until.is_set() or page.closed):
                typed[who] += 1
                with suppress(ConnectionClosed):
                    await page.type(f"question:{row}", f"{who}{typed[who] - 1} ")
                await asyncio.sleep(0.005)

        async def story() -> tuple[list[Page], str]:
            stop = asyncio.Event()
            async with AsyncExitStack() as stack:
                pages = {
                    who: await stack.enter_async_context(seat((first, second)[at % 2], secrets[who]))
                    for at, who in enumerate(names)
                }
                for page in pages.values():
                    await page.enter()
                row = await pages["Ana"].row()
                for page in pages.values():
                    await page.until(lambda page=page: row in page.state["rows"])
                name = f"question:{row}"
                tasks = [asyncio.create_task(typing(who, page, row, stop)) for who, page in pages.items()]
                await pages["Ana"].until(lambda: pages["Ana"].acknowledged > 25, seconds=30)
                first.kill()
                cut = [pages["Ana"], pages["Chi"]]
                for page in cut:
                    await page.until(lambda page=page: page.closed)
                acknowledged.update({who: pages[who].acknowledged for who in ("Ana", "Chi")})
                seen = {(who, at) for who in names for page in cut for at in tokens(page.text(name), who)
                        if pages[who] is not page}  # fmt: skip
                # what was acknowledged, or seen by a colleague, stands on disk before anybody comes back
                text = on_disk(made)[1].text(name)
                for who in ("Ana", "Chi"):
                    assert tokens(text, who)[: acknowledged[who]] == list(range(acknowledged[who]))
                assert seen <= {(who, at) for who in names for at in tokens(text, who)}
                # at the other, where the others have never stopped
                for who in ("Ana", "Chi"):
                    page = pages[who]
                    await stack.enter_async_context(seat(second, secrets[who], page=page))
                    await page.enter(epoch=page.epoch, previous=page.clients)
                    await page.update(page.doc.get_update())
                    tasks.append(asyncio.create_task(typing(who, page, row, stop)))
                before = {who: pages[who].acknowledged for who in names}
                for who, page in pages.items():
                    await page.until(lambda who=who, page=page: page.acknowledged > before[who] + 5, seconds=30)
                stop.set()
                await asyncio.gather(*tasks)
                for page in pages.values():
                    await page.saved()
                await agree(list(pages.values()), name)
                return list(pages.values()), name

        pages, name = asyncio.run(story())
        numbers, document = on_disk(made)
        assert numbers == list(range(1, (pages[0].seq or 0) + 1))
        assert document.text(name) == pages[0].text(name)
        for who in names:
            assert tokens(document.text(name), who) == list(range(typed[who]))
        assert made.olga(second).get(JOBS).json() == []  # and now the other does


def test_a_step_is_carried_out_on_boards_in_both_and_finished_where_its_process_died(both: Town) -> None:
    first, second = both.servers
    secrets = both.join(first, "Ana", "Bo", group="step")
    steps = {
        step.kind: step.id for session in Template.default().sessions for step in session.steps if step.kind in KINDS
    }

    async def story() -> None:
        async with (
            seat(first, secrets["Ana"], "board/step/questions") as ana,
            seat(second, secrets["Bo"], "board/step/triples") as bo,
        ):
            await asyncio.gather(ana.enter(), bo.enter())

            async def are(questions: str, triples: str) -> None:
                await ana.until(lambda: ana.state["board"]["main"]["phase"] == questions, seconds=20)
                await bo.until(lambda: bo.state["board"]["main"]["phase"] == triples, seconds=20)

            def go(server: Process, kind: str) -> None:
                went = both.olga(server).post("/api/studies/pilot/step", {"step": steps[kind]})
                assert went.status_code == 200, went.text

            await asyncio.to_thread(go, second, "questions")
            await are("open", "closed")
            # a process that put a step on record, and died of it
            with both.store() as store:
                store.append("agenda", "a_olga", [Act("step.go", data={"cmd": "died", "step": steps["triples"]})])
            await are("closed", "open")
            await asyncio.to_thread(go, first, "questions")
            await are("open", "closed")

    asyncio.run(story())


def test_a_person_is_erased_at_one_while_others_write_at_the_other(both: Town) -> None:
    first, second = both.servers
    secrets = both.join(second, "Ana", "Bo", "Chi", group="erased")
    doc = "board/erased/questions"

    async def story() -> str:
        async with AsyncExitStack() as stack:
            ana = await stack.enter_async_context(seat(first, secrets["Ana"], doc))
            bo = await stack.enter_async_context(seat(second, secrets["Bo"], doc))
            chi = await stack.enter_async_context(seat(first, secrets["Chi"], doc))
            for page in (ana, bo, chi):
                await page.enter()
            row = await bo.row()
            name = f"question:{row}"
            for page in (ana, chi):
                await page.until(lambda page=page: row in page.state["rows"])
            await ana.type(name, "Anaconda ")
            await ana.saved()
            await bo.type(name, "stays ")
            await bo.until(lambda: "Anaconda" in bo.text(name))
            person = ana.welcome["person"]
            going = asyncio.Event()

            async def typing() -> int:
                count = 0
                while not going.is_set() and not bo.closed:
                    await bo.type(name, f"{count} ")
                    await bo.saved() if count % 5 == 0 and not bo.closed else None
                    count += 1
                    await asyncio.sleep(0.01)
                return count

            task = asyncio.create_task(typing())
            gone = await asyncio.to_thread(both.olga(first).post, f"/api/studies/pilot/people/{person}/redact")
            assert gone.status_code == 200, gone.text
            await bo.until(lambda: bo.closed, seconds=20)
            assert bo.closed == "epoch"
            going.set()
            with suppress(AssertionError):
                await task
            # whoever comes anew, at either, finds everybody's words but hers
            fresh = [await stack.enter_async_context(seat(server, secrets[who], doc))
                     for who, server in (("Bo", second), ("Chi", first))]  # fmt: skip
            for page in fresh:
                await page.enter()
                assert "Anaconda" not in page.text(name)
                assert "stays" in page.text(name)
            await fresh[0].type(name, "after")
            await fresh[1].until(lambda: "after" in fresh[1].text(name))
            await agree(fresh, name)
            return name

    name = asyncio.run(story())
    numbers, document = on_disk(both, doc)
    assert numbers == list(range(1, len(numbers) + 1))
    assert "Anaconda" not in document.text(name)


def test_carets_are_seen_and_places_are_given_up_from_one_to_the_other(both: Town) -> None:
    first, second = both.servers
    secrets = both.join(first, "Ana", "Bo", group="carets")
    doc = "board/carets/questions"

    async def story() -> None:
        async with seat(first, secrets["Ana"], doc) as ana, seat(second, secrets["Bo"], doc) as bo:
            await ana.enter()
            await bo.enter()
            await ana.until(lambda: bo.client in ana.present)
            await bo.until(lambda: ana.client in bo.present)
            await bo.frame(Up.AWARE, b'{"text":"question:x","anchor":"a","head":"b"}')
            await ana.until(lambda: ana.present[bo.client].get("head") == "b")
            assert ana.present[bo.client]["name"] == "Bo"
            # her network moves her to the other while the first still takes her for there
            async with seat(second, secrets["Ana"], doc) as again:
                again.doc.apply_update(ana.doc.get_update())
                await again.enter(previous=[ana.client])
                await ana.until(lambda: ana.closed)
                assert ana.closed == "taken_over"
                await bo.until(lambda: ana.client not in bo.present and again.client in bo.present)
            await bo.until(lambda: again.client not in bo.present)

    asyncio.run(story())


def test_a_job_is_kept_by_one_and_steered_at_either(both: Town) -> None:
    first, second = (both.olga(server) for server in both.servers)
    ids = []
    for browser in (first, second):
        started = browser.post(JOBS, {"act": "curate", "options": {}})
        assert started.status_code == 201, started.text
        ids.append(started.json()["id"])
        until = time.monotonic() + 60
        while any(one["state"] == "running" for one in second.get(JOBS).json()):
            assert time.monotonic() < until
            time.sleep(0.1)
    listed = [browser.get(JOBS).json() for browser in (first, second)]
    assert listed[0] == listed[1]
    assert [one["id"] for one in listed[0]] == ids[::-1]
    refusals = [browser.post(f"{JOBS}/{ids[0]}/pause").json()["code"] for browser in (first, second)]
    assert refusals == ["job_over", "job_over"]


def test_who_is_removed_or_signed_out_at_one_loses_the_place_at_the_other(both: Town) -> None:
    first, second = both.servers
    secrets = both.join(first, "Ana", group="gone")
    doc = "board/gone/questions"

    async def story() -> None:
        async with seat(second, secrets["Ana"], doc) as ana:
            await ana.enter()
            gone = await asyncio.to_thread(
                both.olga(first).post, f"/api/studies/pilot/people/{ana.welcome['person']}/remove"
            )
            assert gone.status_code == 204, gone.text
            await ana.until(lambda: ana.closed)
            assert ana.closed in ("removed", "signed_out")

    asyncio.run(story())


def test_a_process_that_dies_is_started_again_and_ctrl_c_ends_all(postgres: str, tmp_path: Path) -> None:
    with postgres_schema(postgres) as url, town(tmp_path, url) as made:
        (server,) = made.serve(1, "--processes", "2")
        assert "by 2 processes" in server.log.read_text()
        secrets = made.join(server, "Ana", "Bo")

        async def story() -> None:
            async with AsyncExitStack() as stack:
                ana = await stack.enter_async_context(seat(server, secrets["Ana"]))
                await ana.enter()
                row = await ana.row()
                await ana.type(f"question:{row}", "kept")
                await ana.saved()
                before = server.children()
                os.kill(before[0], signal.SIGKILL)
                until = time.monotonic() + 60
                while len(set(server.children()) - set(before[:1])) < 2:
                    assert time.monotonic() < until
                    await asyncio.sleep(0.05)
                assert "is started again" in server.log.read_text()
                fresh = await stack.enter_async_context(seat(server, secrets["Bo"]))
                await fresh.enter()
                assert fresh.text(f"question:{row}") == "kept"

        asyncio.run(story())
        children = server.children()
        server.stop()  # its exit status is 0
        assert "Everything that was typed is saved" in server.log.read_text()
        assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_several_processes_need_postgresql(tmp_path: Path) -> None:
    Study.new(tmp_path / "pilot", title="The pilot")
    result = call("serve", tmp_path / "pilot", "--home", tmp_path / "home", "--processes", 2)
    refused(result, 2, "people.db, which one process serves", hint="restore --database")
