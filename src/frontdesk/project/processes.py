"""What the kernel tells of processes, and how a child is made to end with its parent."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A preexec function: on Linux the kernel sends the signal when our process ends, however it ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(1, int(number))  # PR_SET_PDEATHSIG

    return arrange


def run_apart(call: str) -> None:
    """Call a function without arguments, named as module:function, in a process of its own.

    What it imports stays out of this process's memory, which lives as long as the installation is served.
    Raises SystemExit with its status when it fails; it has then said why.
    """
    module, function = call.split(":")
    done = subprocess.run([sys.executable, "-c", f"from {module} import {function}; {function}()"], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def command_line(pid: int) -> str:
    """What a living process was started with; empty when there is none (a zombie has none either)."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()
