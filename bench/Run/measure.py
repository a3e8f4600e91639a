"""Pulls, starts, monitors, and a project until it answers, of `dotnet containerize` and of podman, interleaved. Run through bench/run.sh."""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from engines import HERE, REPOSITORY, Ours, Podman, timed

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Publish"))
import image as images  # noqa: E402
from registry import Registry, free_port  # noqa: E402
from shop import Machine, Shop  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="starts of a container")
    parser.add_argument("--pulls", type=int, default=3, help="pulls of the large image")
    parser.add_argument("--edits", type=int, default=4, help="one-line edits of the project")
    parser.add_argument("--parts", default="pull,start,monitor,project")
    return parser.parse_args()


def pulls(options, ours, podman, registry, work):
    """Pulled, verified and unpacked, so that a container can stand on it; each into an empty store.

    Nothing is removed between two pulls: ext4 does not give the inodes of files that were removed in the last half minute to new ones, and looks at each of
    them for each file that is made (recently_deleted in fs/ext4/ialloc.c), which took a third of a pull's time and says nothing about who pulls.
    """
    name = f"localhost:{registry.port}/bench/large:1"
    samples = {"Containerize": [], "podman": [], "skopeo and umoci": []}
    for number in range(options.pulls):
        ours.move(os.path.join(work, f"ours-{number}"))
        samples["Containerize"].append(ours.run("create", "--pull", "always", "--name", "pulled", name, "true")[0])
        podman.move(os.path.join(work, f"podman-{number}"))
        samples["podman"].append(podman.run("pull", "-q", "--signature-policy", podman.policy, "--tls-verify=false", name)[0])
        layout, bundle = os.path.join(work, f"layout-{number}"), os.path.join(work, f"bundle-{number}")
        first = timed(["skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", f"docker://{name}", f"oci:{layout}:1"])
        second = timed(["umoci", "unpack", "--image", f"{layout}:1", bundle])
        samples["skopeo and umoci"].append(first[0] + second[0])
    table("pull, verify, unpack", samples, ["podman", "skopeo and umoci"], 0.35)


def starts(options, ours, podman, small):
    ours.clear()
    podman.clear()
    ours.run("copy", f"oci:{small}:1", "local:small:1")
    podman.run("pull", "-q", "--signature-policy", podman.policy, f"oci:{small}:1")
    id_ = podman.run("images", "-q")[1].split()[0]
    samples = {"Containerize": [], "podman": []}
    for number in range(-2, options.rounds):
        for name in sorted(samples, reverse=number % 2 == 0):
            if name == "podman":
                sample = podman.run("run", "--rm", "--network", "none", id_, "/bin/true")
            else:
                sample = ours.run("run", "--rm", "--network", "none", "small:1", "/bin/true")
            if number >= 0:
                samples[name].append(sample[0])
    table("run --rm --network none IMAGE true", samples, ["podman"], 0.2)


def monitors(ours, small):
    ours.clear()
    ours.run("copy", f"oci:{small}:1", "local:small:1")
    situations = {
        "no network, no output": ["--network", "none", "small:1", "/bin/pause"],
        "a port, and a health check five times a second": ["-p", "127.0.0.1::80", "--health-cmd", "/bin/true", "--health-interval", "200ms", "small:1", "/bin/pause"],
        "after 300 MB of short lines into a log of 10 MB": ["--network", "none", "--log-opt", "max-size=10m", "small:1", "/bin/talk"],
    }
    for number, words in enumerate(situations.values()):
        ours.run("run", "-d", "--name", f"m{number}", *words)
    pids = [ours.run("inspect", "-f", "{{.State.MonitorPid}}", f"m{number}")[1].strip() for number in range(len(situations))]
    quiet, last = 0, None
    while quiet < 4:
        time.sleep(0.5)
        used = cpu_of(pids[-1])
        quiet, last = (quiet + 1 if last is not None and used - last < 5 else 0), used
    print("\n| monitor of a container | RSS, MB | its peak, MB | of it its own, MB |")
    print("|---|---|---|---|")
    for situation, pid in zip(situations, pids):
        with open(f"/proc/{pid}/status") as f:
            memory = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in f if line.startswith(("VmRSS", "VmHWM", "RssAnon"))}
        print(f"| {situation} | {memory['VmRSS']:.1f} | {memory['VmHWM']:.1f} | {memory['RssAnon']:.1f} |")
    print("\nGoal: 10 MB.", flush=True)
    ours.clear()


def cpu_of(pid):
    """Ticks of the processor."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def projects(options, ours, podman, registry, work):
    """From a one-line edit until it answers: our run of the project, and the SDK's container as an archive in podman."""
    ours.clear()
    podman.clear()
    machine = Machine(os.path.join(work, "machine"), os.path.join(REPOSITORY, "artifacts/bench/packages"), ours_version())
    for name in set(os.environ) - set(machine.environment):
        # Where builds go without servers by such a variable, the SDK's would have them, and ours would not.
        del os.environ[name]
    try:
        shops = {name: Shop(machine, name, "fdd") for name in ("ours", "sdk")}
        base = base_image(ours, machine, shops["ours"], registry)
        samples = {"Containerize": [], "SDK and podman": []}
        for number in range(-1, options.edits):
            for name, shop in shops.items():
                shop.edit(number + 2)
                answer = f"revision {number + 2}"
                if name == "ours":
                    sample = run_ours(ours, machine, shop, answer)
                else:
                    sample = run_sdk(podman, machine, shop, base, answer, work)
                if number >= 0:
                    samples["Containerize" if name == "ours" else "SDK and podman"].append(sample)
    finally:
        machine.close()
    table("a one-line edit until the answer", samples, ["SDK and podman"], 0.6)


def run_ours(ours, machine, shop, answer):
    port = free_port()
    variables = machine.environment | {"ContainerizeVersionToMeasure": machine.version}
    begin = time.monotonic()
    ours.run("run", "-d", "--name", "shop", "--network", "host", "-e", f"ASPNETCORE_HTTP_PORTS={port}", "--project", os.path.join(shop.folder, "Shop.Api"), environment=variables)
    took = ask(port, answer, begin)
    ours.run("rm", "-f", "shop")
    return took


def run_sdk(podman, machine, shop, base, answer, work):
    port, archive = free_port(), os.path.join(work, "sdk.tar")
    if os.path.exists(archive):
        os.remove(archive)
    begin = time.monotonic()
    machine.run([
        "dotnet", "publish", os.path.join(shop.folder, "Shop.Api"), "-nologo", "-v:q", "-c", "Release", "-t:PublishContainer", "-p:ContainerRepository=shop",
        f"-p:ContainerArchiveOutputPath={archive}", f"-p:ContainerBaseImage={base}", "-p:ContainerAppCommandInstruction=Entrypoint", "-p:BenchStartsByHost=true",
    ])
    podman.run("load", "-q", "--signature-policy", podman.policy, "-i", archive)
    podman.run("run", "-d", "--name", "shop", "--network", "host", "-e", f"ASPNETCORE_HTTP_PORTS={port}", "localhost/shop:latest")
    took = ask(port, answer, begin)
    podman.run("rm", "-f", "shop")
    return took


def base_image(ours, machine, shop, registry):
    """The embedded base as a base for the SDK, which takes them from registries only: the image of a project whose layers hide nothing of it."""
    name = f"localhost:{registry.port}/bench/base:1"
    project = os.path.join(machine.work, "base")
    shutil.copytree(os.path.join(REPOSITORY, "testassets/WebApi"), os.path.join(project, "WebApi"), ignore=shutil.ignore_patterns("bin", "obj"))
    for file in ("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"):
        shutil.copy(os.path.join(REPOSITORY, "testassets", file), project)
    shutil.copy(os.path.join(shop.folder, "nuget.config"), project)
    machine.run(["dotnet", "publish", os.path.join(project, "WebApi"), "-nologo", "-v:q", "-t:Containerize", "-p:InvariantGlobalization=true", "-p:ContainerImageFormat=Docker",
                 "-p:ContainerWorkingDirectory=/base", f"-p:ContainerRegistry=localhost:{registry.port}", "-p:ContainerRepository=bench/base", "-p:ContainerImageTag=1"],
                {"CONTAINERIZE_ROOT": ours.root})
    return name


def ask(port, answer, begin):
    while time.monotonic() - begin < 120:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/revision", timeout=10) as response:
                if response.read().decode() == answer:
                    return (time.monotonic() - begin) * 1000
                raise SystemExit("an older revision answered")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.005)
    raise SystemExit("no answer")


def ours_version():
    feed = os.path.join(REPOSITORY, "artifacts/packages")
    return next(f[len("Containerize."):-len(".nupkg")] for f in os.listdir(feed) if f.startswith("Containerize.") and f[len("Containerize.")].isdigit())


def table(title, samples, peers, goal):
    ours = samples["Containerize"]
    print(f"\n| {title} | min, ms | median, ms | of theirs, min | of theirs, median |")
    print("|---|---|---|---|---|")
    for name, values in samples.items():
        times = values
        ratios = ("", "")
        if name in peers:
            ratios = (f"{min(ours) / min(times):.3f}", f"{statistics.median(ours) / statistics.median(times):.3f}")
        print(f"| {name} | {min(times):.0f} | {statistics.median(times):.0f} | {ratios[0]} | {ratios[1]} |")
    print(f"\nGoal: {goal}.", flush=True)


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def main():
    options = arguments()
    parts = options.parts.split(",")
    load = os.getloadavg()[0]
    work = tempfile.mkdtemp(prefix="bench-run-")
    ours, podman = Ours(work), Podman(work)
    registry = Registry(os.path.join(work, "registry")) if {"pull", "project"} & set(parts) else None
    try:
        small = images.small(work)
        print(f"{datetime.date.today()}, {os.cpu_count()} CPUs ({processor()}), load average at the start {load:.1f}.", flush=True)
        if "pull" in parts:
            # In a process of its own: what is forked from a large one counts its memory.
            subprocess.run([sys.executable, images.__file__, work, f"localhost:{registry.port}/bench/large:1"], check=True)
            pulls(options, ours, podman, registry, work)
        if "start" in parts:
            starts(options, ours, podman, small)
        if "monitor" in parts:
            monitors(ours, small)
        if "project" in parts:
            projects(options, ours, podman, registry, work)
    finally:
        ours.clear()
        podman.clear()
        if registry:
            registry.close()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
