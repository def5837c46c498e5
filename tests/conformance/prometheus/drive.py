#!/usr/bin/env python3
"""What septet tells, judged by Prometheus' own programs.

promtool reads the page of four nodes (a mixed one with workloads, Ampere, a lost GPU, no driver) and
the alert rules; a Prometheus scrapes the page and is asked every expression of the board and of the
rules: each must be answered, and each of the board's with something on a node with workloads.
"""

import argparse
import functools
import http.server
import json
import math
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import board  # noqa: E402
from simulated_node import Node  # noqa: E402

LAYOUT = """version: v1
mig-configs:
  mixed:
    - devices: [0]
      mig-enabled: true
      mig-devices: {"3g.40gb": 1, "1g.10gb": 3}
    - devices: [1]
      mig-enabled: true
      mig-devices: {"1g.10gb": 7}
"""
LINE = re.compile(r'^(\w+)(\{.*\})? (\S+)$')


def page(node, *options, code=0):
    done = subprocess.run(node.command("publish", "metrics", *options), text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == code, f"exit {done.returncode}: {done.stderr}"
    return done.stdout


def lint(text, what):
    """promtool's own opinion. It minds dcgm-exporter's names (case), which are not ours to choose."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                          capture_output=True, timeout=60, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if line
            and not line.startswith("DCGM_")]
    assert not ours and done.returncode in (0, 3), f"{what}: {ours or done.returncode}"


def samples(text, name):
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match[1] == name:
            found.append((dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")), float(match[3])))
    return found


def mixed_node(septet, scratch):
    """Two H100 cut differently, one whole; work in two instances and on the whole GPU."""
    node = Node(septet, scratch / "mixed")
    node.create("--gpus", "3")
    config = scratch / "mixed.yaml"
    config.write_text(LAYOUT)
    node.run("apply", "-f", config, "--config", "mixed")
    gis = [one["id"] for one in node.status()["gpus"][0]["gpu_instances"]]
    node.start_process(0, gis[0], memory=20000, sm=80)
    node.start_process(0, gis[1], memory=4000, sm=30)
    return node, len(gis)


def check_pages(septet, scratch):
    node, count = mixed_node(septet, scratch)
    text = page(node)
    lint(text, "a mixed node")
    used = samples(text, "septet_instance_memory_used_bytes")
    assert len([one for one, _ in used if one["gpu"] == "0"]) == count, used
    assert max(value for _, value in used) >= 20000 * 2**20, "the workload's memory is not told"
    assert samples(text, "septet_simulated")[0][1] == 1
    assert samples(text, "DCGM_FI_PROF_GR_ENGINE_ACTIVE")
    assert samples(text, 'septet_changes_total')[0][0]["outcome"] == "done"
    assert "DCGM_" not in page(node, "--no-dcgm-names")
    target = scratch / "septet.prom"
    page(node, "--output", target)
    assert target.stat().st_mode & 0o777 == 0o644, "node_exporter is another user"
    assert len(samples(target.read_text(), "septet_instance_memory_used_bytes")) == len(used)

    ampere = Node(septet, scratch / "ampere")
    ampere.create("--product", "a100-80gb", "--gpus", "1", "--mig", "on")
    config = scratch / "ampere.yaml"
    config.write_text(LAYOUT.split("    - devices: [1]")[0])
    ampere.run("apply", "-f", config, "--config", "mixed")
    text = page(ampere)
    lint(text, "Ampere")
    assert not samples(text, "septet_instance_sm_activity_ratio"), "NVML has none there"
    told = samples(text, "septet_instance_activity_available")
    assert told and all(value == 0 for _, value in told), told
    assert not samples(text, "DCGM_FI_PROF_GR_ENGINE_ACTIVE")

    lost = Node(septet, scratch / "lost")
    lost.create("--gpus", "2")
    lost.run("sim", "fault", "lost", "--gpu", "1")
    text = page(lost)
    lint(text, "a lost GPU")
    up = {one["gpu"]: value for one, value in samples(text, "septet_gpu_up")}
    assert up == {"0": 1, "1": 0}, up
    return node


def check_no_driver(septet, scratch):
    nothing = [septet, "--driver", str(scratch / "no-library.so"), "publish", "metrics"]
    done = subprocess.run(nothing, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 6, done
    lint(done.stdout, "no driver")
    assert samples(done.stdout, "septet_driver_up")[0][1] == 0


def promtool(*arguments, cwd):
    done = subprocess.run(["promtool", *arguments], text=True, capture_output=True, timeout=120,
                          check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr


class Pages(http.server.SimpleHTTPRequestHandler):
    """The page as it is now, for each scrape."""

    def __init__(self, node, *arguments):
        self.node = node
        super().__init__(*arguments)

    def do_GET(self):
        body = page(self.node).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Prometheus:
    def __init__(self, scratch, target, rules):
        self.url = f"http://127.0.0.1:{free_port()}"
        config = scratch / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(rules)],
            "scrape_configs": [{"job_name": "septet",
                                "static_configs": [{"targets": [target]}]}]}))
        self.log = (scratch / "prometheus.log").open("w+")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={scratch / 'tsdb'}",
             f"--web.listen-address={self.url[7:]}"], stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.terminate()
        self.process.wait(timeout=30)

    def ask(self, path, **query):
        try:
            with urllib.request.urlopen(
                    f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}",
                    timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            return json.load(problem)

    def wait_for(self, what, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if what():
                    return
            except (OSError, ValueError):
                pass
            assert self.process.poll() is None, "prometheus ended"
            time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError("not within a minute; its log ends:\n" + self.log.read()[-2000:])


def check_scrape(node, scratch, deploy, expressions):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, node))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = f"127.0.0.1:{server.server_port}"
    with Prometheus(scratch, target, deploy / "prometheus/alerts.yaml") as prometheus:
        def seen():
            answer = prometheus.ask("query", query="count_over_time(septet_driver_up[1m]) >= 3")
            return answer["data"]["result"]
        prometheus.wait_for(seen)
        health = prometheus.ask("targets")["data"]["activeTargets"][0]
        assert health["health"] == "up", health["lastError"]
        for title, expression in expressions.items():
            answer = prometheus.ask("query", query=expression)
            assert answer["status"] == "success", f"{title}: {answer}"
            values = [one["value"][1] for one in answer["data"]["result"]]
            assert values, f"{title}: nothing on a node with workloads: {expression}"
            assert not any(math.isnan(float(one)) for one in values), title
        groups = prometheus.ask("rules")["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert len(rules) == 14, len(rules)
        prometheus.wait_for(lambda: all(
            rule["health"] == "ok"
            for group in prometheus.ask("rules")["data"]["groups"] for rule in group["rules"]))
        firing = {rule["name"] for group in prometheus.ask("rules")["data"]["groups"]
                  for rule in group["rules"] if rule["state"] == "firing"}
        assert firing == {"SeptetSimulatedNode"}, firing
    server.shutdown()


def main():
    parser = argparse.ArgumentParser()
    for name in ("--septet", "--deploy", "--scratch"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    scratch, deploy = Path(options.scratch), Path(options.deploy).resolve()
    expressions = board.check(deploy / "grafana/septet.json")
    promtool("check", "rules", "alerts.yaml", cwd=deploy / "prometheus")
    promtool("test", "rules", "alerts_test.yaml", cwd=deploy / "prometheus")
    node = check_pages(options.septet, scratch)
    check_no_driver(options.septet, scratch)
    check_scrape(node, scratch, deploy, expressions)
    print(f"prometheus: 4 pages, 14 rules, {len(expressions)} expressions of the board")


if __name__ == "__main__":
    main()
