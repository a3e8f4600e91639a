"""Markdown of the results: one table for each mode, one of the goals."""

import datetime
import os
import platform
import subprocess

NAMES = {"fdd": "Framework-dependent", "sc": "Self-contained"}
TOOLS = [("publish", "publish alone"), ("sdk", "SDK `PublishContainer`"), ("ours", "Containerize"), ("expert", "Dockerfile, buildah")]
SITUATIONS = ["cold", "edit", "no change", "library edit", "slow edit"]


def markdown(results, modes):
    parts = [machine(results)]
    for mode in modes:
        parts.append(f"### {NAMES[mode]}\n\n{table(results, mode)}")
    parts.append(f"### Goals\n\n{goals(results, modes)}")
    return "\n\n".join(parts)


def machine(results):
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    sdk = subprocess.run(["dotnet", "--version"], capture_output=True, text=True).stdout.strip()
    system = next((line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME=")), platform.system())
    when = datetime.datetime.now(datetime.timezone.utc)
    return (
        f"{when:%Y-%m-%d}, {os.cpu_count()} CPUs ({model}), {system}, .NET SDK {sdk}, docker-registry on the loopback; "
        f"load average at the start {results.facts['load']:.1f}; {results.facts['seconds']} s in all."
    )


def table(results, mode):
    rows = [
        "| situation | tool | task, ms: min (median) | CPU over publish, s | peak memory, MB | whole publish, s | sent | requests | layers: number, size |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for situation in SITUATIONS:
        for tool, name in TOOLS:
            row = cells(results, mode, situation, tool)
            if any(row):
                rows.append(f"| {situation} | {name} | " + " | ".join(cell or "" for cell in row) + " |")
    return "\n".join(rows)


def cells(results, mode, situation, tool):
    def best(name):
        return results.min(mode, situation, tool, name)

    wire = "first" if situation == "cold" else situation
    task, rss, seconds, cpu = best("task"), best("rss"), best("seconds"), best("cpu")
    alone = results.min(mode, situation, "publish", "cpu")
    sent, requests = results.min(mode, wire, tool, "sent"), results.min(mode, wire, tool, "requests")
    layers, size = best("layers"), best("size")
    return [
        task is not None and f"{task:.0f} ({results.median(mode, situation, tool, 'task'):.0f})",
        cpu is not None and (f"({cpu:.2f})" if tool == "publish" else f"{cpu - alone:.2f}"),
        rss is not None and f"{rss / 1e6:.0f}",
        seconds is not None and f"{seconds:.2f}",
        sent is not None and bytes_text(sent),
        requests is not None and f"{requests}",
        layers is not None and f"{layers}, {bytes_text(size)}",
    ]


def bytes_text(count):
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def goals(results, modes):
    rows = ["| # | goal | measured | threshold | |", "|---|---|---|---|---|"]

    def row(number, text, value, limit, form="{:.3f}"):
        if value is not None:
            met = value <= limit
            rows.append(f"| {number} | {text} | {form.format(value)} | {form.format(limit)} | {'met' if met else '**missed**'} |")

    def ratio(mode, situation, name="task", other="sdk"):
        ours, theirs = results.min(mode, situation, "ours", name), results.min(mode, situation, other, name)
        return ours / theirs if ours is not None and theirs else None

    def over(mode, situation, name):
        ours, alone = results.min(mode, situation, "ours", name), results.min(mode, situation, "publish", name)
        return ours - alone if ours is not None and alone is not None else None

    row(1, "task after a one-line edit, framework-dependent, of the SDK's", ratio("fdd", "edit"), 0.20)
    row(2, "the same, self-contained", ratio("sc", "edit"), 0.07)
    for mode in modes:
        name = NAMES[mode].lower()
        row(3, f"task with no change, {name}, of the SDK's", ratio(mode, "no change"), 0.15)
        row(3, f"no change, {name}: blob uploads", results.min(mode, "no change", "ours", "uploads"), 0, "{:.0f}")
        row(3, f"no change, {name}: bytes sent", results.min(mode, "no change", "ours", "sent"), 4096, "{:.0f}")
        row(3, f"no change, {name}: requests", results.min(mode, "no change", "ours", "requests"), 5, "{:.0f}")
        digests = list(zip(results.all(mode, "edit", "ours", "digest"), results.all(mode, "no change", "ours", "digest")))
        row(3, f"no change, {name}: times that the digest changed", sum(a != b for a, b in digests), 0, "{:.0f}")
    row(4, "bytes sent after a one-line edit, framework-dependent, of the SDK's", ratio("fdd", "edit", "sent"), 0.035)
    row(4, "the same, self-contained", ratio("sc", "edit", "sent"), 0.008, "{:.4f}")
    row(4, "bytes sent after an edit of the library, framework-dependent, of the SDK's", ratio("fdd", "library edit", "sent"), 0.06)
    for mode in modes:
        for situation in ("edit", "no change"):
            row(5, f"CPU over publish, {NAMES[mode].lower()}, {situation}, s", over(mode, situation, "cpu"), 0.300)
    row(5, "evaluation with the package, more seconds", over(modes[0], "evaluation", "seconds"), 0.020)
    for mode, limit in (("fdd", 0.60), ("sc", 0.50)):
        row(6, f"task of a cold build, {NAMES[mode].lower()}, of the SDK's", ratio(mode, "cold"), limit)
        row(6, f"compressed layers, {NAMES[mode].lower()}, of the SDK's", ratio(mode, "cold", "size"), 1.02)
    row(7, "two clean builds elsewhere: digests", results.facts.get("clean builds, ours"), 1, "{:.0f}")
    row(8, "task after a one-line edit over 50 Mbit/s and 30 ms, of the SDK's", ratio(modes[0], "slow edit"), 0.12)
    row(8, "the same: round trips one after the other", results.min(modes[0], "slow edit", "ours", "rounds"), 6, "{:.0f}")
    for situation, limit in (("edit", 0.12), ("no change", 0.12), ("cold", 0.35)):
        row(9, f"task, {situation}, of the Dockerfile's build and push", ratio("fdd", situation, other="expert"), limit)
    peaks = {mode: max((over(mode, s, "rss") or 0 for s in ("cold", "edit", "no change")), default=0) for mode in modes}
    for mode in modes:
        row(12, f"peak memory over publish, {NAMES[mode].lower()}, MB", peaks[mode] / 1e6, 40, "{:.0f}")
    if len(modes) == 2:
        # Over publish in both: publish alone takes more for a self-contained app, which is not ours to save.
        row(12, "the same, self-contained over framework-dependent, MB", (peaks["sc"] - peaks["fdd"]) / 1e6, 15, "{:.0f}")
    cache, size = results.min(modes[0], "many edits", "ours", "cache"), results.min(modes[0], "cold", "ours", "size")
    row(12, "cache after many edits, times the image's layers", cache / size if cache and size else None, 3, "{:.1f}")
    return "\n".join(rows)
