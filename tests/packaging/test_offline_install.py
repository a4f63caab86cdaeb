"""Installs into an empty environment without the network and serves from there.

With PETITION_NLP_WHEELS naming a folder filled by ``pip wheel -w FOLDER '.[serve]'``, everything comes from that folder;
otherwise the package alone is installed from its wheel and its dependencies are those of this environment.
"""

from __future__ import annotations

import json
import os
import site
import socket
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

from helpers.service import free_port, until

ROOT = Path(__file__).resolve().parents[2]


def test_offline_install(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="needs the extra serve")
    folder = tmp_path / "env"
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    bin_ = folder / ("Scripts" if os.name == "nt" else "bin")
    python = bin_ / "python"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    env |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "XDG_STATE_HOME": str(tmp_path)}
    install = [str(python), "-m", "pip", "install", "-q", "--no-index"]
    wheels = os.environ.get("PETITION_NLP_WHEELS")
    if wheels:
        subprocess.run([*install, "--find-links", wheels, "petition-nlp[serve]"], check=True, env=env, timeout=250)
    else:
        pytest.importorskip("hatchling", reason="building without the network needs hatchling installed")
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
        subprocess.run(build, check=True, capture_output=True, timeout=200)
        (wheel,) = tmp_path.glob("*.whl")
        subprocess.run([*install, "--no-deps", str(wheel)], check=True, env=env, timeout=120)
        purelib = subprocess.run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True, capture_output=True, text=True, env=env,
        ).stdout.strip()  # fmt: skip
        (Path(purelib) / "here.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    port = free_port()
    command = [str(bin_ / "petition-nlp"), "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=tmp_path, stderr=log)
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def up() -> bool:
            assert process.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(up)
        data = json.dumps({"text": "低保被停了三个月，请查3.2万元。"}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/analyze", data, headers)
        with opener.open(request, timeout=60) as response:
            answer = json.load(response)
        assert answer["domains"][0]["id"] == "low_income"
        for path in ("/", "/static/main.js", "/docs", "/static/swagger/swagger-ui-bundle.js"):
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
                assert response.status == 200
    finally:
        process.terminate()
        process.wait(60)
