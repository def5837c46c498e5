#!/usr/bin/env python3
"""septet top on a real terminal (tmux): live, sorted, filtered, resized, with faults, left clean.

    SEPTET_BIN=BIN run.py [SCENARIO ...]

Each scenario has a simulated node of its own. Exit status: 0 all passed; 1 not.
"""

import os
import re
import signal
import subprocess
import sys
import traceback

from terminal import Failed, Node, Terminal

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def expect(condition, what):
    if not condition:
        raise Failed(what)


@scenario
def live(node, terminal):
    """What another process changes is there within two seconds."""
    small, large = node.cut(0, "9:4,14:0")
    terminal.top()
    expect(len(terminal.rows()) == 3, f"two instances and a GPU that is free:\n{terminal.screen()}")
    node.cut(1, "19")
    _, after = terminal.wait_for(r"^  1 \d+/0 +1g\.10gb", within=2)
    expect(small != large, "two instances")
    pid = node.start("--gpu", "0", "--gi", large, "--memory", "20GiB", "--sm", "83", "--name", "train")
    _, busy = terminal.wait_for(rf"20\.0/.*{pid} tr", within=2)
    terminal.wait_for(rf"20\.0/.* 83 .*{pid} tr")  # of the whole time between two looks
    expect("SIMULATED" in terminal.lines()[0], "a simulated node is said aloud")
    node.septet("sim", "process", "stop", str(pid))
    _, idle = terminal.wait_gone(str(pid), within=2)
    print(f"  seen after: instance {after:.2f} s, process {busy:.2f} s, its end {idle:.2f} s")


@scenario
def sort_and_select(node, terminal):
    """Sorting by keys and by arrows; details of the selected row; the tree."""
    busy = {}
    instances = node.cut(0, "19,19,19")
    for instance, percent in zip(instances, (20, 90, 55)):
        busy[percent] = node.start("--gpu", "0", "--gi", instance, "--sm", str(percent))
    node.septet("smi", "mig", "-i", "1", "-cgi", "9", "-C")
    terminal.top()
    terminal.key("S")
    terminal.wait_until(lambda _: [row.split()[-2] for row in terminal.rows()][:3] ==
                        [str(busy[90]), str(busy[55]), str(busy[20])], "the busiest first")
    terminal.key("r")
    terminal.wait_until(lambda _: str(busy[90]) in terminal.rows()[3], "the busiest last")
    terminal.key("End", "Enter")
    terminal.wait_for(r"UUID +MIG-[0-9a-f-]{36}")
    for said in (rf"instance +GPU instance {instances[1]}, compute instance 0", r"SMs +16", r"1 copy",
                 rf"{busy[90]} python", r"ECC +0 uncorrected"):
        terminal.wait_for(said)
    terminal.key("End")
    terminal.wait_for(r"what still fits on GPU 0")
    terminal.key("Escape")
    terminal.wait_for(r"^GPU GI/CI")
    terminal.key("t")
    terminal.wait_for(r"^  0 +H100 80GB")
    terminal.key("?")
    terminal.wait_for(r"sort by GPU, instance, profile")
    terminal.key("q")
    terminal.wait_for(r"^GPU GI/CI")
    terminal.key("F1")
    terminal.wait_for(r"sort by GPU, instance, profile")


@scenario
def filters(node, terminal):
    """A filter holds while it is typed; Escape takes it back."""
    instances = node.cut(0, "9:4,14:0")
    pid = node.start("--gpu", "0", "--gi", instances[1], "--name", "trainer")
    terminal.top()
    terminal.type("/train")
    terminal.wait_until(lambda _: len(terminal.rows()) == 1, "only one row has it")
    terminal.wait_for(r"filter: train_")
    terminal.key("Enter")
    terminal.wait_for(r"filter: train ")
    expect(str(pid) in terminal.rows()[0], terminal.screen())
    terminal.key("Escape")
    terminal.wait_until(lambda _: len(terminal.rows()) == 3, "all rows again")
    terminal.key("f")
    terminal.wait_for(r"^  0 +free ")


@scenario
def sizes(node, terminal):
    """80x24, 120x40, 40x10 and back, while it runs."""
    node.cut(0, "19,19")
    terminal.top()
    expect(len(terminal.lines()) == 25, "24 lines")
    terminal.wait_for(r"^GPU  0 \S.*1g\.10gb")
    terminal.resize(120, 40)
    terminal.wait_until(lambda screen: len(screen.split("\n")) == 41 and
                        len(screen.split("\n")[0].rstrip()) > 110 and
                        "?help" in screen.split("\n")[39], "a frame of 120x40")
    terminal.resize(40, 10)
    terminal.wait_for(r"needs 60x12")
    terminal.wait_for(r"this terminal is 40x10")
    terminal.resize(80, 24)
    terminal.wait_for(r"^GPU GI/CI")
    expect("?help" in terminal.lines()[23], terminal.screen())
    terminal.resize(40, 10)
    terminal.wait_for(r"needs 60x12")
    terminal.key("q")
    expect(terminal.ended() == 0, "q ends it there too")


@scenario
def faults(node, terminal):
    """Xids, ECC errors and a lost GPU are shown; the driver goes and comes back."""
    instances = node.cut(0, "9:4,14:0")
    node.cut(1, "9")
    terminal.top()
    terminal.wait_for(rf"^  0 {instances[1]}/0 .* ok")
    # A watch that has just begun: the first event may come before it.
    def told(_):
        node.septet("sim", "fault", "xid", "94", "--gpu", "0", "--gi", instances[1])
        return re.search(rf"^  0 {instances[1]}/0 .* Xid 94", terminal.screen(), re.MULTILINE)
    terminal.wait_until(told, "Xid 94 on the instance")
    expect(re.search(rf"^  0 {instances[0]}/0 +2g.* ok", terminal.screen(), re.MULTILINE), "its neighbour is well")
    terminal.key("c")
    terminal.wait_gone(r"Xid")
    node.septet("sim", "fault", "ecc", "--gpu", "1", "--uncorrected", "3")
    terminal.wait_for(r"^  1 .*(ECC 3|Xid 48)")
    node.septet("sim", "fault", "lost", "--gpu", "1")
    terminal.wait_for(r"^  1 .* away ")
    node.septet("sim", "fault", "lost", "--gpu", "1", "--back")
    terminal.wait_gone(r"^  1 .* away ")
    node.septet("sim", "fault", "call", "nvmlDeviceGetCount_v2", "--nth", "0", "--times", "0")
    terminal.wait_for(r"NO ANSWER .*below is how it was.*count the GPUs")
    expect(re.search(rf"^  0 {instances[1]}/0 ", terminal.screen(), re.MULTILINE), "the last picture stays")
    node.septet("sim", "fault", "clear")
    terminal.wait_gone(r"NO ANSWER")
    node.septet("sim", "destroy")
    terminal.wait_for(r"NO ANSWER .*file")
    node.septet("sim", "create", "--gpus", "3", "--mig", "on")
    terminal.wait_for(r"^ 3 GPUs, ")
    expect("NO ANSWER" not in terminal.screen(), terminal.screen())


@scenario
def left_clean(node, terminal):
    """However it ends, the terminal is as it was: q, Ctrl-C, SIGTERM, a crash."""
    before = terminal.modes()
    ends = [(lambda: terminal.key("q"), 0), (lambda: terminal.key("C-c"), 130),
            (lambda: os.kill(terminal.pid(), signal.SIGTERM), 143),
            (lambda: os.kill(terminal.pid(), signal.SIGABRT), 134)]
    for end, status in ends:
        terminal.top()
        expect(terminal.modes() != before, "a full screen")
        end()
        terminal.wait_until(lambda _: terminal.modes() == before, f"{status}: {terminal.modes()}")
        got = terminal.ended()
        expect(got == status, f"exit status {got}, not {status}\n{terminal.screen()}")


@scenario
def stopped_and_continued(node, terminal):
    """Ctrl-Z gives the terminal back, fg takes it again."""
    before = terminal.modes()
    terminal.top()
    terminal.key("C-z")
    terminal.wait_for(r"Stopped")
    terminal.wait_until(lambda _: terminal.modes() == before, "the shell's terminal")
    terminal.type("clear; fg")
    terminal.key("Enter")
    terminal.wait_for(r"^GPU GI/CI")
    terminal.key("q")
    expect(terminal.ended() == 0, "ended by q")


@scenario
def plain_terminals(node, _):
    """vt100 and NO_COLOR have no colors, C has no characters beyond ASCII, and all work."""
    node.cut(0, "9,14")
    color = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7])[0-9;]*m")
    cases = [({"TERM": "screen"}, True, True), ({"TERM": "xterm"}, True, True),
             ({"TERM": "linux"}, True, True), ({"TERM": "vt100"}, False, True),
             ({"TERM": "xterm", "NO_COLOR": "1"}, False, True),
             ({"TERM": "xterm", "LC_ALL": "C"}, True, False),
             ({"TERM": "vt100", "LC_ALL": "C"}, False, False)]
    for environment, colored, boxes in cases:
        terminal = Terminal(node, **environment)
        try:
            terminal.top()
            terminal.wait_for(r"^GPU  0 .*3g\.40gb")
            styled, plain = terminal.screen(styled=True), terminal.screen()
            expect(bool(color.search(styled)) == colored, f"{environment}: colors\n{styled}")
            expect(("│" in plain) == boxes, f"{environment}: boxes\n{plain}")
            expect(boxes or plain.isascii(), f"{environment}: ASCII\n{plain}")
            terminal.key("Down", "S", "q")
            expect(terminal.ended() == 0, f"{environment}: ended by q")
        finally:
            terminal.close()


@scenario
def refused(node, terminal):
    """No terminal, or one that nobody knows: an error with the remedy; --once writes to a pipe."""
    ran = node.septet("top", may_fail=True)  # its output is a pipe
    expect(ran.returncode == 1 and ran.stdout == "", f"{ran}")
    expect("standard output is none" in ran.stderr and "septet top --once" in ran.stderr, ran.stderr)
    terminal.type(f"TERM=nonsense {node.septet_bin} top 2>&1 | head -3; "
                  f"TERM=nonsense {node.septet_bin} top")
    terminal.key("Enter")
    terminal.wait_for(r"no terminal is known by the name 'nonsense'")
    terminal.wait_for(r"standard output is none")
    node.cut(0, "9,14")
    once = node.septet("top", "--once", "--width", "80").stdout
    expect(re.search(r"^  0 2/0 +3g\.40gb ", once, re.MULTILINE), once)
    expect("\x1b" not in once and max(map(len, once.split("\n"))) <= 80, once)
    gone = subprocess.run([node.septet_bin, "--sim=/proc/nowhere/node", "top", "--once"], text=True,
                          capture_output=True, check=False)
    expect(gone.returncode != 0 and "septet top:" in gone.stderr, f"{gone}")


@scenario
def hangs_up(node, terminal):
    """When the terminal goes away, so does it."""
    terminal.top()
    pid = terminal.pid()
    terminal.tmux("kill-server")
    Terminal(node).wait_until(lambda _: not os.path.exists(f"/proc/{pid}"), "its end")


def run(name):
    node = Node()
    terminal = Terminal(node)
    try:
        SCENARIOS[name](node, terminal)
    finally:
        terminal.close()
        node.close()


def main():
    names = sys.argv[1:] or list(SCENARIOS)
    failed = []
    for name in names:
        try:
            run(name)
            print(f"passed: {name}", flush=True)
        except Exception:  # noqa: BLE001: whatever it was, the next scenario has its turn
            traceback.print_exc()
            failed.append(name)
    if failed:
        print("FAILED:", " ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
