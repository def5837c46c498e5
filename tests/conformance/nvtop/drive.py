#!/usr/bin/env python3
"""nvtop, unmodified, on a pseudo terminal against a simulated node: does it draw what the node is?

nvtop looks up every NVML symbol when it starts and says "No GPU to monitor." if one is missing; it
uses the first, unversioned process lists, and knows nothing of MIG.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screen import Screen  # noqa: E402
from simulated_node import Node  # noqa: E402

ROWS, COLUMNS = 60, 170
BOARDS = [  # product, name on the screen
    ("h100-sxm5-80gb", "NVIDIA H100 80GB HBM3"),
    ("a100-40gb", "NVIDIA A100-SXM4-40GB"),
]
PROCESS_MIB = 4096


def start(command):
    """(pid, terminal) of a program whose screen is ROWS x COLUMNS."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="linux", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    return pid, terminal


def read_for(terminal, screen, seconds, until=lambda text: False):
    """Feeds the screen until the time is over, the program ends, or the text is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until(screen.text()):
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # EIO: the program closed its side
            return
        if not data:
            return
        screen.feed(data)


def finish(pid, terminal, screen):
    """Exit status after pressing q; None when it had to be killed."""
    try:
        os.write(terminal, b"q")
    except OSError:
        pass
    end = time.monotonic() + 5
    while time.monotonic() < end:
        read_for(terminal, screen, 0.1)
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


class Checks:
    def __init__(self):
        self.done = self.failed = 0

    def expect(self, condition, what):
        self.done += 1
        if not condition:
            self.failed += 1
            print(f"FAILED {what}")


def gpu_block(text, index):
    """The three lines nvtop draws for one GPU; GPUs stand side by side where there is room."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        begin = line.find(f"Device {index} ")
        if begin >= 0:
            end = line.find("Device ", begin + 1)
            return "\n".join(below[begin:end if end > 0 else None] for below in lines[at:at + 3])
    return ""


def check_screen(checks, text, pid):
    checks.expect("No GPU to monitor" not in text, "nvtop found no GPU to monitor")
    for index, (product, name) in enumerate(BOARDS):
        block = gpu_block(text, index)
        checks.expect(name in block, f"{product}: its name {name!r} is not in {block!r}")
        for what, pattern in (
                ("a temperature in C", r"TEMP\s+(\d+)\s*.?C"),
                ("power of its limit in W", r"POW\s+(\d+)\s*/\s*(\d+)\s*W"),
                ("a GPU clock", r"GPU\s+(\d+)\s*MHz"),
                ("a memory clock", r"MEM\s+(\d+)\s*MHz"),
                ("memory used of total", r"MEM\[.*?([\d.]+)Gi/([\d.]+)Gi\]"),
                ("utilization", r"GPU\[.*?(\d+)%\]")):
            checks.expect(re.search(pattern, block), f"{product}: no {what} in\n{block}")
    check_load(checks, text, pid)


def check_load(checks, text, pid):
    """The pretend workload is on GPU 0: in its memory bar, its utilization and the process list."""
    busy = re.search(r"MEM\[.*?([\d.]+)Gi/([\d.]+)Gi\]", gpu_block(text, 0))
    idle = re.search(r"MEM\[.*?([\d.]+)Gi/([\d.]+)Gi\]", gpu_block(text, 1))
    if busy and idle:
        checks.expect(float(busy[1]) >= PROCESS_MIB / 1024, f"memory used of GPU 0: {busy[0]}")
        checks.expect(float(busy[2]) > 75, f"memory of an H100 80GB: {busy[0]}")
        checks.expect(38 < float(idle[2]) <= 40, f"memory of an A100 40GB: {idle[0]}")
    used = re.search(r"GPU\[.*?(\d+)%\]", gpu_block(text, 0))
    checks.expect(used and int(used[1]) > 0, "GPU 0 works and nvtop draws 0 %")
    row = next((line for line in text.splitlines() if re.search(rf"\b{pid}\b", line)), "")
    checks.expect(row, f"process {pid} is not in the list")
    checks.expect(f"{PROCESS_MIB}MiB" in row.replace(" ", ""), f"its memory is not in {row!r}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--septet", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--show", action="store_true", help="print the screen even if all is well")
    options = parser.parse_args()
    node = Node(options.septet, options.state)
    node.create("--gpus", len(BOARDS), "--product", ",".join(product for product, _ in BOARDS))
    pid = node.start_process(0, memory=PROCESS_MIB, sm=50)
    checks, screen = Checks(), Screen(ROWS, COLUMNS)
    # Drawn anew every half second.
    nvtop, terminal = start(node.inside("nvtop", "-d", "5"))
    read_for(terminal, screen, 15, until=lambda text: str(pid) in text and "%]" in text)
    read_for(terminal, screen, 2)
    text = screen.text()
    check_screen(checks, text, pid)
    checks.expect(finish(nvtop, terminal, screen) == 0, "nvtop does not end with status 0 on q")
    node.stop_process(pid)
    if checks.failed or options.show:
        print(text)
    print(f"nvtop: {checks.done} checks, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
