# SPDX-License-Identifier: MIT
"""A headless Chromium, driven by ChromeDriver over HTTP: as little of WebDriver as the tests need."""

import base64
import json
import os
import re
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

# The width of a window of Chromium cannot be less than its frame allows: sizes are those of the page.
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-extensions", "--force-color-profile=srgb"]


class Browser:
    def __init__(self, driver, chromium):
        self.home = tempfile.TemporaryDirectory(prefix="runbook-browser.", ignore_cleanup_errors=True)
        environment = dict(os.environ, HOME=self.home.name, TMPDIR=self.home.name)
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env=environment, start_new_session=True)
        self.base = f"http://127.0.0.1:{self.find_port()}"
        chrome = {"binary": chromium, "args": OPTIONS + [f"--user-data-dir={self.home.name}/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = "/session/" + self.send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def find_port(self):
        for line in self.process.stdout:
            match = re.search(r"started successfully on port (\d+)", line)
            if match:
                return match.group(1)
        raise RuntimeError("chromedriver did not start")

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        # Whatever proxy there is, this is for no other machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode("utf-8", "replace")) from None

    def command(self, name, **parameters):
        return self.send("POST", self.session + "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def show(self, path, width, scheme="light", media="screen"):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.command("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("POST", self.session + "/url", {"url": "file://" + path})

    def ask(self, script, *arguments):
        return self.send("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.send("POST", self.session + "/actions",
                      {"actions": [{"type": "key", "id": "keyboard", "actions": [{"type": kind, "value": key}]}]})

    def logs(self, kind):
        return self.send("POST", self.session + "/se/log", {"type": kind})

    def shoot(self, path, height=None):
        size = self.ask("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], height or size[1]), "scale": 1}
        data = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        try:
            self.send("DELETE", self.session)
        finally:
            # The driver is the leader of the group that it and its browser are.
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
            self.home.cleanup()
