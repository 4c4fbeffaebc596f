"""Spectral's rules for OpenAPI, without an error or a warning; where Node.js and its packages are to be had."""

import shutil
import subprocess

import pytest
from conftest import ROOT

PACKAGE = "@stoplight/spectral-cli@6.16.3"


@pytest.fixture(scope="module")
def spectral(request):
    """The program, installed once into pytest's cache."""
    folder = request.config.cache.mkdir("spectral")
    program = folder / "node_modules" / ".bin" / "spectral"
    if not program.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not here")
        command = [
            "npm",
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(folder),
            PACKAGE,
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=180)
        except subprocess.TimeoutExpired:
            pytest.skip("spectral's packages did not come within three minutes")
        if done.returncode:
            pytest.skip(f"spectral cannot be installed: {done.stderr.decode()[-200:]}")
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    return [str(program), "lint", "--ruleset", str(folder / "rules.yaml"), "--fail-severity=warn"]


def test_the_openapi_document_keeps_spectrals_rules(spectral):
    done = subprocess.run([*spectral, str(ROOT / "openapi" / "v1.json")], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode()
