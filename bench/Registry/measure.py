"""An image of 300 MB to docker-registry and back, with `dotnet containerize copy` and `skopeo copy`, interleaved. Run through bench/registry.sh."""
import argparse
import datetime
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Publish"))
from registry import Registry  # noqa: E402

MB = 1_000_000
LAYERS = [100 * MB, 80 * MB, 60 * MB, 40 * MB, 15 * MB, 5 * MB]
EDITED = 200_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True, help="dotnet-containerize.dll")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--edit", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


class Layout:
    """An OCI layout; the last layer is what an edit changes."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "blobs/sha256"), exist_ok=True)
        with open(os.path.join(folder, "oci-layout"), "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')
        self.layers = self._kept()

    def _kept(self):
        kept = os.path.join(self.folder, "layers.json")
        if not os.path.exists(kept):
            with open(kept, "w") as file:
                json.dump([self._layer(seed, size) for seed, size in enumerate(LAYERS)], file)
        with open(kept) as file:
            return json.load(file)

    def edit(self, number):
        layers = [*self.layers, self._layer(1000 + number, EDITED)]
        config = self._blob(json.dumps({
            "architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]},
        }).encode())
        manifest = self._blob(json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **blob} for blob, _ in layers],
        }).encode())
        with open(os.path.join(self.folder, "index.json"), "w") as file:
            json.dump({"schemaVersion": 2, "manifests": [{
                "mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest, "annotations": {"org.opencontainers.image.ref.name": "1"},
            }]}, file)

    def _layer(self, seed, size):
        content = random.Random(seed).randbytes(size)
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as tar:
            entry = tarfile.TarInfo(f"file-{seed}")
            entry.size = size
            tar.addfile(entry, io.BytesIO(content))
        plain = plain.getvalue()
        return self._blob(gzip.compress(plain, 1, mtime=0)), "sha256:" + hashlib.sha256(plain).hexdigest()

    def _blob(self, content):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(self.folder, "blobs/sha256", digest), "wb") as file:
            file.write(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}


def edit(folder, number):
    subprocess.run([sys.executable, os.path.abspath(__file__), "--tool", "", "--make", folder, "--edit", str(number)], check=True)


def run(launcher, command, environment):
    """Milliseconds from before the start until it is reaped, and the peak of its memory in MB."""
    program = shutil.which(command[0])
    result = subprocess.run([launcher, program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}: {result.returncode}\n{result.stderr}")
    took, peak = result.stdout.splitlines()[-1].split()
    return int(took) / 1e6, int(peak) / 1024


def main():
    options = arguments()
    if options.make:
        Layout(options.make).edit(options.edit)
        return
    work = tempfile.mkdtemp(prefix="bench-registry-")
    registry = None
    try:
        launcher = os.path.join(work, "launch")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Runtime", "launch.c")
        subprocess.run(["gcc", "-O2", "-static", "-o", launcher, source], check=True)
        layout = os.path.join(work, "layout")
        subprocess.run([sys.executable, os.path.abspath(__file__), "--tool", "", "--make", layout], check=True)
        samples = {}
        load = os.getloadavg()[0]
        for round_ in range(options.rounds):
            # Another registry each round: both tools remember where they have put what, and mount it.
            registry = Registry(os.path.join(work, f"registry-{round_}"))
            for tool in sorted(("ours", "skopeo"), reverse=round_ % 2 == 1):
                home = os.path.join(work, f"home-{tool}-{round_}")
                environment = os.environ | {"CONTAINERIZE_ROOT": home, "DOTNET_TieredPGO": "0", "DOTNET_NOLOGO": "1"}
                name = f"127.0.0.1:{registry.port}/{tool}/round{round_}:1"
                source = f"oci:{layout}" + (":1" if tool == "skopeo" else "")
                if tool == "ours":
                    push = ["dotnet", options.tool, "copy", source, name, "--verbosity", "quiet"]
                    pull = lambda target: ["dotnet", options.tool, "copy", name, f"oci:{target}", "--verbosity", "quiet"]
                else:
                    push = ["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", source, f"docker://{name}"]
                    pull = lambda target: ["skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", f"docker://{name}", f"oci:{target}:1"]

                def sample(situation, command):
                    samples.setdefault((situation, tool), []).append(run(launcher, command, environment))

                sample("push, cold", push)
                sample("push, unchanged", push)
                edit(layout, 10 * round_ + (1 if tool == "ours" else 2))
                sample("push, one small layer changed", push)
                target = os.path.join(work, f"pulled-{tool}")
                shutil.rmtree(os.path.join(home), ignore_errors=True)
                sample("pull, cold", pull(target))
                shutil.rmtree(target)
                shutil.rmtree(home, ignore_errors=True)
                edit(layout, 0)
            registry.close()
            registry = None
            shutil.rmtree(os.path.join(work, f"registry-{round_}"))
    finally:
        if registry:
            registry.close()
        shutil.rmtree(work, ignore_errors=True)

    print(f"{datetime.date.today()}, {os.cpu_count()} CPUs, {options.rounds} rounds, load average at the start {load:.1f}; an image of {sum(LAYERS) // MB} MB in {len(LAYERS) + 1} layers.\n")
    print("| situation | containerize, ms | skopeo, ms | of skopeo's | peak memory, MB | skopeo's |")
    print("|---|---|---|---|---|---|")
    for situation in dict.fromkeys(key[0] for key in samples):
        ours, theirs = samples[situation, "ours"], samples[situation, "skopeo"]
        least = [min(took for took, _ in values) for values in (ours, theirs)]
        memory = [max(peak for _, peak in values) for values in (ours, theirs)]
        print(f"| {situation} | {least[0]:.0f} | {least[1]:.0f} | {least[0] / least[1]:.2f} | {memory[0]:.0f} | {memory[1]:.0f} |")


if __name__ == "__main__":
    main()
