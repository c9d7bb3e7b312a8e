"""Train the sample model, serve it, ask it two questions, and leave the server running until Ctrl-C.

Run it with `make quickstart`. Every step is a command that you could have typed.
"""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from lepton_ai import Client

SAMPLE = Path(__file__).parent / "customer_messages" / "messages.csv"
NAME = "customer-messages"
COLUMN = "message"
QUESTIONS = ("我的快递三天没动了，什么时候能到？", "I was charged twice for the same order.")
LEPTON = (sys.executable, "-m", "lepton_ai.cli.main")
START_SECONDS = 30


def main() -> int:
    """Run the tour."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both stop the server before us
    print(f"1. Train on {SAMPLE.name}, a bilingual sample with the dirt that real files have\n")
    train = ("train", "text-classification", str(SAMPLE), "--name", NAME, "--recipe", "fast")
    show(train)
    if (code := subprocess.call([*LEPTON, *train])) != 0:
        return code

    port = free_port(8000)
    print("\n2. Serve it\n")
    serve = ("serve", NAME, "--port", str(port))
    show(serve)
    server = subprocess.Popen([*LEPTON, *serve])
    try:
        ask(f"http://127.0.0.1:{port}", server)
        print("\nThe server goes on until Ctrl-C.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def show(words: tuple[str, ...]) -> None:
    """Print a command as one would type it."""
    print("$ lepton " + shlex.join(words), flush=True)


def ask(url: str, server: subprocess.Popen[bytes]) -> None:
    """Put the questions to the server and print its answers."""
    client = Client(url)
    end = time.monotonic() + START_SECONDS
    while not client.ready():
        if server.poll() is not None or time.monotonic() > end:
            raise SystemExit("The server did not start; see its lines above.")
        time.sleep(0.05)
    print("\n3. Ask it\n")
    for question in QUESTIONS:
        (answer,) = client.predict(NAME, [{COLUMN: question}])
        print(f"{question}\n  {answer.label} {answer.score:.3f}")
    body = json.dumps({"rows": [{COLUMN: QUESTIONS[0]}]}, ensure_ascii=False)
    print(f"\nThe same from any language:\n\ncurl -s {url}/v1/models/{NAME}/predict \\")
    print(f"  -H 'Content-Type: application/json' -d '{body}'")
    print(f"\nDocumentation of the service: {url}/docs")


def free_port(first: int) -> int:
    """The first port of this machine from `first` on that nobody listens at."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit(f"No port from {first} to {first + 99} is free.")


if __name__ == "__main__":
    sys.exit(main())
