#!/usr/bin/env bash
# Runs containers with the runtime of linux-arm64 on an emulated machine, with Debian's kernel and cgroup version 2 alone. Prints a line a check;
# the exit code is 0 where all are as they should be. Needs network, and as root installs what it needs. About half a minute when it is compiled.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source .ci/tools.sh
ensure aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu qemu-system-aarch64=qemu-system-arm bsdtar=libarchive-tools python3=python3 runc=runc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# gcc is one program for each architecture, and refuses the option that tells clang of it.
cat > "$work/cc" <<'CC'
#!/bin/sh
for word; do shift; case $word in --target=*) ;; *) set -- "$@" "$word" ;; esac; done
exec aarch64-linux-gnu-gcc "$@"
CC
chmod +x "$work/cc"
dotnet publish src/Containerize.Runtime -c Release -r linux-arm64 -o artifacts/runtime/linux-arm64 -nologo -v quiet \
    -p:CppCompilerAndLinker="$work/cc" -p:ObjCopyName=aarch64-linux-gnu-objcopy > "$work/publish.log" || { cat "$work/publish.log"; exit 1; }

# The kernel and busybox, from the host's own sources and in a state of its own.
mkdir -p "$work"/apt/state/lists/partial "$work"/apt/cache/archives/partial "$work"/packages
touch "$work/apt/status"
apt=(-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$work/apt/state" -o Dir::Cache="$work/apt/cache"
    -o Dir::State::status="$work/apt/status" -o APT::Sandbox::User=root -qq)
apt-get "${apt[@]}" update
kernel=$(apt-cache "${apt[@]}" depends linux-image-arm64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
(cd "$work/packages" && apt-get "${apt[@]}" download "$kernel" busybox-static)
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done

files=$work/files
mkdir -p "$files"/{bin,new} "$files"/bundles/rootfs/{bin,proc}
cp "$work/unpacked/bin/busybox" "$files/bin/"
cp "$work/unpacked/bin/busybox" "$files/bundles/rootfs/bin/"
for name in sh cat id sleep echo mkdir hostname uname; do ln -s busybox "$files/bundles/rootfs/bin/$name"; done
cp artifacts/runtime/linux-arm64/containerize-runtime "$files/"
(cd "$work" && runc spec)
python3 - "$work/config.json" "$files/bundles" <<'PYTHON'
import copy, json, os, sys

base = json.load(open(sys.argv[1]))
base["process"]["terminal"] = False
base["root"] = {"path": "/bundles/rootfs", "readonly": False}

def bundle(name, expected, script, change=lambda config: None):
    config = copy.deepcopy(base)
    config["process"]["args"] = ["/bin/sh", "-c", script]
    change(config)
    os.makedirs(f"{sys.argv[2]}/{name}")
    json.dump(config, open(f"{sys.argv[2]}/{name}/config.json", "w"))
    open(f"{sys.argv[2]}/{name}/expected", "w").write(expected)

def namespaces(config, *types):
    config["linux"]["namespaces"] += [{"type": kind} for kind in types]

def user(config):
    namespaces(config, "user")
    config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 0, "size": 65536}]
    config["mounts"] = [mount for mount in config["mounts"] if mount["destination"] != "/dev/pts"]

def time(config):
    namespaces(config, "time", "cgroup")
    config["linux"]["timeOffsets"] = {"boottime": {"secs": 1000000, "nanosecs": 0}}

def seccomp(config):
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        "syscalls": [{"names": ["mkdirat", "mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 122}]}

def cgroup(config, *options):
    namespaces(config, "cgroup")
    config["mounts"].append({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": list(options)})

def limits(config):
    cgroup(config, "ro")
    config["linux"]["resources"] = {"pids": {"limit": 33}, "memory": {"limit": 67108864}, "devices": [{"allow": False, "access": "rwm"}]}
    config["process"]["rlimits"] = [{"type": "RLIMIT_NOFILE", "soft": 77, "hard": 78}]

def owner(config, *options):
    cgroup(config, *options)
    config["process"]["user"] = {"uid": 1000, "gid": 1000}

bundle("plain", "runc 1", "echo $(hostname) $$")
bundle("user", "65536", "set -- $(cat /proc/self/uid_map); echo $3", user)
bundle("time", "later", "read up rest < /proc/uptime; [ ${up%.*} -gt 1000000 ] && echo later", time)
bundle("seccomp", "mkdir: can't create directory '/made': Disk quota exceeded", "mkdir /made", seccomp)
bundle("limits", "33 67108864 77", "echo $(cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max) $(ulimit -n)", limits)
bundle("owner", "made", "mkdir /sys/fs/cgroup/below && echo made", lambda config: owner(config, "nosuid"))
bundle("reader", "refused", "mkdir /sys/fs/cgroup/below 2> /dev/null || echo refused", lambda config: owner(config, "ro"))
bundle("waiting", "", "sleep 300")
bundle("hook", "", "true", lambda config: config.update(hooks={"startContainer": [{"path": "/bin/busybox", "args": ["false"]}]}))
PYTHON

# The first root cannot be pivoted from.
cat > "$files/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t tmpfs tmpfs /new
cp -a /bin /bundles /checks /containerize-runtime /new/
mkdir /new/proc /new/sys /new/dev /new/tmp /new/run
exec switch_root /new /checks
INIT
cat > "$files/checks" <<'CHECKS'
#!/bin/sh
mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t devtmpfs dev /dev && mount -t cgroup2 cgroup2 /sys/fs/cgroup
runtime=/containerize-runtime
check() {
    name=$1 expected=$2
    shift 2
    "$@" > /tmp/output 2>&1 < /dev/null
    echo "exit $?" >> /tmp/output
    if [ "$(cat /tmp/output)" = "$expected" ]; then echo "CHECK ok $name"; else echo "CHECK FAILED $name: $(cat /tmp/output | tr '\n' ' ')"; fi
}
echo "CHECK on $(uname -rm)"
for bundle in plain user time seccomp limits owner reader; do
    [ $bundle = seccomp ] && code=1 || code=0
    check "run $bundle" "$(printf "$(cat /bundles/$bundle/expected)\nexit $code")" $runtime run --bundle /bundles/$bundle $bundle
done
check create "exit 0" $runtime create --bundle /bundles/waiting waiting
check start "exit 0" $runtime start waiting
check state "$(printf '  "status": "running",\nexit 0')" sh -c "$runtime state waiting | grep status"
check exec "$(printf '1000\nexit 5')" $runtime exec --user 1000 waiting /bin/sh -c 'id -u; exit 5'
check pause "exit 0" $runtime pause waiting
check resume "exit 0" $runtime resume waiting
check kill "exit 0" $runtime kill waiting KILL
sleep 1
check delete "exit 0" $runtime delete waiting
check "a hook that fails" "exit 1" sh -c "$runtime run --bundle /bundles/hook hook 2> /dev/null"
check "nothing is left" "exit 0" sh -c "ls /run/containerize/runtime"
echo CHECK end
poweroff -f
CHECKS
chmod +x "$files/init" "$files/checks"

(cd "$files" && bsdtar -cf - --format=newc --uid 0 --gid 0 .) | gzip -1 > "$work/initrd"
timeout 300 qemu-system-aarch64 -M virt -cpu cortex-a72 -m 1024 -smp 2 -nographic -no-reboot -kernel "$work"/unpacked/boot/vmlinuz-* -initrd "$work/initrd" \
    -append "console=ttyAMA0 quiet cgroup_no_v1=all panic=-1" < /dev/null > "$work/console" 2>&1 || true
tr -d '\r' < "$work/console" | sed -n 's/^CHECK //p'
grep -qa '^CHECK end' "$work/console" && ! grep -qa '^CHECK FAILED' "$work/console"
