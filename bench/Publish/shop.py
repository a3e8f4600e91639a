"""Copies of the shop, what is done to them, and `dotnet publish` of them with everything of its own: caches, packages, build servers."""

import os
import random
import re
import shutil
import signal
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
MARK = "CONTAINERIZE_BENCH_RUN"
TASKS = {"sdk": "CreateNewImage", "ours": "BuildContainerImage"}
TARGETS = {"sdk": "PublishContainer", "ours": "Containerize"}
BASE = {"fdd": "dotnet/aspnet", "sc": "dotnet/runtime-deps"}


class Run:
    """One `dotnet publish`: seconds, CPU seconds (its children's too, but not the build servers'), peak bytes in memory, and the task's ms."""

    def __init__(self, seconds, usage, output):
        self.seconds = seconds
        self.cpu = usage.ru_utime + usage.ru_stime
        self.rss = usage.ru_maxrss * 1024
        self.output = output

    def task(self, name):
        match = re.search(rf"(\d+) ms\s+{name}\s", self.output)
        if not match:
            raise SystemExit(f"{name} did not run:\n{self.output}")
        return int(match[1])


class Machine:
    """Environment and folders of a run. A developer's machine: the compiler server and MSBuild's nodes stay between builds."""

    def __init__(self, work, packages, version):
        self.work, self.version = work, version
        self.tools = os.path.join(work, "tmp")
        os.makedirs(self.tools)
        self.mark = f"{os.getpid()}-{time.time_ns()}"
        drop = ("UseSharedCompilation", "MSBUILDDISABLENODEREUSE", "MSBUILDUSESERVER", "SOURCE_DATE_EPOCH")
        self.environment = {k: v for k, v in os.environ.items() if k not in drop and not k.startswith("Container")}
        self.environment |= {
            MARK: self.mark,
            # Build servers are looked for by these two: none of another build is met, and no other build meets ours.
            "TMPDIR": self.tools,
            "MSBUILDNODEHANDSHAKESALT": self.mark,
            "NUGET_PACKAGES": packages,
            "DOTNET_NOLOGO": "1",
            "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
            "DOTNET_CLI_UI_LANGUAGE": "en",
        }

    def cache(self, tool, mode):
        return os.path.join(self.work, "caches", f"{tool}-{mode}")

    def run(self, command, environment=None):
        log = os.path.join(self.work, "log")
        begin = time.monotonic()
        with open(log, "w") as out:
            process = subprocess.Popen(command, env=self.environment | (environment or {}), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        with open(log) as f:
            output = f.read()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{output[-4000:]}")
        return Run(seconds, usage, output)

    def close(self):
        """Ends the build servers of this run, which carry its mark, and nothing else."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    ours = f"{MARK}={self.mark}".encode() in f.read().split(b"\0")
                if ours and int(pid) != os.getpid():
                    os.kill(int(pid), signal.SIGTERM)
            except OSError:
                pass


class Shop:
    """A copy of the shop for one tool and mode, so that each compiles what the others compile."""

    def __init__(self, machine, tool, mode, name=None):
        self.machine, self.tool, self.mode = machine, tool, mode
        self.folder = os.path.join(machine.work, name or f"{tool}-{mode}")
        self.repository = f"bench/{name or f'{tool}-{mode}'}"
        ignore = shutil.ignore_patterns("bin", "obj")
        shutil.copytree(os.path.join(REPOSITORY, "bench/Shop"), self.folder, ignore=ignore)
        assets(os.path.join(self.folder, "Shop.Api/wwwroot"))
        with open(os.path.join(self.folder, "nuget.config"), "w") as f:
            f.write(
                '<configuration><packageSources><add key="containerize-packages" value="'
                f'{REPOSITORY}/artifacts/packages" /></packageSources></configuration>\n'
            )

    @property
    def published(self):
        return os.path.join(self.folder, "Shop.Api/bin/Release/net10.0/linux-x64/publish")

    def edit(self, number):
        """The one-line edit."""
        self._replace("Shop.Api/Program.cs", r'"revision \d+"', f'"revision {number}"')

    def edit_library(self, number):
        self._replace("Shop.Domain/Prices.cs", r"Revision = \d+", f"Revision = {number}")

    def clean(self):
        for project in ("Shop.Api", "Shop.Domain"):
            for output in ("bin", "obj"):
                shutil.rmtree(os.path.join(self.folder, project, output), ignore_errors=True)
        shutil.rmtree(self.machine.cache(self.tool, self.mode), ignore_errors=True)

    def publish(self, port, environment=None):
        command = ["dotnet", "publish", os.path.join(self.folder, "Shop.Api"), "-c", "Release", "-r", "linux-x64"]
        command += ["--self-contained" if self.mode == "sc" else "--no-self-contained", "-nologo", "-v:m", "-tl:off", "-clp:PerformanceSummary"]
        variables = {"XDG_CACHE_HOME": self.machine.cache(self.tool, self.mode)}
        if self.tool in TARGETS:
            registry = f"localhost:{port}"
            command += [
                f"-t:{TARGETS[self.tool]}",
                f"-p:ContainerRegistry={registry}",
                f"-p:ContainerRepository={self.repository}",
                f"-p:ContainerBaseImage={registry}/{BASE[self.mode]}:10.0",
            ]
        if self.tool == "ours":
            variables["ContainerizeVersionToMeasure"] = self.machine.version
        return self.machine.run(command, variables | (environment or {}))

    def evaluate(self):
        variables = {"ContainerizeVersionToMeasure": self.machine.version} if self.tool == "ours" else {}
        return self.machine.run(["dotnet", "msbuild", os.path.join(self.folder, "Shop.Api"), "-p:Configuration=Release", "-getProperty:OutputPath"], variables)

    def _replace(self, file, pattern, text):
        path = os.path.join(self.folder, file)
        with open(path) as f:
            old = f.read()
        new, count = re.subn(pattern, text, old)
        if count != 1:
            raise SystemExit(f"{file} has no single {pattern}")
        with open(path, "w") as f:
            f.write(new)


def assets(folder):
    """A wwwroot of 3 MB: styles, scripts and pages that compress, pictures that do not. The same in every copy."""
    noise = random.Random(1)
    words = ["".join(noise.choices("etaoinshrdlu", k=noise.randint(2, 9))) for _ in range(400)]

    def text(size):
        lines, length = [], 0
        while length < size:
            lines.append(f"  {noise.choice(words)}-{noise.choice(words)}: {noise.choice(words)}({noise.randint(0, 999)}px);")
            length += len(lines[-1]) + 1
        return "\n".join(lines).encode()

    files = {"index.html": text(4_000), "css/site.css": text(60_000), "css/theme.css": text(120_000)}
    files |= {f"js/part{i}.js": text(50_000) for i in range(8)}
    files |= {f"images/goods{i}.png": noise.randbytes(120_000) for i in range(16)}
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
