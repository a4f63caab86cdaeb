"""The curl examples of docs/serving.md work as they stand, and the deployment files say what they should."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDES = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("docs/serving.md", "README.md"))
BLOCKS = re.findall(r"```bash\n(.*?)```", GUIDES, re.S)
EXAMPLES = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl -sS")]


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.split("8000")[1].split()[0])
def test_curl_examples(service: str, example: str) -> None:
    command = shlex.split(example.replace("http://127.0.0.1:8000", service))
    done = subprocess.run([*command, "--fail", "--noproxy", "*"], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout
    answer = done.stdout.decode()
    if "/metrics" in example:
        assert answer.startswith("# HELP")
    else:
        assert "error" not in json.loads(answer)


def test_there_are_examples_of_all_routes() -> None:
    assert len(EXAMPLES) == 9


def test_deployment_files() -> None:
    compose = yaml.safe_load((ROOT / "serve" / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["petition-nlp"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    docker = (ROOT / "serve" / "Dockerfile").read_text(encoding="utf-8")
    assert "USER 10001" in docker
    assert "HEALTHCHECK" in docker
    health = re.search(r'CMD \["python", "-c", "(.*?)"\]', docker)
    assert health is not None
    compile(health[1], "healthcheck", "exec")
    unit = (ROOT / "serve" / "petition-nlp.service").read_text(encoding="utf-8")
    assert "DynamicUser=yes" in unit
