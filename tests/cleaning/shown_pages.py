"""Shows a notebook as nbgrader's pages do, in a headless Chromium that can reach nothing but this process."""

import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager

from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from assay.feedback import FeedbackExporter

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

# What a script of the page under test would call, and what a person would click.
WATCH = """<script>
window.__pwned = function (what) {
  document.documentElement.setAttribute("data-pwned", String(what || "yes"));
  return 0;
};
window.alert = window.confirm = window.prompt = window.__pwned;
</script>"""
CLICK = """<script>
window.addEventListener("load", function () {
  document.querySelectorAll("a, area").forEach(function (link) {
    if (/^\\s*(javascript|vbscript|data):/i.test(link.href)) link.click();
  });
  document.querySelectorAll("form").forEach(function (form) { HTMLFormElement.prototype.submit.call(form); });
});
</script>"""


def formgrader_page(notebook):
    """The page of one submission, by the exporter that formgrader makes for itself."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {
        "assignment_id": "a",
        "notebook_id": "n",
        "submission_id": "s",
        "index": 0,
        "total": 1,
        "base_url": "/page",
        "student": "student",
        "last_name": "",
        "first_name": "",
        "notebook_path": "/page/notebook",
    }
    return HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)[0]


def feedback_page(notebook):
    """The page that a student gets back, without the gradebook's numbers."""
    resources = {"nbgrader": {"notebook": "n", "score": 0, "max_score": 1, "late_penalty": 0}}
    return FeedbackExporter().from_notebook_node(notebook, resources=resources)[0]


def without_page_requests(html):
    """The page without its own scripts and sheets, which a test must not load; the submission's part stays."""
    head, _, body = html.partition("<body")
    head = re.sub(r"<script[^>]* src=[^>]*>\s*</script>|<link [^>]*>", "", head)
    # A page of feedback forbids itself every script: what is asked here is whether it holds one.
    head = re.sub(r"<meta [^>]*Content-Security-Policy[^>]*>", "", head)
    # nbgrader's own script in the body calls jQuery, which is not there.
    return head.replace("<head>", "<head>" + WATCH, 1) + "<body" + body.replace("</body>", CLICK + "</body>")


class Watched:
    """What happened while a page was shown."""

    def __init__(self, requests, pwned, title):
        self.requests, self.pwned, self.title = requests, pwned, title

    @property
    def signs(self):
        """What a harmless page does not do; empty for one."""
        signs = [f"request {path}" for path in self.requests]
        if self.pwned:
            signs.append(f"script {self.pwned}")
        return signs


@contextmanager
def _server(pages):
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            host, name = self.headers.get("Host", ""), self.path.partition("?")[0]
            page = pages.get(name) if host.startswith("127.0.0.1") else None
            if page is None and name != "/favicon.ico":
                seen.append((self.headers.get("Referer", ""), f"{host}{self.path}"))
            body = (page or "").encode("utf-8", "replace")
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def show(html):
    """Open a page and give what it did, and the document as the browser then had it.

    Every name that the page asks for ends at this process's own listener on the loopback (``canary.invalid``) or nowhere.
    """
    pages = {"/page/": without_page_requests(html)}
    with tempfile.TemporaryDirectory(prefix="assay-browser-") as profile, _server(pages) as (port, seen):
        command = [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--no-default-browser-check",
            "--no-proxy-server",
            "--metrics-recording-only",
            "--mute-audio",
            f"--user-data-dir={profile}",
            f"--host-resolver-rules=MAP canary.invalid 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--virtual-time-budget=3000",
            "--timeout=20000",
            "--dump-dom",
            f"http://127.0.0.1:{port}/page/",
        ]
        environment = {**os.environ, "HOME": profile}
        done = subprocess.run(command, capture_output=True, timeout=90, env=environment, check=False)
    dom = done.stdout.decode("utf-8", "replace")
    pwned = re.search(r'<html[^>]* data-pwned="([^"]*)"', dom)
    title = re.search(r"<title>([^<]*)</title>", dom)
    return Watched([path for _, path in seen], pwned and pwned[1], title and title[1]), dom
