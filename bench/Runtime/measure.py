"""Start-to-exit time and peak memory of a container that executes a static `true`, interleaved. Run through bench/runtime.sh."""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

V1_ONLY = ["hugetlb", "net_cls", "net_prio", "perf_event"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", required=True, help="the containerize-runtime to measure")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seccomp", action="store_true", help="with a filter of a hundred calls")
    return parser.parse_args()


def in_private():
    """
    Runs everything in a mount namespace of its own: with /run in memory, as it is wherever systemd is, and with version 1's cgroups alone where the
    machine has both, as crun refuses that: the controllers of version 2 are mounted as version 1's.
    """
    if os.environ.get("BENCH_PRIVATE"):
        return
    script = "mount --make-rprivate /; mount -t tmpfs tmpfs /run;"
    if os.path.ismount("/sys/fs/cgroup/unified"):
        script += " umount /sys/fs/cgroup/unified 2>/dev/null;"
        for name in V1_ONLY:
            script += f" mkdir -p /sys/fs/cgroup/{name} && {{ mountpoint -q /sys/fs/cgroup/{name} || mount -t cgroup -o {name} cgroup /sys/fs/cgroup/{name} 2>/dev/null; }};"
    script += ' exec "$@"'
    os.environ["BENCH_PRIVATE"] = "1"
    os.execvp("unshare", ["unshare", "-m", "bash", "-c", script, "bash", sys.executable, *sys.argv])


def make_bundle(folder, seccomp):
    root = os.path.join(folder, "rootfs", "bin")
    os.makedirs(root)
    source = os.path.join(folder, "true.c")
    with open(source, "w") as file:
        file.write("int main(void) { return 0; }\n")
    compile_static(source, os.path.join(root, "true"))
    subprocess.run(["runc", "spec", "--bundle", folder], check=True)
    path = os.path.join(folder, "config.json")
    with open(path) as file:
        spec = json.load(file)
    spec["process"]["terminal"] = False
    spec["process"]["args"] = ["/bin/true"]
    if seccomp:
        spec["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": ["mount", "umount2", "bpf", "ptrace", "kexec_load"], "action": "SCMP_ACT_ERRNO"}],
        }
    with open(path, "w") as file:
        json.dump(spec, file)


def compile_static(source, output):
    subprocess.run(["gcc", "-O2", "-static", "-o", output, source], check=True)


def run_once(launcher, command):
    """Milliseconds from before the fork until it is reaped, and the peak memory of the started command in KiB."""
    result = subprocess.run([launcher, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {result.returncode}")
    took, peak = result.stdout.split()
    return int(took) / 1e6, int(peak)


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def main():
    options = arguments()
    in_private()
    folder = tempfile.mkdtemp(prefix="bench-runtime-")
    try:
        make_bundle(folder, options.seccomp)
        launcher = os.path.join(folder, "launch")
        compile_static(os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.c"), launcher)
        tools = {
            # Each keeps its state where it does so by itself, under /run.
            "containerize-runtime": os.path.abspath(options.runtime),
            "crun": shutil.which("crun"),
            "runc": shutil.which("runc"),
        }
        samples = {name: [] for name in tools}
        load = os.getloadavg()[0]
        for round_ in range(-3, options.rounds):
            for name, command in sorted(tools.items(), key=lambda item: (len(item[0]) * (round_ + 7)) % 5):
                sample = run_once(launcher, [command, "run", "--bundle", folder, f"bench{os.getpid()}r{round_ + 3}"])
                if round_ >= 0:
                    samples[name].append(sample)
    finally:
        shutil.rmtree(folder)

    medians = {name: statistics.median(took for took, _ in values) for name, values in samples.items()}
    print(f"{datetime.date.today()}, {os.cpu_count()} CPUs ({processor()}), {options.rounds} rounds, load average at the start {load:.1f}.\n")
    print("| runtime | min, ms | median, ms | of crun's | of runc's | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    for name, values in samples.items():
        least = min(took for took, _ in values)
        memory = statistics.median(peak for _, peak in values) / 1024
        print(f"| {name} | {least:.1f} | {medians[name]:.1f} | {medians[name] / medians['crun']:.2f} | {medians[name] / medians['runc']:.2f} | {memory:.1f} |")


if __name__ == "__main__":
    main()
