"""Two images as OCI layouts: a small one that starts and waits, and a large one with the files of the .NET SDK."""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

SOURCES = {
    "true": "int main(void) { return 0; }\n",
    "pause": "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n",
    # 300 MB of short lines.
    "talk": "#include <stdio.h>\n#include <unistd.h>\nint main(void) { for (int i = 0; i < 30000000; i++) puts(\"123456789\"); fflush(stdout); for (;;) pause(); }\n",
}


def small(work):
    """A few static programs; gives the layout, whose tag is 1."""
    programs = {}
    for name, text in SOURCES.items():
        source = os.path.join(work, f"{name}.c")
        with open(source, "w") as f:
            f.write(text)
        subprocess.run(["gcc", "-O2", "-static", "-o", source[:-2], source], check=True)
        with open(source[:-2], "rb") as f:
            programs[f"bin/{name}"] = f.read()
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, content in programs.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return layout(os.path.join(work, "small"), [tar.getvalue()])


def large(work, name):
    """Some 300 MB of the SDK's files in two layers, pushed to a registry; the rest of the SDK is left out."""
    dotnet = os.path.dirname(os.path.realpath(shutil.which("dotnet")))
    tars = [tar_of(dotnet, ["shared", "host"], 200 << 20), tar_of(dotnet, ["sdk"], 220 << 20)]
    folder = layout(os.path.join(work, "large"), tars)
    subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", f"oci:{folder}:1", f"docker://{name}"], check=True)
    shutil.rmtree(folder)


def tar_of(root, folders, most):
    tar, size = io.BytesIO(), 0
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for folder in folders:
            for directory, subfolders, files in os.walk(os.path.join(root, folder)):
                subfolders.sort()
                for file in sorted(files):
                    path = os.path.join(directory, file)
                    size += os.path.getsize(path)
                    if size > most:
                        return finished(archive, tar)
                    archive.add(path, arcname="usr/share/dotnet/" + os.path.relpath(path, root), filter=as_root)
        return finished(archive, tar)


def finished(archive, tar):
    archive.close()
    return tar.getvalue()


def as_root(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def layout(folder, tars):
    blobs = os.path.join(folder, "blobs/sha256")
    os.makedirs(blobs)

    def blob(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as f:
            f.write(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    layers = [blob(gzip.compress(tar, 6, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip") for tar in tars]
    config = {
        "architecture": "arm64" if os.uname().machine == "aarch64" else "amd64",
        "os": "linux",
        "config": {"Cmd": ["/bin/true"], "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars]},
    }
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"), "layers": layers}
    entry = blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json") | {"annotations": {"org.opencontainers.image.ref.name": "1"}}
    for name, content in {"oci-layout": {"imageLayoutVersion": "1.0.0"}, "index.json": {"schemaVersion": 2, "manifests": [entry]}}.items():
        with open(os.path.join(folder, name), "w") as f:
            json.dump(content, f)
    return folder


if __name__ == "__main__":
    large(sys.argv[1], sys.argv[2])
