"""Runs schemathesis, with all its checks, against a service that it starts itself.

``PYTHONPATH=tests python -m helpers.contract --examples 100`` makes more than 2,000 cases.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.service import Process
from petition_nlp_serve.auth import new_key


def contract(folder: Path, examples: int, *, bundle: Path | None = None, seed: int | None = None) -> tuple[int, str]:
    """Returns (exit status, output) of schemathesis."""
    key, line = new_key("test:classify,feedback,admin")
    (folder / "keys").write_text(line, encoding="utf-8")
    arguments = ["--keys", folder / "keys", "--feedback", folder / "feedback.sqlite3"]
    if bundle is not None:
        arguments += ["--bundle", bundle]
    with Process(*arguments, log=folder / "log") as service:
        command = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"),
            *(f"{service.url}/openapi.json", "--checks", "all", "--max-examples", str(examples)),
            *("--header", f"Authorization: Bearer {key}", "--continue-on-failure", "--no-color"),
            *(["--seed", str(seed)] if seed is not None else []),
        ]
        env = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)
        assert service.popen.poll() is None, "the service died"
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        status, output = contract(Path(folder), args.examples, seed=args.seed)
    print("\n".join(line[:400] for line in output.splitlines()))
    return status


if __name__ == "__main__":
    sys.exit(main())
