"""An image of 300 MB to docker-registry and back, with the tool and with `skopeo copy`, in turn. Run through bench/registry.sh."""

import argparse
import datetime
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Publish"))
from layout import LAYERS, MB, Layout  # noqa: E402
from proxy import Proxy  # noqa: E402
from registry import Registry  # noqa: E402

TOOLS = ("ours", "skopeo")
# What of skopeo's time each situation may take, where there is a goal.
GOALS = {"push, cold": 1.0, "push, unchanged": 0.5, "pull, cold": 1.0}
MEMORY_GOAL = 100
ROUNDS_GOAL = 6


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True, help="dotnet-containerize, or dotnet-containerize.dll")
    parser.add_argument("--rounds", type=int, default=6, help="how often everything is done from nothing")
    parser.add_argument("--repeats", type=int, default=10, help="how often in a round what is short is done")
    return parser.parse_args()


class Side:
    """One tool with a home and a repository of its own."""

    def __init__(self, tool, program, work, round_, registry, launcher):
        self.tool, self.program, self.launcher = tool, program, launcher
        self.home = os.path.join(work, f"home-{tool}-{round_}")
        self.name = f"{tool}/round{round_}:1"
        self.port = registry.port

    def push(self, layout, port=None):
        name = f"127.0.0.1:{port or self.port}/{self.name}"
        if self.tool == "ours":
            return self._run([*self.program, "copy", f"oci:{layout}", name, "--verbosity", "quiet"])
        return self._run([*self.program, "copy", "--insecure-policy", "--dest-tls-verify=false", f"oci:{layout}:1", f"docker://{name}"])

    def pull(self, target):
        name = f"127.0.0.1:{self.port}/{self.name}"
        if self.tool == "ours":
            return self._run([*self.program, "pull", name, "--platform", "linux/amd64", "--verbosity", "quiet"])
        return self._run([*self.program, "copy", "--insecure-policy", "--src-tls-verify=false", f"docker://{name}", f"oci:{target}:1"])

    def forget(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, command):
        """Milliseconds from before the start until it is reaped, and the peak of its memory in MB."""
        environment = os.environ | {"CONTAINERIZE_ROOT": self.home, "HOME": self.home, "DOTNET_TieredPGO": "0", "DOTNET_NOLOGO": "1"}
        os.makedirs(self.home, exist_ok=True)
        result = subprocess.run([self.launcher, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
        if result.returncode:
            raise SystemExit(f"{' '.join(command)}: {result.returncode}\n{result.stderr}")
        took, peak = result.stdout.splitlines()[-1].split()
        return int(took) / 1e6, int(peak) / 1024


class Benchmark:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.samples = {}
        self.trips = {}
        self.launcher = os.path.join(work, "launch")
        subprocess.run(["gcc", "-O2", "-static", "-o", self.launcher, os.path.join(HERE, "..", "Runtime", "launch.c")], check=True)
        self.layout = os.path.join(work, "layout")
        subprocess.run([sys.executable, os.path.join(HERE, "layout.py"), self.layout], check=True)
        self.edits = 0

    def run(self):
        for round_ in range(self.options.rounds):
            # Another registry each round: both tools remember where they have put what, and mount it.
            registry = Registry(os.path.join(self.work, f"registry-{round_}"), bases={})
            try:
                self._round(round_, registry)
            finally:
                registry.close()
                shutil.rmtree(registry.folder)

    def _round(self, round_, registry):
        programs = {"ours": self._program(), "skopeo": [shutil.which("skopeo")]}
        sides = [Side(tool, programs[tool], self.work, round_, registry, self.launcher) for tool in sorted(TOOLS, reverse=round_ % 2 == 1)]
        for side in sides:
            # What others have written is not to be waited for.
            os.sync()
            self._add("push, cold", side, side.push(self.layout))
        for _ in range(self.options.repeats):
            for side in sides:
                self._add("push, unchanged", side, side.push(self.layout))
        for _ in range(self.options.repeats):
            for side in sides:
                self._edit()
                self._add("push, one small layer changed", side, side.push(self.layout))
        if round_ < 2:
            self._far(sides)
        for side in sides:
            side.forget()
            os.sync()
            target = os.path.join(self.work, "pulled")
            self._add("pull, cold", side, side.pull(target))
            shutil.rmtree(target, ignore_errors=True)
            side.forget()

    def _far(self, sides):
        proxy = Proxy(sides[0].port, bits_per_second=50e6, round_trip=0.030)
        for side in sides:
            self._edit()
            proxy.take()
            self._add("the same over 50 Mbit/s and 30 ms", side, side.push(self.layout, proxy.port))
            self.trips.setdefault(side.tool, []).append(proxy.take().rounds())

    def _edit(self):
        self.edits += 1
        Layout(self.layout).edit(self.edits)

    def _add(self, situation, side, sample):
        self.samples.setdefault(situation, {}).setdefault(side.tool, []).append(sample)

    def _program(self):
        tool = os.path.abspath(self.options.tool)
        return [shutil.which("dotnet"), tool] if tool.endswith(".dll") else [tool]

    def report(self):
        print("| situation | containerize, ms | skopeo, ms | of skopeo's | goal | | peak memory, MB | skopeo's |")
        print("|---|---|---|---|---|---|---|---|")
        for situation, tools in self.samples.items():
            times = {tool: [took for took, _ in tools[tool]] for tool in TOOLS}
            least = {tool: min(times[tool]) for tool in TOOLS}
            middle = {tool: statistics.median(times[tool]) for tool in TOOLS}
            memory = {tool: max(peak for _, peak in tools[tool]) for tool in TOOLS}
            ratio, usual = (value["ours"] / value["skopeo"] for value in (least, middle))
            goal = GOALS.get(situation)
            print(
                f"| {situation} | {least['ours']:.0f} ({middle['ours']:.0f}) | {least['skopeo']:.0f} ({middle['skopeo']:.0f}) | {ratio:.2f} ({usual:.2f}) "
                f"| {goal or ''} | {verdict(ratio <= goal) if goal else ''} | {memory['ours']:.0f} | {memory['skopeo']:.0f} |"
            )
        trips = {tool: min(self.trips[tool]) for tool in TOOLS}
        peak = max(peak for tools in self.samples.values() for _, peak in tools["ours"])
        print(f"\nRound trips one after the other after a small change: {trips['ours']} (goal {ROUNDS_GOAL}: {verdict(trips['ours'] <= ROUNDS_GOAL)}; skopeo {trips['skopeo']}).")
        print(f"Peak memory of ours: {peak:.0f} MB (goal {MEMORY_GOAL}: {verdict(peak <= MEMORY_GOAL)}).")


def verdict(met):
    return "met" if met else "**missed**"


def main():
    options = arguments()
    load, began = os.getloadavg()[0], time.monotonic()
    work = tempfile.mkdtemp(prefix="bench-registry-")
    try:
        benchmark = Benchmark(options, work)
        benchmark.run()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(
        f"{datetime.date.today()}, {os.cpu_count()} CPUs, {options.rounds} rounds, load average at the start {load:.1f}, {time.monotonic() - began:.0f} s in all; "
        f"an image of {sum(LAYERS) // MB} MB in {len(LAYERS) + 1} layers; least time, and the median in parentheses.\n"
    )
    benchmark.report()


if __name__ == "__main__":
    main()
