"""The endpoint of the example: prices an order for who has the key."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sesame"
CENTS = {"book": 1250, "pen": 180}


class Pricing(BaseHTTPRequestHandler):
    """Answers one request after the other."""

    def do_POST(self):
        """Price an order."""
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("X-Api-Key") != KEY:
            self.answer(403, {"message": "who are you?"})
        elif order["item"] not in CENTS:
            self.answer(404, {"message": f"there is no {order['item']}"})
        else:
            self.answer(200, {"cents": CENTS[order["item"]] * order["quantity"]})

    def answer(self, status, body):
        """Send an answer in JSON."""
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Print nothing."""


def serve(port=0):
    """A server on the loopback interface, which `serve_forever` runs."""
    return ThreadingHTTPServer(("127.0.0.1", port), Pricing)


if __name__ == "__main__":
    serve(8099).serve_forever()
