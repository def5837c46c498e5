"""What septet top shows on a terminal: a tmux session of its own, typed into and read as text.

Nothing waits for a fixed time: what is expected is looked for until a deadline.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import time

DEADLINE_S = 15  # for what must come at all; what has a bar of its own gives it
POLL_S = 0.05


class Failed(AssertionError):
    """Something was not on the screen."""


class Node:
    """A simulated node in a folder of its own."""

    def __init__(self, *options):
        self._folder = tempfile.TemporaryDirectory(prefix="septet-top-")
        self.folder = pathlib.Path(self._folder.name)
        self.state = str(self.folder / "node")
        self.septet_bin = os.environ["SEPTET_BIN"]
        self.environment = dict(os.environ, SEPTET_SIM=self.state)
        self.environment.pop("NO_COLOR", None)
        self.septet("sim", "create", *(options or ("--gpus", "2", "--mig", "on")))

    def septet(self, *words, may_fail=False):
        ran = subprocess.run([self.septet_bin, *words], env=self.environment, capture_output=True,
                             text=True, check=False, stdin=subprocess.DEVNULL)
        if ran.returncode != 0 and not may_fail:
            raise Failed(f"septet {' '.join(words)}: {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return ran

    def cut(self, gpu, profiles):
        """Creates these; the ids of all GPU instances of that GPU, by where they are."""
        self.septet("smi", "mig", "-i", str(gpu), "-cgi", profiles, "-C")
        told = json.loads(self.septet("--json", "status").stdout)["gpus"][gpu]["gpu_instances"]
        return [str(each["id"]) for each in sorted(told, key=lambda each: each["placement"]["start"])]

    def start(self, *words):
        return int(self.septet("sim", "process", "start", *words).stdout)

    def close(self):
        self.septet("sim", "process", "stop", "--all", may_fail=True)
        self._folder.cleanup()


class Terminal:
    """A shell in tmux; `septet top` is typed into it."""

    def __init__(self, node, width=80, height=24, **environment):
        self.node = node
        self.socket = str(node.folder / f"tmux{time.monotonic_ns()}")
        settings = {"LC_ALL": "C.UTF-8", "PS1": "$ ", "SEPTET_SIM": node.state, **environment}
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
        shell = f"env -u NO_COLOR {words} bash --norc --noprofile"
        # -u: tmux itself believes that UTF-8 is understood, whatever the locale of the test.
        self.tmux("-u", "new-session", "-d", "-s", "top", "-x", str(width), "-y", str(height), shell)
        self.wait_for(r"^\$ ?$")

    def tmux(self, *words):
        ran = subprocess.run(["tmux", "-f", "/dev/null", "-S", self.socket, *words], text=True,
                             capture_output=True, check=False, env=self.node.environment)
        if ran.returncode != 0:
            raise Failed(f"tmux {' '.join(words)}: {ran.stderr}")
        return ran.stdout

    def top(self, *options, wait=True):
        self.type(" ".join(["clear;", shlex.quote(self.node.septet_bin), "top", *options]))
        self.key("Enter")
        if wait:
            self.wait_for(r"^GPU GI/CI")

    def type(self, text):
        self.tmux("send-keys", "-t", "top", "-l", text)

    def key(self, *names):
        self.tmux("send-keys", "-t", "top", *names)

    def resize(self, width, height):
        self.tmux("resize-window", "-t", "top", "-x", str(width), "-y", str(height))

    def screen(self, styled=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if styled else []), "-t", "top")

    def lines(self):
        return self.screen().split("\n")

    def wait_until(self, holds, what, within=DEADLINE_S):
        """Looks until holds(screen); returns what it gave and after how many seconds."""
        begun = time.monotonic()
        while True:
            screen = self.screen()
            found = holds(screen)
            passed = time.monotonic() - begun
            if found:
                return found, passed
            if passed > within:
                raise Failed(f"not within {within} s: {what}\n{screen}")
            time.sleep(POLL_S)

    def wait_for(self, pattern, within=DEADLINE_S):
        return self.wait_until(lambda screen: re.search(pattern, screen, re.MULTILINE), pattern,
                               within)

    def wait_gone(self, pattern, within=DEADLINE_S):
        return self.wait_until(lambda screen: not re.search(pattern, screen, re.MULTILINE),
                               f"no {pattern}", within)

    def rows(self):
        """The table's rows: what stands under its title."""
        lines = self.lines()
        title = next(i for i, line in enumerate(lines) if re.match(r"GPU.GI/CI", line))
        return [line for line in lines[title + 1:-1] if re.match(r"\s*\d+ ", line)]

    def pid(self):
        """Of the septet that runs in the terminal."""
        shell = int(self.tmux("display-message", "-p", "-t", "top", "#{pane_pid}"))
        children = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text()
        return int(children.split()[0])

    def modes(self):
        """The terminal's own settings, and whether a full screen is on it."""
        tty = self.tmux("display-message", "-p", "-t", "top", "#{pane_tty}").strip()
        stty = subprocess.run(["stty", "-a", "-F", tty], capture_output=True, text=True, check=True)
        shows = self.tmux("display-message", "-p", "-t", "top",
                          "#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}").strip()
        return stty.stdout, shows

    def ended(self):
        """Waits for the shell to have the terminal back; the exit status of what ran."""
        self.type("echo status=$?")
        self.key("Enter")
        (found, _) = self.wait_for(r"^status=(\d+)$")
        return int(found.group(1))

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False, capture_output=True)
