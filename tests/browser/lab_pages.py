"""What a student and an instructor do in JupyterLab, by clicks; each step waits for what the page says, never for a time."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab_server import Lab
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Frame,
    FrameLocator,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# Enough for a machine on which everything else is running too; a step that works takes a second or two.
STEP_MILLISECONDS = 60_000
# A notebook of a hundred cells is run by these.
RUN_MILLISECONDS = 240_000
# What hostile cells call; also what a script uses to be noticed.
CANARY = """
window.__pwned = function (what) {
  document.documentElement.setAttribute("data-pwned", String(what || "yes"));
  return 0;
};
window.alert = window.confirm = window.prompt = window.__pwned;
"""


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """The system's Chromium, which reaches nothing but the loopback."""
    profile.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            env={**os.environ, "HOME": str(profile), "TMPDIR": str(profile)},
            args=[
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """A person with a browser of their own.

    Attributes
    ----------
    page
        The tab that they have open.
    requests
        Every request of their pages: the method and the address, and whether JupyterLab itself asked.
    errors
        What scripts raised and did not catch.
    """

    def __init__(self, browser: Browser, lab: Lab, path: str) -> None:
        self.lab = lab
        self.requests: list[tuple[str, bool]] = []
        self.errors: list[str] = []
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 860})
        self.context.set_default_timeout(STEP_MILLISECONDS)
        self.context.add_init_script(CANARY)
        self.context.on("request", self._note)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page: Page = self.context.new_page()
        self.page.goto(lab.page(path))

    def _note(self, request: Request) -> None:
        try:
            outermost = request.frame.parent_frame is None
        except Error:
            # A frame that is only being opened.
            outermost = False
        self.requests.append((f"{request.method} {request.url}", outermost))

    def strangers(self) -> list[str]:
        """Requests to anything but the server."""
        own = (self.lab.url, self.lab.url.replace("http", "ws", 1), "data:", "blob:", "about:")
        return [one for one, _ in self.requests if not one.partition(" ")[2].startswith(own)]

    def canaries(self) -> list[str]:
        """What scripts that must not run have left behind, in any frame."""
        found = [
            frame.evaluate("document.documentElement.getAttribute('data-pwned')")
            for frame in self.page.frames
        ]
        return [one for one in found if one]

    def close(self) -> None:
        self.context.close()


class User(Person):
    """A person in JupyterLab; the tabs that one has open are kept apart from those of the other."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        super().__init__(browser, lab, f"lab/workspaces/{type(self).__name__.lower()}")
        self.page.get_by_role("menuitem", name="Nbgrader").wait_for()
        # The list of files is closed: formgrader wants the width of the screen.
        self.page.get_by_role("tab", name="File Browser").click()

    def menu(self, name: str, item: str) -> None:
        """Choose an item of JupyterLab's menu."""
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        self.page.locator(".lm-Menu-item:visible", has_text=re.compile(f"^{re.escape(item)}")).first.click()


class Student(User):
    """Works in JupyterLab, with Assignment List and Validate."""

    @property
    def assignments(self) -> Locator:
        return self.page.locator("#nbgrader-assignment-list")

    @property
    def notebook(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:visible")

    def open_list(self) -> None:
        """Open Assignment List, and wait until it has asked the exchange."""
        self.menu("Nbgrader", "Assignment List")
        self.refresh_list()

    def refresh_list(self) -> None:
        with self.page.expect_response(lambda reply: "/assignments?course_id=" in reply.url):
            self.assignments.get_by_title("Refresh assignments list").click()

    def fetch(self, assignment: str) -> None:
        row = self.assignments.locator("#released_assignments_list .list_item", has_text=assignment).first
        row.get_by_role("button", name="Fetch").click()
        self.fetched(assignment).wait_for()

    def fetched(self, assignment: str) -> Locator:
        return self.assignments.locator("#fetched_assignments_list > .list_item", has_text=assignment)

    def open_notebook(self, assignment: str) -> None:
        self.fetched(assignment).locator(".assignment-notebooks-link").click()
        self.fetched(assignment).locator(".nested_list_item a", has_text=assignment).click()
        self.notebook.wait_for()
        expect(self.notebook.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle"
        )

    def cell(self, number: int) -> Locator:
        return self.notebook.locator(".jp-Notebook .jp-Cell").nth(number)

    def fill(self, number: int, source: str) -> None:
        """Replace what stands in a code cell, as by pasting."""
        editor = self.cell(number).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def look_at(self, number: int) -> str:
        """Bring a cell to the top of the screen, make it the current one, and return what it shows."""
        self.cell(number).locator(".jp-InputPrompt").click()
        self.cell(number).evaluate("element => element.scrollIntoView()")
        return self.cell(number).inner_text()

    def run_all(self, until: int) -> None:
        """Run all cells and wait until one has been run and nothing is running."""
        self.menu("Run", "Run All Cells")
        prompt = self.cell(until).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=RUN_MILLISECONDS)
        expect(self.notebook.locator(".jp-InputPrompt", has_text="[*]:")).to_have_count(
            0, timeout=RUN_MILLISECONDS
        )

    def validate(self) -> Locator:
        """Press Validate and return the dialog with the results."""
        self.notebook.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog", has_text="Validation Results")
        dialog.wait_for(timeout=RUN_MILLISECONDS)
        return dialog

    def submit(self, assignment: str) -> Locator:
        """Press Submit and return the entry that comes up among the submitted assignments."""
        self.page.locator(".lm-TabBar-tab", has_text="Assignments").click()
        self.fetched(assignment).get_by_role("button", name="Submit").click()
        return self.submitted(assignment)

    def submitted(self, assignment: str) -> Locator:
        rows = self.assignments.locator("#submitted_assignments_list > .list_item", has_text=assignment)
        rows.locator(".nested_list_item").first.wait_for()
        return rows

    def fetch_feedback(self, assignment: str) -> Locator:
        """Fetch the feedback, open its folder by the link in the list, and its page from the folder."""
        self.submitted(assignment).get_by_role("button", name="Fetch Feedback").click()
        self.submitted(assignment).get_by_text("(view feedback)").click()
        self.page.locator(".jp-DirListing-item", has_text=f"{assignment}.html").dblclick()
        return self.page.frame_locator(".jp-HTMLViewer iframe").locator("body")


class Instructor(User):
    """Works in formgrader, in its tab of JupyterLab."""

    @property
    def grader(self) -> FrameLocator:
        return self.page.frame_locator("#formgrader iframe")

    def open_formgrader(self) -> None:
        self.menu("Nbgrader", "Formgrader")
        self.grader.locator("#main-table .name a").first.wait_for()

    def row(self, text: str) -> Locator:
        return self.grader.locator("#main-table tr", has_text=text)

    def press(self, row: str, button: str) -> str:
        """Press a button of a row's, close the message that comes, and return it."""
        self.row(row).locator(f"td.{button} a").click()
        message = self.grader.locator(
            ".modal", has=self.page.locator("xpath=.//h4[.='Success' or .='Error']")
        )
        message.wait_for(timeout=RUN_MILLISECONDS)
        said = message.inner_text()
        message.get_by_role("button", name="OK").click()
        message.wait_for(state="detached")
        return said

    def go(self, link: str) -> None:
        """Follow a link of formgrader's, and wait for the table of the page behind it."""
        self.grader.get_by_role("link", name=link, exact=True).click()
        self.table()

    def table(self) -> None:
        expect(self.grader.get_by_text("Loading, please wait...")).to_have_count(0)

    def submissions(self, assignment: str) -> None:
        """Go to the submissions of an assignment; the page of a submission links to one of the other pages only."""
        self.go("Manual Grading")
        self.go("Manage Assignments")
        self.row(assignment).locator("td.num-submissions a").click()
        self.grader.locator("td.autograde").first.wait_for()

    def open_submission(self, assignment: str, student: str) -> None:
        """Open the page on which a submission is marked, by formgrader's own links, and wait for its formulas."""
        self.submissions(assignment)
        self.row(student).locator("td.student-name a").click()
        self.grader.locator("td.name a[href*='/formgrader/submissions/']").click()
        self.ready()

    def ready(self) -> None:
        """Wait until the page knows the marks and has set its formulas, or until a foreign script has run on it."""
        self.grader.locator("input.score").first.wait_for(state="attached")
        self.frame.wait_for_function(
            "document.documentElement.hasAttribute('data-pwned') ||"
            " formgrader.loaded && formgrader.grades.loaded && formgrader.comments.loaded && MathJax.loaded",
            timeout=RUN_MILLISECONDS,
        )

    @property
    def frame(self) -> Frame:
        """formgrader's document, for what is asked of its scripts."""
        return self.page.locator("#formgrader iframe").element_handle().content_frame()

    def mark(self, grade_id: str, points: float, comment: str = "") -> None:
        """Give a written answer points and a comment; each is kept when the server has said so."""
        score = self.grader.locator(f"#{grade_id}")
        with self.saving("grade"):
            score.fill(str(points))
            score.press("Escape")
        if comment:
            field = self.grader.locator(f"#{grade_id}-comment")
            with self.saving("comment"):
                field.fill(comment)
                field.press("Escape")

    def seen_with(self, grade_id: str) -> str:
        """What stands above a written answer: the rest of the screen when the answer is at the bottom of it."""
        question = self.grader.locator(
            f"xpath=//*[@id='{grade_id}']/ancestor::div[contains(@class, 'text_cell')]"
            "/preceding-sibling::div[1]"
        )
        question.evaluate(
            "element => { $('body, html').stop(); element.scrollIntoView(); window.scrollBy(0, -70); }"
        )
        expect(question).to_be_in_viewport()
        expect(self.grader.locator(f"#{grade_id}")).to_be_in_viewport()
        return question.inner_text()

    def full_credit(self, grade_id: str) -> None:
        with self.saving("grade"):
            cell = self.grader.locator(".nbgrader_cell", has=self.page.locator(f"#{grade_id}"))
            cell.get_by_role("button", name="Full credit").click()

    @contextmanager
    def saving(self, kind: str) -> Iterator[None]:
        with self.page.expect_response(
            lambda reply: f"/formgrader/api/{kind}/" in reply.url and reply.request.method == "PUT"
        ) as kept:
            yield
        assert kept.value.ok
