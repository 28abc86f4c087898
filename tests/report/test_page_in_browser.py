"""The page in a real browser: nothing is loaded, all is seen, tables sort."""

import json
import os
import shutil

import pytest
from selenium import webdriver

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FOUND = bool(CHROMIUM and DRIVER)

# where all tests must run, one that cannot is a failure
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FOUND and not os.environ.get("SKGEN_NEEDS_BROWSER"),
        reason="needs chromium and chromedriver on the path",
    ),
]


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    logs = {"browser": "ALL", "performance": "ALL"}
    options.set_capability("goog:loggingPrefs", logs)
    service = webdriver.ChromeService(DRIVER)
    with webdriver.Chrome(options=options, service=service) as driver:
        yield driver


@pytest.fixture(scope="module", params=["report", "report_of_two"])
def page(request, browser, tmp_path_factory):
    """A browser that has opened a page; a function gives it a width and colours."""
    report = request.getfixturevalue(request.param)
    url = report.to_html(tmp_path_factory.mktemp("page") / "report.html").as_uri()

    def look(width=1280, scheme="light"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1}
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", size | {"mobile": width < 500}
        )
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(url)
        return browser

    look.url = url
    look.report = report
    return look


def requests(browser):
    messages = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")
    ]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def test_nothing_is_loaded_and_nothing_is_wrong(page):
    browser = page()
    assert browser.get_log("browser") == []
    others = [url for url in requests(browser) if not url.startswith("data:")]
    assert others == [page.url]
    assert browser.title == "Synthetic rows beside real ones"


def test_page_forbids_loading(page):
    browser = page()
    browser.execute_script("new Image().src = 'http://127.0.0.1:9/x.png'")
    browser.execute_async_script("setTimeout(arguments[0], 100)")
    assert any("Content Security" in e["message"] for e in browser.get_log("browser"))


@pytest.mark.parametrize("width", [1280, 390])
def test_all_plots_are_seen(page, width):
    browser = page(width)
    boxes = browser.execute_script(
        "return Array.from(document.querySelectorAll('svg.plot'), plot => {"
        "const b = plot.getBoundingClientRect(); return [b.width, b.height]; })"
    )
    n_columns = len(page.report.columns)
    others = sum(len(displays) - 1 for displays in page.report.displays.values())
    assert len(boxes) == n_columns * len(page.report.displays) + others
    assert all(width > 100 and height > 60 for width, height in boxes)
    # drawings inside the plots, and points that are drawn as pictures
    sizes = browser.execute_script(
        "return Promise.all(Array.from(document.querySelectorAll('svg.plot image'), "
        "async image => { const copy = new Image(); copy.src = image.href.baseVal; "
        "await copy.decode(); return copy.naturalWidth; }))"
    )
    assert sizes
    assert min(sizes) > 0


@pytest.mark.parametrize("width", [1280, 390])
def test_page_is_no_wider_than_the_window(page, width):
    browser = page(width)
    inner, outer, body = browser.execute_script(
        "return [innerWidth, document.documentElement.scrollWidth, "
        "document.body.scrollWidth]"
    )
    assert inner == width
    assert outer <= width
    assert body <= width


def cells(browser, position):
    return browser.execute_script(
        "return Array.from(document.querySelector('table.sortable').tBodies[0].rows, "
        f"row => row.cells[{position}].textContent)"
    )


def test_table_sorts_by_a_click_on_a_heading(page):
    browser = page()
    buttons = browser.find_elements("css selector", "table.sortable th button")
    heads = [button.text for button in buttons]
    at = next(at for at, text in enumerate(heads) if text.startswith("Error"))
    assert at == 2
    before = list(map(float, cells(browser, at)))
    assert before == sorted(before, reverse=True)
    buttons[0].click()
    names = cells(browser, 0)
    assert names == sorted(names, key=str.lower)
    assert len(set(names)) == len(names) == len(page.report.columns)
    buttons[0].click()
    assert cells(browser, 0) == names[::-1]
    buttons[at].click()
    assert list(map(float, cells(browser, at))) == before
    buttons[at].send_keys(" ")
    assert list(map(float, cells(browser, at))) == before[::-1]
    marked = browser.find_elements("css selector", "th[aria-sort]")
    assert [head.get_attribute("aria-sort") for head in marked] == ["ascending"]


def colours(browser):
    return browser.execute_script(
        "const ink = e => getComputedStyle(e).fill; const b = getComputedStyle("
        "document.body); return [b.backgroundColor, b.color, "
        "ink(document.querySelector('svg.plot text'))]"
    )


def test_colours_follow_those_of_the_system(page):
    light = colours(page(scheme="light"))
    dark = colours(page(scheme="dark"))
    assert light[0] == "rgb(255, 255, 255)"
    assert sum(map(int, dark[0][4:-1].split(","))) < 150
    for _, ink, plot in (light, dark):
        assert plot == ink
    assert light[1] != dark[1]
