#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Looks at the page of `report` in a real Chromium: page.py RUNBOOK FOLDER-OF-SOURCES STEPS…

Runbooks of so many steps (60 among them), at 1280 and 400 pixels, light and dark: nothing is wider than the page, no text is cut or lies on other text, the console
is silent, nothing is asked of the network, and everything can be reached and opened with the keyboard. With PICTURES=FOLDER it leaves screenshots
there, to be looked at. Skipped, and says so, without Chromium and ChromeDriver.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import Browser

TAB, ENTER, SPACE, RIGHT = "\ue004", "\ue007", " ", "\ue014"

# Elements that hold text themselves; what is folded away or only for screen readers has no size and is left out.
OVERFLOWING = """
const found = [];
for (const e of document.querySelectorAll('body *')) {
	if (e.closest('svg') || !e.getClientRects().length) continue;
	const box = e.getBoundingClientRect();
	if (e.className !== 'jump' && (box.right > innerWidth + 0.5 || box.left < -0.5)) found.push('beside the page: ' + e.outerHTML.slice(0, 90));
	const style = getComputedStyle(e);
	if (e.scrollWidth > e.clientWidth + 1 && style.display !== 'inline' && e.clientWidth) found.push('cut: ' + e.outerHTML.slice(0, 90));
}
return found.slice(0, 5);
"""

# Texts side by side must not lie on each other: the cells of each row, and the letters and times of the timeline.
OVERLAPPING = """
const found = [], rows = 'summary, .facts, .counts, .longest li, .decisions li, .subs li, tr, .axis, .letters, nav';
for (const row of document.querySelectorAll(rows)) {
	const cells = [...row.children].filter(c => c.textContent.trim() && c.getClientRects().length).map(c => [c, c.getBoundingClientRect()]);
	for (let i = 0; i < cells.length; i++)
		for (let k = i + 1; k < cells.length; k++) {
			const [a, b] = [cells[i][1], cells[k][1]];
			if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
					&& getComputedStyle(cells[i][0]).display !== 'inline')
				found.push(cells[i][0].outerHTML.slice(0, 80) + ' and ' + cells[k][0].outerHTML.slice(0, 80));
		}
}
return found.slice(0, 5);
"""

# Text against what is behind it, as WCAG measures it: at least 4.5 to 1.
CONTRAST = """
const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
	return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const found = {};
for (const e of document.querySelectorAll('body *')) {
	if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length || e.closest('svg')) continue;
	let behind = e;
	while (behind && /, 0\\)$|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
	const a = light(getComputedStyle(e).color), b = light(getComputedStyle(behind || document.body).backgroundColor);
	const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	if (ratio < 4.5) found[e.tagName + '.' + e.className] = ratio.toFixed(2);
}
return Object.entries(found).slice(0, 5).map(x => x.join(': '));
"""

problems = []
checks = 0


def expect(good, what):
    global checks
    checks += 1
    if not good:
        problems.append(what)
        print(f"not ok: {what}", flush=True)


def look(browser, page, size, width, scheme):
    where = f"{size} steps, {width} pixels, {scheme}"
    browser.show(str(page), width, scheme)
    pictures = os.environ.get("PICTURES")
    if pictures:
        browser.shoot(f"{pictures}/page-{size}-{width}-{scheme}.png", 6000)
    expect(browser.ask("return document.querySelectorAll('.steps > li').length") >= size, f"{where}: steps are missing")
    for kind in ("as it comes", "unfolded"):
        expect(not browser.ask("return document.documentElement.scrollWidth > innerWidth"), f"{where}, {kind}: wider than the page")
        for name, script in (("overflow", OVERFLOWING), ("overlap", OVERLAPPING), ("contrast", CONTRAST)):
            found = browser.ask(script)
            expect(not found, f"{where}, {kind}: {name}: {found}")
        browser.ask("for (const d of [...document.querySelectorAll('details')].slice(0, 80)) d.open = true")
    expect(browser.ask("return getComputedStyle(document.body).backgroundColor") ==
           ("rgb(19, 22, 25)" if scheme == "dark" else "rgb(247, 247, 245)"), f"{where}: not {scheme}")


def focused(browser):
    return browser.ask("const e = document.activeElement; return [e.tagName, e.className, e.id]")


def use_keyboard(browser, page):
    browser.show(str(page), 1280)
    browser.press(TAB)
    expect(focused(browser)[1] == "jump", "the first stop is not the way to the steps")
    expect(browser.ask("return document.activeElement.getBoundingClientRect().left") >= 0, "what has the focus cannot be seen")
    browser.press(ENTER)
    expect(browser.ask("return location.hash") == "#steps", "the way to the steps leads elsewhere")
    browser.press(TAB)
    expect(focused(browser)[2] == "show-all", f"behind it the buttons do not follow: {focused(browser)}")
    shown = "return [...document.querySelectorAll('.steps > li')].filter(e => e.getClientRects().length).length"
    before = browser.ask(shown)
    browser.press(RIGHT)
    after = browser.ask(shown)
    expect(0 < after < before, f"a button does not choose: {before} steps, then {after}")
    browser.press(TAB)
    expect(focused(browser)[0] == "SUMMARY", f"the steps cannot be reached: {focused(browser)}")
    expect(browser.ask("return getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus cannot be seen")
    browser.press(ENTER)
    expect(browser.ask("return document.activeElement.parentElement.open"), "a step cannot be unfolded")
    reached = browser.ask("return [...document.querySelectorAll('a[href], summary, input')].filter(e => !e.closest('svg') && e.tabIndex < 0).length")
    expect(reached == 0, f"{reached} elements cannot be reached")


def print_it(browser, page):
    browser.show(str(page), 700, media="print")
    expect(browser.ask("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is white")
    expect(browser.ask("return getComputedStyle(document.querySelector('nav')).display") == "none", "links are of no use on paper")
    expect(not browser.ask("return document.documentElement.scrollWidth > innerWidth"), "wider than the paper")


def requests(browser):
    """What pages of ours asked for since the last call, beside themselves: a new browser has a page of its own."""
    asked = []
    for entry in browser.logs("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent" and message["params"]["documentURL"].startswith("file:"):
            asked.append(message["params"]["request"]["url"])
    return [url for url in asked if not url.startswith(("file:", "data:"))]


def check_silence(browser):
    said = [entry["message"] for entry in browser.logs("browser")]
    expect(not said, f"the console: {said[:3]}")
    asked = requests(browser)
    expect(not asked, f"asked of the network: {asked[:3]}")


def controls(browser, page, work):
    """Pages that are wrong: each check notices."""
    text = page.read_text()
    wrong = work / "wrong.html"
    wrong.write_text(text.replace("</h1>", "</h1><p style='width:1500px'>x</p><p style='color:#ccc;background:#ddd'>pale</p>"
                                  "<div class='axis' style='display:block'><span style='position:absolute'>one</span><span>two</span></div>", 1)
                     .replace("http-equiv=\"Content-Security-Policy\"", "name=\"x\"", 1).replace("</body>", "<img src='http://127.0.0.1:9/x'/></body>", 1))
    browser.show(str(wrong), 1280)
    expect(browser.ask(OVERFLOWING) and browser.ask(CONTRAST) and browser.ask(OVERLAPPING), "a wrong page is not noticed")
    expect(browser.ask("return document.documentElement.scrollWidth > innerWidth"), "a wide page is not noticed")
    expect(requests(browser) == ["http://127.0.0.1:9/x"], "a request is not noticed")
    expect(browser.logs("browser"), "an error is not noticed")


def make_page(program, sources, work, size):
    folder = work / str(size)
    subprocess.run([sys.executable, "-B", sources / "tests/report/ledgers.py", program, folder, str(size)], check=True)
    page = work / f"{size}.html"
    subprocess.run([program, "report", "-runbookid=night-2", f"-out={page}", "-machine=app01", "-quiet"], check=True,
                   env=dict(os.environ, RUNBOOK_LEDGER=str(folder / "ledger.db"), RUNBOOK_CONF="/nonexistent"))
    return page


def run(driver, chromium, work):
    program, sources = sys.argv[1], pathlib.Path(sys.argv[2])
    pages = {size: make_page(program, sources, work, size) for size in map(int, sys.argv[3:])}
    browser = Browser(driver, chromium)
    try:
        for size, page in pages.items():
            for width in (1280, 400):
                for scheme in ("light", "dark"):
                    look(browser, page, size, width, scheme)
        use_keyboard(browser, pages[60])
        print_it(browser, pages[60])
        check_silence(browser)
        controls(browser, pages[60], work)
    finally:
        browser.close()


def main():
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not driver or not chromium:
        print("SKIPPED: nobody looked at the pages: chromium and chromedriver (packages chromium, chromium-driver) are not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="runbook-page.") as work:
        run(driver, chromium, pathlib.Path(work))
    print(f"{checks} checks, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
