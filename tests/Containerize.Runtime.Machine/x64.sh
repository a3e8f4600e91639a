#!/usr/bin/env bash
# Runs tests of the runtime on an emulated machine with Debian's kernel and cgroup version 2 alone: this machine's own files are its root, read-only
# below a tmpfs. Prints what failed and why others were skipped; the last line is the sum. As root it installs what it needs; it needs network once.
#
#     x64.sh [FILTER]     FILTER as of `dotnet test --filter`; without one those of control groups and what engines do most
#
# The tests are those that `dotnet build -c Release` has left; MACHINE_RUNTIME=FILE takes that runtime in place of a new one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source .ci/tools.sh
ensure qemu-system-x86_64=qemu-system-x86 bsdtar=libarchive-tools busybox=busybox-static dpkg-deb=dpkg runc=runc crun=crun setpriv=util-linux newuidmap=uidmap

filter=${1:-FullyQualifiedName~Tests.Cgroups|FullyQualifiedName~OperationsInEachState|FullyQualifiedName~ExecutingInAContainer|FullyQualifiedName~RunningInTheForeground}
tests=$PWD/tests/Containerize.Runtime.Tests/bin/Release/net10.0
[[ -f $tests/Containerize.Runtime.Tests.dll ]] || dotnet build tests/Containerize.Runtime.Tests -c Release -nologo -v quiet
runtime=${MACHINE_RUNTIME:-}
if [[ -z $runtime ]]; then
    runtime=$PWD/artifacts/runtime/linux-x64/containerize-runtime
    dotnet publish src/Containerize.Runtime -c Release -r linux-x64 -o artifacts/runtime/linux-x64 -nologo -v quiet
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What is compiled again meanwhile would change under the machine's feet.
cp -r "$tests" "$work/tests"
cp "$runtime" "$work/tests/containerize-runtime"
chmod 755 "$work"

# The kernel is kept: it is unpacked and not installed.
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
if [[ -z $kernel ]]; then
    timeout 300 apt-get -qq update
    kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
fi
unpacked=$PWD/artifacts/machine/$kernel
if [[ ! -d $unpacked ]]; then
    (cd "$work" && { apt-get -qq -o APT::Sandbox::User=root download "$kernel" || { timeout 300 apt-get -qq update && apt-get -qq -o APT::Sandbox::User=root download "$kernel"; }; })
    mkdir -p artifacts/machine
    dpkg-deb -x "$work/$kernel"_*.deb "$work/kernel"
    mv "$work/kernel" "$unpacked"
fi

files=$work/files
mkdir -p "$files"/{bin,modules,proc,lower,upper,new} "$work/results"
cp "$(command -v busybox)" "$files/bin/busybox"
modules=(virtio/virtio_ring virtio/virtio virtio/virtio_pci_legacy_dev virtio/virtio_pci_modern_dev virtio/virtio_pci block/virtio_blk
    9p/9pnet 9p/9pnet_virtio netfs/netfs fscache/fscache 9p/9p overlayfs/overlay block/bfq)
for module in "${modules[@]}"; do
    find "$unpacked/lib/modules" -path "*/$module.ko" -exec cp {} "$files/modules/" \;
    echo "/bin/busybox insmod /modules/${module#*/}.ko"
done > "$files/insert"
# The first root cannot be pivoted from.
cat > "$files/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
. /insert
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose host /lower &&
    mount -t tmpfs -o size=60% tmpfs /upper && mkdir /upper/files /upper/work &&
    mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /new &&
    cp /checks /new/.checks && umount /proc && exec switch_root /new /.checks
poweroff -f
INIT
cat > "$files/checks" <<CHECKS
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o ptmxmode=666 devpts /dev/pts; mount -t tmpfs -o mode=1777 tmpfs /dev/shm; mount -t mqueue mqueue /dev/mqueue
mount -t cgroup2 cgroup2 /sys/fs/cgroup; mount -t tmpfs -o mode=755 tmpfs /run
ln -sf /proc/self/fd /dev/fd
echo bfq > /sys/block/vda/queue/scheduler
mkdir -p /run/results; mkdir -m 1777 /run/tests
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 results /run/results
ip link set lo up 2>/dev/null
cd /run/tests
export TMPDIR=/run/tests DOTNET_EnableDiagnostics=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredPGO=0 DOTNET_CLI_HOME=/run/tests SNAPSHOOTER_STRICT_MODE=on
export CONTAINERIZE_TEST_RUNTIME='$work/tests/containerize-runtime'
echo "Linux \$(uname -rm), cgroup version 2: \$(cat /sys/fs/cgroup/cgroup.controllers)" > /run/results/machine
dotnet test '$work/tests/Containerize.Runtime.Tests.dll' --filter '$filter' --blame-hang-timeout 10m --logger 'trx;LogFileName=tests.trx' --results-directory /run/results > /run/results/output 2>&1
echo \$? > /run/results/code
sync
poweroff -f
CHECKS
chmod +x "$files/init" "$files/checks"
(cd "$files" && bsdtar -cf - --format=newc --uid 0 --gid 0 .) | gzip -1 > "$work/initrd"
truncate -s 64M "$work/disk"

timeout "${MACHINE_TIMEOUT:-1080}" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -m 3072 -smp 2 -display none -no-reboot -serial stdio -monitor none -nic none \
    -kernel "$unpacked"/boot/vmlinuz-* -initrd "$work/initrd" -append "console=ttyS0 quiet cgroup_no_v1=all panic=-1 oops=panic" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    -virtfs "local,path=$work/results,mount_tag=results,security_model=none" \
    -drive "file=$work/disk,format=raw,if=virtio" < /dev/null > "$work/console" 2>&1 || echo "the machine ended with exit code $?"

[[ -z ${MACHINE_RESULTS:-} ]] || cp "$work"/results/{machine,output,tests.trx} "$work/console" "$MACHINE_RESULTS/" 2>/dev/null || true
results=$work/results/tests.trx
if [[ ! -f $work/results/code || ! -f $results ]]; then
    echo "the machine has not come to its end:"
    tail -n 30 "$work/console" | tr -d '\r'
    tail -n 50 "$work/results/output" 2>/dev/null || true
    exit 1
fi
cat "$work/results/machine"
(($(cat "$work/results/code") == 0)) || cat "$work/results/output"
echo "skipped there:"
sed -n '/outcome="NotExecuted"/,/<\/UnitTestResult>/s:.*<Message>\(.*\)</Message>.*:\1:p' "$results" | sort | uniq -c
count() { grep -o '<Counters [^>]*>' "$results" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }
total=$(count total) passed=$(count passed) failed=$(count failed)
# What is about version 2 has no reason to be skipped where there is nothing else.
for name in $(grep 'outcome="NotExecuted"' "$results" | grep -o 'testName="[^"]*Version2[^" (]*' | cut -d'"' -f2); do
    echo "failed, as it was skipped: $name"
    failed=$((failed + 1))
done
echo "$passed passed, $failed failed, $((total - passed - $(count failed))) skipped"
((failed == 0 && passed > 0))
