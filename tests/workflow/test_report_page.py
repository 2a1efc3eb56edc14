"""`make report`, in a browser: every item can be reached by clicking and is shown, nothing comes from elsewhere."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from running import ROOT
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs Debian's packages chromium and chromium-driver, which are not installed"
)

# Category -> each of its pages, with words that are on it; none for a picture.
PAGES = {
    "1 Tables": {"Table 1: IEMOCAP (synthetic)": ["Synthetic demo speech", "GA-GRU", "reported"]},
    "2 Figures": {
        "Figure 1: architecture": [],
        "Figure 2: edges of the graph (synthetic)": [],
        "Figure 3: attention over time (synthetic)": [],
    },
    "3 Comparisons": {"Comparisons on IEMOCAP (synthetic)": ["Synthetic demo speech", "GA-GRU against SVM"]},
    "4 The paper": {
        "Audit of the paper's tables": ["Table 2: MSP-IMPROV", "Verdict"],
        "Check against the paper (synthetic)": ["Synthetic demo speech", "nothing is compared"],
        "The paper's claims (synthetic)": ["Synthetic demo speech", "on synthetic speech"],
    },
    "5 How it was made": {
        "Provenance (synthetic)": ["Python", "Processor", "Commit"],
        "Run times and memory (synthetic)": ["training, GA-GRU", "they differ from run to run", "MB"],
    },
}
ALL = [(category, name) for category, names in PAGES.items() for name in names]


@pytest.fixture(scope="module")
def report(finished):
    """`make report` of the finished workflow."""
    arguments = f"--cores 1 --directory {finished.folder} --configfile {finished.folder}/mine.yaml"
    made = subprocess.run(
        ["make", "--old-file", "setup", "report", f"ARGS={arguments}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Nothing to be done" in made.stdout + made.stderr
    return finished.folder / "results/report.html"


class Report:
    """The report in a headless Chromium; everything is done by clicking."""

    def __init__(self, driver):
        self.driver = driver

    def wait(self, condition):
        return WebDriverWait(self.driver, 20, poll_frequency=0.05).until(lambda _: condition())

    def find(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def home(self):
        """Back to the menu."""
        self.find("nav nav a")[0].click()
        self.wait(self.menu)

    def menu(self):
        """The categories in the menu, by name."""
        return {link.text: link for link in self.find("nav ul li a") if link.text[:1].isdigit()}

    def pages(self, category):
        """Open a category from the menu; the names of its pages, with the buttons to see it and its caption."""
        self.menu()[category].click()
        lines = self.wait(lambda: self.find("nav table tbody tr"))
        return {line.find_element(By.TAG_NAME, "td").text: line.find_elements(By.TAG_NAME, "a") for line in lines}

    @contextmanager
    def inside(self):
        """Look into the page that is shown."""
        self.driver.switch_to.frame(self.wait(lambda: self.find("iframe"))[0])
        try:
            yield self.wait(lambda: self.find("h1"))[0]
        finally:
            self.driver.switch_to.default_content()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    flags = ["headless=new", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    flags += ["disable-component-update", "disable-sync", "window-size=1500,1000"]
    flags += [f"user-data-dir={tmp_path_factory.mktemp('chromium')}", "disable-dev-shm-usage"]
    flags += ["no-sandbox"] if os.getuid() == 0 else []
    for flag in flags:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def shown(browser, report):
    """The report, just opened; nothing may be asked of another machine, and no error said, until the test is over."""
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # which empties it
    browser.get(report.as_uri())
    shown = Report(browser)
    shown.wait(shown.menu)
    yield shown
    assert [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked[0] == report.as_uri()
    assert [url for url in asked if url.split(":", 1)[0] not in ("file", "data", "blob")] == []


def test_the_first_page_has_the_method_as_it_was_configured(shown):
    method = shown.find("#app .prose")[0]
    text = " ".join(method.text.split())
    assert "IEMOCAP: synthetic speech stands in its place" in text
    assert "Systems. SVM (features: egemaps), GA-GRU (features: lld). Seed 0." in text
    assert "4 speakers, 281 utterances" in text
    assert "a difference by the inverse of the sign-flip test" in text
    assert "MSP-IMPROV" not in text
    assert "BiGRU" not in text
    assert method.find_element(By.TAG_NAME, "h1").rect["y"] >= 0  # or nobody can scroll there
    shown.wait(lambda: shown.find("#rulegraph canvas, #rulegraph svg"))


def test_the_menu_leads_to_every_page(shown):
    assert list(shown.menu()) == list(PAGES)
    for category, names in PAGES.items():
        assert list(shown.pages(category)) == list(names)
        shown.home()


def test_the_first_page_leads_to_the_categories(shown):
    links = {link.text: link for link in shown.find("#app .prose a")}
    assert list(links) == list(PAGES)
    links["4 The paper"].click()
    shown.wait(lambda: len(shown.find("nav table tbody tr")) == len(PAGES["4 The paper"]))


@pytest.mark.parametrize(("category", "name"), ALL, ids=[name for _, name in ALL])
def test_a_page_is_shown_and_has_a_caption(shown, category, name):
    see, explain = shown.pages(category)[name]
    see.click()
    with shown.inside() as heading:
        assert heading.is_displayed()
        assert name.removesuffix(" (synthetic)") == heading.text
        words, text = PAGES[category][name], shown.find("main")[0].text
        assert [word for word in words if word not in text] == []
        if not words:
            picture = shown.find("img")[0]
            assert picture.get_property("naturalWidth") > 1000
            assert picture.rect["width"] > 600
        # What is wider than the page scrolls by itself, so the page does not.
        element = "document.documentElement"
        wide, seen = shown.driver.execute_script(f"return [{element}.scrollWidth, {element}.clientWidth]")
        assert wide <= seen
    explain.click()
    caption = shown.wait(lambda: shown.find("nav .prose"))[0].text
    assert len(caption) > 100
    speech = "IEMOCAP (synthetic speech in its place): 4 speakers, 281 utterances."
    assert (speech if "synthetic" in name else "No speech is needed for it.") in caption


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_in_light_and_dark(shown, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    shown.pages("1 Tables")["Table 1: IEMOCAP (synthetic)"][0].click()
    with shown.inside():
        style = "return ['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])"
        colours = [colour.strip("rgba()").split(",")[:3] for colour in shown.driver.execute_script(style)]
    text, ground = (sum(map(int, colour)) / 3 for colour in colours)
    assert abs(ground - text) > 128
    assert (ground > text) == (scheme == "light")
