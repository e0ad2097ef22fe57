"""What a running portal costs: memory of all its processes, and the compressed size of its pages.

    .venv/bin/python -m research.bench.web FOLDER

Indexes FOLDER on a data folder of its own, and then looks at the proportional set size of every process: with the text
side loaded ahead, after the first search, and once idle models have given their memory back (a minute here).
"""

from __future__ import annotations

import argparse
import gzip
import http.cookiejar
import re
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from research.bench.portal import Portal, processes_of, pss, serving
from research.bench.start import BROWSE, LEFT, SCANNING, SEARCH

PASSWORD = "measuring the portal"
UNLOAD_SECONDS = 60 + 75
"""The shortest time to unload, a minute, and the longest until the next look for it."""


class Visitor:
    """A browser without eyes: cookies, forms, compressed answers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def get(self, path: str) -> tuple[str, int]:
        """The text of a page, and how many bytes came over the wire."""
        wanted = urllib.request.Request(urllib.parse.urljoin(self.address, path), headers={"Accept-Encoding": "gzip"})
        with self.open(wanted) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(body) if packed else body).decode(), len(body)

    def post(self, path: str, **fields: str) -> None:
        page, _ = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        url = urllib.parse.urljoin(self.address, path)
        self.open(urllib.request.Request(url, data, headers={"Referer": url})).close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    with tempfile.TemporaryDirectory(prefix="scanpix-bench-", dir="/var/tmp") as work:
        with serving(Path(work) / "data", "--photos", str(folder), SCANPIX_UNLOAD_MINUTES="1") as portal:
            indexed(portal)
        # Started again, as after a night: nothing is loaded but what a start loads.
        with serving(Path(work) / "data", SCANPIX_UNLOAD_MINUTES="1") as portal:
            measure(portal)


def indexed(portal: Portal) -> None:
    visitor = Visitor(portal.address)
    visitor.post("/setup/", code=portal.code, username="anna", password1=PASSWORD, password2=PASSWORD)
    while not portal.scalar(BROWSE) or not portal.scalar(SEARCH) or portal.scalar(SCANNING) or portal.scalar(LEFT):
        time.sleep(0.5)
    tell("after indexing", portal)


def measure(portal: Portal) -> None:
    visitor = Visitor(portal.address)
    visitor.post("/login/", username="anna", password=PASSWORD)
    time.sleep(20)
    tell("before the first search", portal)
    began = time.perf_counter()
    visitor.get("/search/?q=a+dog+on+grass")
    print(f"the first search took {1000 * (time.perf_counter() - began):.0f} ms")
    tell("after the first search", portal)
    sizes(visitor)
    time.sleep(UNLOAD_SECONDS)
    tell("when idle", portal)


def tell(when: str, portal: Portal) -> None:
    """Memory by what a process is: web, workers, database."""
    by_kind: dict[str, int] = {}
    for pid, size in pss(processes_of(portal.data)).items():
        kind = kind_of(pid)
        by_kind[kind] = by_kind.get(kind, 0) + size
    parts = ", ".join(f"{kind} {size / 1e6:.0f}" for kind, size in sorted(by_kind.items()))
    print(f"{when}: {sum(by_kind.values()) / 1e6:.0f} MB ({parts})", flush=True)


def kind_of(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        cluster = b"Q_CLUSTER_NAME=ml" in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return "gone"
    if "postgres" in command:
        return "database"
    if "qcluster" in command or "decoding" in command:
        return "ml worker" if cluster or "decoding" in command else "worker"
    return "web" if "gunicorn" in command else "supervisor"


def sizes(visitor: Visitor) -> None:
    """Bytes over the wire of each page, and of all style sheets and scripts that it asks for."""
    library, _ = visitor.get("/")
    photo = re.search(r'href="(/media/\d+/)', library)
    pages = ["/", "/search/?q=dog", "/status/", "/sources/", "/sources/add/"] + ([photo[1]] if photo else [])
    for path in pages:
        page, size = visitor.get(path)
        styles = sum(visitor.get(url)[1] for url in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page))
        scripts = sum(visitor.get(url)[1] for url in re.findall(r'<script[^>]+src="([^"]+)"', page))
        print(f"{path:<16} HTML {size:>6}  CSS {styles:>6}  JS {scripts:>6} bytes", flush=True)


if __name__ == "__main__":
    main()
