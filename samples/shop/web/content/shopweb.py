# SPDX-License-Identifier: MIT
"""ShopWeb: the shop over HTTP, on 127.0.0.1 only.

GET /version /products /orders/ID answer JSON, GET / a page; POST /orders with {"customer": ID, "product": ID, "quantity": N}
takes an order. What the answers say is the matter of shop.py, which every version brings anew.
"""

import contextlib
import http.server
import json
import re
import signal
import sqlite3
import sys
import threading

import service
import shop


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 5  # a client that says nothing must not hold up the end of the service

    @contextlib.contextmanager
    def database(self):
        with contextlib.closing(sqlite3.connect(self.server.database, timeout=5)) as db, db:
            db.execute("PRAGMA foreign_keys = ON")
            yield db

    def send(self, code, kind, text):
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, code, value):
        self.send(code, "application/json", json.dumps(value) + "\n")

    def do_GET(self):
        try:
            self.answer()
        except sqlite3.Error as error:
            self.send_json(503, {"error": f"the shop is closed: {error}"})

    def answer(self):
        order = re.fullmatch(r"/orders/(\d{1,15})", self.path)
        with self.database() as db:
            if self.path == "/version":
                schema = db.execute("PRAGMA user_version").fetchone()[0]
                self.send_json(200, {"service": "ShopWeb", "version": service.VERSION, "schema": schema})
            elif self.path == "/products":
                self.send_json(200, shop.products(db))
            elif self.path == "/":
                self.send(200, "text/html", shop.page(db, service.VERSION))
            elif order and (found := shop.order(db, int(order[1]))):
                self.send_json(200, found)
            else:
                self.send_json(404, {"error": "not found"})

    def do_POST(self):
        if self.path != "/orders":
            self.send_json(404, {"error": "not found"})
            return
        try:
            wish = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            with self.database() as db:
                number = shop.take_order(db, int(wish["customer"]), int(wish["product"]), int(wish["quantity"]))
        except (KeyError, TypeError, ValueError, sqlite3.IntegrityError) as error:
            self.send_json(400, {"error": f"no order: {error}"})
            return
        self.send_json(201, {"id": number})


def main():
    arguments = service.arguments("ShopWeb: the shop over HTTP")
    service.take_lock(arguments.home, "web")
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{arguments.port}: {error.strerror}")
    server.daemon_threads = False  # server_close() waits for the answers under way
    server.database = arguments.home / "data" / "shop.db"
    # shutdown() waits for serve_forever(), which this handler interrupts: it has to be another thread
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"ShopWeb {service.VERSION} on http://127.0.0.1:{arguments.port}", flush=True)
    server.serve_forever()
    server.server_close()
    print("ShopWeb ends", flush=True)


main()
