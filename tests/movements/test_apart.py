"""The process that opens files: what it may take, and what its end is told as."""

import subprocess
import sys

import orjson
import pytest

from movements import apart, apart_limits
from movements.errors import MovementError, UnreadableUpload, UploadTooLarge


def running(monkeypatch, code: str) -> None:
    """Let some code run in the place of the reader."""
    command = [sys.executable, "-I", "-c", f"import os, signal, sys, time\n{code}"]
    monkeypatch.setattr(apart, "_command", lambda *_: command)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("sys.exit(3)", UploadTooLarge, "memory"),
        ("os.abort()", UploadTooLarge, "memory"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", UploadTooLarge, "seconds"),
        ("time.sleep(60)", UploadTooLarge, "seconds"),
        ("sys.exit(4)", UnreadableUpload, "cannot be opened as xlsx"),
        ("print('x' * 5000)", UnreadableUpload, "cannot be opened"),
        ('print(\'{"wrong": ["BadColumns", "why"]}\')', MovementError, "why"),
    ],
)
def test_each_end_of_the_process_is_told_in_words(monkeypatch, code, kind, words):
    monkeypatch.setattr(apart, "_WAITED_S", 1)
    monkeypatch.setattr(apart, "_MOST_ANSWERED", 4000)
    running(monkeypatch, code)
    with pytest.raises(kind, match=words):
        apart.table("xlsx", b"body", {})


def test_it_is_given_the_body_and_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("NMIS_SECRET_KEY", "a secret")
    running(
        monkeypatch,
        "import json\n"
        "print(json.dumps({'body': sys.stdin.read(), 'env': dict(os.environ),"
        " 'files': os.listdir('/proc/self/fd')}))",
    )
    told = apart.table("xlsx", b"body", {"sheet": None})
    assert told["body"] == '{"sheet":null}\nbody'
    assert not [name for name in told["env"] if name.startswith("NMIS")]
    assert len(told["files"]) <= 4  # input, output, errors, and the listing itself


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("bytearray(2 << 30)", "MemoryError"),
        ("open('FILE', 'w', buffering=1).write('x\\n')", "File too large"),
        ("[open('/dev/null') for _ in range(99)]", "Too many open files"),
    ],
)
def test_the_limits_hold(code, ends, tmp_path):
    code = code.replace("FILE", str(tmp_path / "x"))
    program = f"from movements.apart_limits import limit\nlimit()\n{code}"
    found = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, check=False
    )
    assert found.returncode != 0
    assert ends in found.stderr.decode()


def test_the_kernel_ends_it_first(tmp_path):
    program = (
        "from movements.apart_limits import first_to_go\nfirst_to_go()\n"
        "print(open('/proc/self/oom_score_adj').read())"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, check=True
    )
    assert orjson.loads(found.stdout) == 1000
    assert apart_limits.MEMORY_MB < 1024
