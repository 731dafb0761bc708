"""Behind a real nginx with TLS, by the very file that hosting/ offers."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from seedbed.server.config import checked_proxies
from tests.server.served import PASSWORD, Served, closed, serving

OFFERED = Path(__file__).parents[2] / "hosting" / "nginx.conf"
NAME = "datathon.example"


@dataclass
class Site:
    """The public address, and a client that takes 127.0.0.1 for it."""

    server: Served
    origin: str
    port: int
    plain: int
    trust: ssl.SSLContext

    @contextlib.contextmanager
    def browser(self, **headers: str) -> Iterator[httpx.Client]:
        more = {"Host": f"{NAME}:{self.port}", "Origin": self.origin, **headers}
        url = f"https://localhost:{self.port}"  # the certificate names both
        with httpx.Client(base_url=url, headers=more, verify=self.trust, trust_env=False, timeout=20) as client:
            yield client

    def socket(self, cookie: str, *, origin: str | None = None) -> ClientConnection:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        return connect(
            f"wss://{NAME}:{self.port}/api/studies/one/live", sock=raw, ssl=self.trust, server_hostname=NAME,
            origin=origin or self.origin, additional_headers={"Cookie": cookie}, proxy=None, compression=None,
            open_timeout=10, close_timeout=5,
        )  # type: ignore[arg-type]  # fmt: skip


def free_port() -> int:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def _certificate(folder: Path) -> ssl.SSLContext:
    """A self-signed certificate in `folder`, and a context that trusts it alone."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},DNS:localhost",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def _configured(folder: Path, upstream: int, port: int, plain: int) -> Path:
    """The offered file with this test's ports, paths and nothing else changed, in a main file of its own."""
    text = OFFERED.read_text()
    for was, now in (
        (r"127\.0\.0\.1:8765", f"127.0.0.1:{upstream}"),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"listen \[::\]:80;", ""),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        (r"listen \[::\]:443 ssl http2;", ""),
        (r"/etc/letsencrypt/live/datathon\.example/", f"{folder}/"),
        (r"/var/log/nginx/", f"{folder}/"),
        (r"https://\$host\$request_uri", f"https://$host:{port}$request_uri"),
    ):
        text, count = re.subn(was, now, text)
        assert count, f"hosting/nginx.conf has no {was}"
    main = folder / "main.conf"
    scratch = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"pid {folder}/nginx.pid; daemon off; worker_processes 1; error_log {folder}/main.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{scratch}\n{text}\n}}\n"
    )
    return main


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not installed: apt-get install nginx-light openssl")
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o755)  # its workers may run as another user
    trust = _certificate(folder)
    port, plain = free_port(), free_port()
    origin = f"https://{NAME}:{port}"
    public = {"public_url": origin, "proxies": checked_proxies(["127.0.0.1"]), "address_rate": (1, 60)}
    with serving(tmp_path_factory.mktemp("served"), "one", **public) as server:
        main = _configured(folder, server.app.state.config.port, port, plain)
        process = subprocess.Popen([nginx, "-p", folder, "-c", main], stderr=subprocess.PIPE)
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                time.sleep(0.05)
            yield Site(server, origin, port, plain, trust)
        finally:
            process.terminate()
            process.wait(10)
            assert process.stderr is not None
            process.stderr.close()


@pytest.fixture(scope="module")
def olga(site: Site) -> Iterator[httpx.Client]:
    with site.browser(**{"X-Forwarded-For": "192.0.2.1"}) as client:
        token = site.server.app.state.home.setup.token
        answer = client.post("/api/setup", json={"token": token, "name": "Olga", "password": PASSWORD})
        assert answer.status_code == 204, answer.text
        client.headers["Cookie"] = _cookies(answer)
        yield client


def _cookies(answer: httpx.Response) -> str:
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))


def test_cookies_are_secure_and_bound_to_the_host(site: Site, olga: httpx.Client) -> None:
    with site.browser() as guest:
        answer = guest.post("/api/login", json={"name": "Olga", "password": PASSWORD})
        cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-seedbed", "__Host-seedbed-device"]
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= parts
    assert olga.get("/api/me").json()["name"] == "Olga"


def test_pages_are_told_to_stay_with_tls(site: Site) -> None:
    with site.browser() as guest:
        headers = guest.get("/api/health").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert f"wss://{NAME}:{site.port}" in headers["Content-Security-Policy"]
    assert "ws://127" not in headers["Content-Security-Policy"]


def test_links_have_the_public_address(site: Site, olga: httpx.Client) -> None:
    made = olga.post("/api/studies/one/links", json={"group": "A", "role": "participant"}).json()
    assert made["url"].startswith(f"{site.origin}/join/")


def test_a_socket_passes_and_carries_frames(site: Site, olga: httpx.Client) -> None:
    with site.socket(olga.headers["Cookie"]) as live:
        for _ in range(3):
            live.send(b"\x06\x00")
            assert live.recv(timeout=10) == b"\x19\x00"
        (id,) = [one["id"] for one in olga.get("/api/sessions").json() if one["current"]]
        assert id.startswith("s_")


def test_a_revoked_session_loses_its_socket_through_the_proxy(site: Site, olga: httpx.Client) -> None:
    with site.browser() as other:
        cookie = _cookies(other.post("/api/login", json={"name": "Olga", "password": PASSWORD}))
    with site.socket(cookie) as live:
        assert olga.delete("/api/sessions").status_code == 204
        assert closed(live)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://datathon.example:{port}",
        "https://datathon.example",
        "http://127.0.0.1:{own}",
        "null",
    ],
)
def test_pages_of_other_origins_are_refused(site: Site, olga: httpx.Client, origin: str) -> None:
    origin = origin.format(port=site.port, own=site.server.app.state.config.port)
    assert olga.post("/api/logout", json={}, headers={"Origin": origin}).json()["code"] == "cross_site"
    with pytest.raises(InvalidStatus) as refusal:
        site.socket(olga.headers["Cookie"], origin=origin)
    assert refusal.value.response.status_code == 403


def test_other_names_are_refused(site: Site, olga: httpx.Client) -> None:
    for host in ("evil.example", NAME, f"{NAME}:1"):
        answer = olga.get("/api/health", headers={"Host": host})
        assert answer.json()["code"] == "bad_host", host


def test_plain_http_is_sent_to_tls(site: Site) -> None:
    answer = httpx.get(f"http://127.0.0.1:{site.plain}/join/abc", headers={"Host": NAME}, trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{site.origin}/join/abc")


def test_a_proxy_without_tls_in_front_gets_nowhere(site: Site) -> None:
    """What a proxy that forwards plain HTTP would ask: pages move to https, the interface refuses."""
    own = f"http://127.0.0.1:{site.server.app.state.config.port}"
    forwarded = {"Host": f"{NAME}:{site.port}", "X-Forwarded-Proto": "http", "Origin": site.origin}
    with httpx.Client(base_url=own, headers=forwarded, trust_env=False) as client:
        page = client.get("/login")
        assert (page.status_code, page.headers["Location"]) == (308, f"{site.origin}/login")
        assert client.get("/api/me").json()["code"] == "needs_https"
        assert client.post("/api/logout", json={}).json()["code"] == "needs_https"


def test_each_address_behind_the_proxy_has_a_bucket_of_its_own(site: Site) -> None:
    """nginx appends the peer's address, which here is a proxy's, so the one before it counts."""

    def ask(address: str, times: int) -> list[int]:
        with site.browser(**{"X-Forwarded-For": address}) as guest:
            return [guest.get("/api/health").status_code for _ in range(times)]

    flooding = ask("198.51.100.7", 75)
    assert flooding[:50] == [200] * 50
    assert flooding[-1] == 429
    assert ask("198.51.100.8", 3) == [200] * 3


def test_an_address_that_nobody_vouches_for_counts_for_nothing(tmp_path: Path) -> None:
    """Asked directly, with no proxy named, a made-up address does not give a new bucket."""
    with serving(tmp_path, "one", address_rate=(0.01, 10)) as server:
        answers = [
            server.browser(**{"X-Forwarded-For": f"198.51.100.{number}"}).get("/api/health").status_code
            for number in range(15)
        ]
    assert answers[:10] == [200] * 10
    assert answers[-1] == 429


def test_an_organisers_template_passes_the_proxy(site: Site, olga: httpx.Client) -> None:
    cards = [{"id": f"c{n}", "title": "A card", "text": "x" * 3900} for n in range(60)]
    section = {"scenarios": [], "personas": cards, "role_cards": [], "advice": []}
    answer = olga.put("/api/studies/one/template/cards", json={"value": section})
    assert answer.status_code == 200, answer.text
    assert olga.put("/api/studies/one/template/cards", json={"value": "x" * (3 << 20)}).status_code == 413


def test_a_large_body_stops_at_the_proxy(site: Site, olga: httpx.Client) -> None:
    answer = olga.post("/api/login", content=b"x" * 100_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_the_proxys_log_has_no_join_code(
    site: Site, olga: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    code = olga.post("/api/studies/one/links", json={"group": "A", "role": "participant"}).json()["url"][-43:]
    with site.browser() as guest:
        assert guest.get(f"/api/join/{code}").status_code == 200
    time.sleep(0.2)
    written = "".join(path.read_text() for path in tmp_path_factory.getbasetemp().glob("proxy*/*.log"))
    assert "GET 200" in written
    assert code not in written
