"""Measures `dotnet publish` alone, with the SDK's PublishContainer and with Containerize, and prints the tables of docs/benchmarks.md."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from statistics import median

import expert
import report
from proxy import Proxy
from registry import Registry
from shop import TASKS, Machine, Shop

TOOLS = ["publish", "sdk", "ours"]
MODES = ["fdd", "sc"]


class Results:
    """All samples: situation by situation, tool by tool."""

    def __init__(self):
        self.samples = {}
        self.facts = {}

    def add(self, mode, situation, tool, **values):
        for name, value in values.items():
            self.samples.setdefault(f"{mode}/{situation}/{tool}/{name}", []).append(value)

    def all(self, mode, situation, tool, name):
        return self.samples.get(f"{mode}/{situation}/{tool}/{name}", [])

    def min(self, mode, situation, tool, name):
        return min(self.all(mode, situation, tool, name), default=None)

    def median(self, mode, situation, tool, name):
        values = self.all(mode, situation, tool, name)
        return median(values) if values else None


class Measurement:
    def __init__(self, options, work):
        self.options = options
        self.results = Results()
        self.begin = time.monotonic()
        self.say("the registry and its base images")
        self.registry = Registry(os.path.join(work, "registry"))
        self.machine = Machine(work, options.packages, options.version)
        self.modes = [m for m in MODES if m in options.modes]
        self.shops = {(t, m): Shop(self.machine, t, m) for m in self.modes for t in TOOLS}
        self.revision = 0

    def close(self):
        self.registry.close()
        self.machine.close()

    def say(self, text):
        print(f"[{time.monotonic() - self.begin:4.0f} s] {text}", file=sys.stderr, flush=True)

    def turn(self, number):
        """The tools, each first in its turn."""
        return [TOOLS[(number + i) % len(TOOLS)] for i in range(len(TOOLS))]

    def run(self):
        self.say("restore, and start of the build servers")
        for mode in self.modes:
            self.shops["publish", mode].publish(self.registry.port)
        for mode in self.modes:
            if "cold" in self.options.parts:
                self.cold(mode)
            else:
                for tool in TASKS:
                    self.shops[tool, mode].publish(self.registry.port)
            if "warm" in self.options.parts:
                self.warm(mode)
        for mode in self.modes:
            if "bytes" in self.options.parts:
                self.bytes(mode)
        for part, measure in [("slow", self.slow_link), ("expert", self.expert), ("determinism", self.determinism), ("evaluation", self.evaluation)]:
            if part in self.options.parts:
                measure()
        if self.options.edits:
            self.many_edits()
        self.results.facts["seconds"] = round(time.monotonic() - self.begin)

    def publish(self, tool, mode, situation):
        run = self.shops[tool, mode].publish(self.registry.port)
        self.results.add(mode, situation, tool, seconds=run.seconds, cpu=run.cpu, rss=run.rss)
        if tool in TASKS:
            digest, layers = self.registry.image(self.shops[tool, mode].repository)
            own = [layer for layer in layers if layer["digest"].split(":")[1] not in self.registry.base_blobs]
            self.results.add(
                mode, situation, tool, task=run.task(TASKS[tool]), digest=digest, layers=len(own), size=sum(layer["size"] for layer in own)
            )

    def cold(self, mode):
        for number in range(self.options.cold):
            self.say(f"{mode}: cold, {number + 1} of {self.options.cold}")
            for tool in self.turn(number):
                self.shops[tool, mode].clean()
                self.registry.forget(self.shops[tool, mode].repository)
                self.publish(tool, mode, "cold")

    def warm(self, mode):
        for number in range(self.options.rounds):
            self.say(f"{mode}: one-line edit and no change, {number + 1} of {self.options.rounds}")
            self.revision += 1
            for tool in self.turn(number):
                self.shops[tool, mode].edit(self.revision)
                self.publish(tool, mode, "edit")
            for tool in self.turn(number):
                self.publish(tool, mode, "no change")

    def bytes(self, mode):
        """The same through a proxy that counts, once, as what is sent does not vary."""
        proxy = Proxy(self.registry.port)
        for tool in TASKS:
            self.say(f"{mode}: bytes and requests, {tool}")
            shop = self.shops[tool, mode]
            self.revision += 1
            for situation, change in [("first", None), ("edit", shop.edit), ("no change", None), ("library edit", shop.edit_library)]:
                if situation == "first":
                    shop.clean()
                    self.registry.forget(shop.repository)
                if change:
                    change(self.revision)
                proxy.take()
                shop.publish(proxy.port)
                count = proxy.take()
                self.results.add(
                    mode,
                    situation,
                    tool,
                    sent=count.sent,
                    received=count.received,
                    requests=len(count.requests),
                    uploads=len(count.blob_uploads()),
                    lines=[line for _, _, line in count.requests],
                )

    def slow_link(self):
        proxy = Proxy(self.registry.port, bits_per_second=50e6, round_trip=0.030)
        mode = self.modes[0]
        for number in range(self.options.slow + 1):
            self.say(f"{mode}: slow link, {number} of {self.options.slow}")
            self.revision += 1
            for tool in TASKS:
                self.shops[tool, mode].edit(self.revision)
                proxy.take()
                run = self.shops[tool, mode].publish(proxy.port)
                if number:  # the first finds the caches of another registry
                    self.results.add(mode, "slow edit", tool, task=run.task(TASKS[tool]), rounds=proxy.take().rounds())

    def expert(self):
        if "fdd" not in self.modes:
            return
        try:
            image = expert.Dockerfile(self.machine, self.registry)
        except expert.Unusable as reason:
            self.results.facts["expert"] = str(reason)
            self.say(f"no Dockerfile: {reason}")
            return
        shop = self.shops["ours", "fdd"]
        shop.publish(self.registry.port)
        for number in range(self.options.rounds):
            self.say(f"fdd: Dockerfile with buildah, {number + 1} of {self.options.rounds}")
            self.registry.forget(expert.REPOSITORY)
            image.take(shop.published)
            self.results.add("fdd", "cold", "expert", task=image.build(cold=True) * 1000)
            self.revision += 1
            shop.edit(self.revision)
            shop.publish(self.registry.port)
            image.take(shop.published)
            self.results.add("fdd", "edit", "expert", task=image.build() * 1000)
            self.results.add("fdd", "no change", "expert", task=image.build() * 1000)
        _, layers = self.registry.image(expert.REPOSITORY)
        self.results.facts["expert"] = f"buildah bud --layers, storage driver {image.driver}, {len(layers)} layers"

    def determinism(self):
        """Clean builds elsewhere, as another user would have them."""
        mode = self.modes[0]
        surroundings = [
            ("here", {}, 0o022),
            ("elsewhere-with-a-longer-name", {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "DOTNET_PROCESSOR_COUNT": "1"}, 0o077),
        ]
        for tool in TASKS:
            digests = set()
            for name, environment, mask in surroundings:
                self.say(f"{mode}: clean build {name}, {tool}")
                before = os.umask(mask)
                shop = Shop(self.machine, tool, mode, f"{tool}-{name}")
                shop.repository = f"bench/clean-{tool}"
                shop.clean()
                shop.publish(self.registry.port, environment)
                os.umask(before)
                digests.add(self.registry.image(shop.repository)[0])
            self.results.facts[f"clean builds, {tool}"] = len(digests)

    def evaluation(self):
        for number in range(2 * self.options.rounds + 1):
            for tool in ["publish", "ours"] if number % 2 else ["ours", "publish"]:
                run = self.shops[tool, self.modes[0]].evaluate()
                if number:
                    self.results.add(self.modes[0], "evaluation", tool, seconds=run.seconds, cpu=run.cpu)

    def many_edits(self):
        mode = self.modes[0]
        for tool in TASKS:
            shop = self.shops[tool, mode]
            shop.clean()
            for number in range(self.options.edits):
                self.say(f"{mode}: edit {number + 1} of {self.options.edits}, {tool}")
                self.revision += 1
                shop.edit(self.revision)
                run = shop.publish(self.registry.port)
                self.results.add(mode, "many edits", tool, rss=run.rss)
            size = sum(os.lstat(os.path.join(d, f)).st_size for d, _, files in os.walk(self.machine.cache(tool, mode)) for f in files)
            self.results.add(mode, "many edits", tool, cache=size)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", required=True, help="the folder of NuGet packages of this benchmark")
    parser.add_argument("--version", required=True, help="the version of Containerize in artifacts/packages")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of one-line edit and no change (default 5)")
    parser.add_argument("--cold", type=int, default=3, help="rounds of cold builds (default 3)")
    parser.add_argument("--slow", type=int, default=2, help="rounds over the slow link (default 2)")
    parser.add_argument("--edits", type=int, default=0, help="so many more edits, and the size of the caches after them (default 0)")
    parser.add_argument("--modes", default="fdd,sc", help="fdd (framework-dependent), sc (self-contained) or both (default fdd,sc)")
    parser.add_argument("--parts", default="cold,warm,bytes,slow,expert,determinism,evaluation", help="what is measured (default all)")
    parser.add_argument("--json", help="also write all samples to this file")
    parser.add_argument("--keep", action="store_true", help="leave the working folder for a look")
    options = parser.parse_args()
    options.modes = options.modes.split(",")
    options.parts = options.parts.split(",")
    load = os.getloadavg()[0]
    # So that what was started is ended when we are.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = tempfile.mkdtemp(prefix="containerize-bench-")
    measurement = None
    try:
        measurement = Measurement(options, work)
        measurement.results.facts["load"] = load
        measurement.run()
        if options.json:
            with open(options.json, "w") as f:
                json.dump({"samples": measurement.results.samples, "facts": measurement.results.facts}, f, indent=1)
        print(report.markdown(measurement.results, measurement.modes))
    finally:
        if measurement:
            measurement.close()
        if options.keep:
            print(f"kept: {work}", file=sys.stderr)
        else:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
