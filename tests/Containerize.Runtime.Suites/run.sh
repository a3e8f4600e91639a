#!/usr/bin/env bash
# Runs the suites of runc (bats) and crun (Python), as Debian has their sources, with containerize-runtime in the place of theirs; those of runc also
# as a plain user. Prints what failed; what fails for a reason that is in the file `known` counts as known. The last line is the sum.
# As root it installs what it needs; it needs network.
#
#     run.sh              with the runtime that is made for it; SUITES_RUNTIME=FILE takes another, also runc or crun themselves
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source .ci/tools.sh
here=$PWD/tests/Containerize.Runtime.Suites
[[ $EUID -eq 0 ]] || { echo "only root runs these suites" >&2; exit 1; }
ensure bats=bats jq=jq gawk=gawk gcc=gcc python3=python3 dpkg-source=dpkg-dev busybox=busybox-static script=bsdutils setpriv=util-linux newuidmap=uidmap \
    mmdebstrap=mmdebstrap go=golang-go xz=xz-utils
[[ -d /usr/share/gocode/src/github.com/seccomp/libseccomp-golang && -d /usr/share/gocode/src/github.com/opencontainers/runc ]] ||
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends golang-github-opencontainers-runc-dev libseccomp-dev >/dev/null

runtime=${SUITES_RUNTIME:-}
if [[ -z $runtime ]]; then
    runtime=$PWD/artifacts/runtime/linux-x64/containerize-runtime
    dotnet publish src/Containerize.Runtime -c Release -r linux-x64 -o artifacts/runtime/linux-x64 -nologo -v quiet
fi

work=$(mktemp -d)
chmod 755 "$work"
end() {
    # What crun's test of a frozen container leaves.
    local frozen=/sys/fs/cgroup/freezer/frozen pid
    if [[ -d $frozen ]]; then
        for pid in $(<"$frozen/tasks"); do kill -9 "$pid" || true; done
        echo THAWED > "$frozen/freezer.state"
        sleep 1
        rmdir "$frozen"
    fi
    rm -rf "$work"
}
trap end EXIT

# The sources, from where this machine has its packages.
mkdir -p "$work"/{sources.d,lists/partial,get}
for file in /etc/apt/sources.list.d/*.sources; do
    if [[ -f $file ]]; then sed 's/^Types:.*/Types: deb-src/' "$file" > "$work/sources.d/$(basename "$file")"; fi
done
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list 2>/dev/null > "$work/sources.list" || true
apt=(-qq -o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/sources.d" -o "Dir::State::lists=$work/lists")
timeout 300 apt-get "${apt[@]}" update >/dev/null
(cd "$work/get" && timeout 300 apt-get "${apt[@]}" source --download-only runc crun >/dev/null)
for archive in "$work"/get/*.orig.tar.*z; do tar -C "$work" -xf "$archive"; done
runc=$(echo "$work"/runc-*) crun=$(echo "$work"/crun-*)

# What the suites download, or compile with more than their sources.
root=$work/busybox
mkdir -p "$root"/{bin,dev,etc,home,root,tmp,usr/bin,usr/sbin,sbin,var}
chmod 1777 "$root/tmp"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do [[ $applet == busybox ]] || ln "$root/bin/busybox" "$root/bin/$applet"; done
echo "root:x:0:0:root:/root:/bin/sh" > "$root/etc/passwd"
echo "root:x:0:" > "$root/etc/group"
data=$runc/tests/integration/testdata
tar -C "$root" -cJf "$data/busybox.tar.xz" .
mmdebstrap --quiet --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$data/debian.tar.xz"
cat > "$runc/tests/integration/get-images.sh" <<'IMAGES'
#!/bin/bash
data=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/testdata
echo "BUSYBOX_IMAGE=$data/busybox.tar.xz"
echo "DEBIAN_IMAGE=$data/debian.tar.xz"
IMAGES
gcc -O1 -o "$runc/contrib/cmd/recvtty/recvtty" "$here/recvtty.c" -pthread
(cd "$runc/contrib/cmd/seccompagent" && GO111MODULE=off GOPATH=/usr/share/gocode go build -tags seccomp -o seccompagent .)
touch "$crun/tests/config.h"
gcc -static -I "$crun/tests" -o "$crun/tests/init" "$crun/tests/init.c"

# result NAME: takes TAP, whose lines may begin with what programs said before, to "ok|not ok<TAB>suite: test"
result() { tr -d '\r' | sed -n -E "s/^(ok|not ok) [0-9]+ (- )?(.*)$/\1\t$1: \3/p"; }

bats_with() { # bats_with NAME COMMAND...: one file after the other, each with a terminal, as runc's own Makefile has it
    local name=$1 file
    shift
    for file in "$runc"/tests/integration/*.bats; do
        case $file in *checkpoint* | *sshfs*) continue ;; esac
        timeout -k 5 120 "$@" script -qec "bats --tap $file" /dev/null < /dev/null 2>&1 | result "$name $(basename "$file" .bats)" || true
    done
}

export RUNC=$runtime OCI_RUNTIME=$runtime INIT=$crun/tests/init
bats_with runc env "TMPDIR=$work" > "$work/results"

cp "$runtime" "$work/runtime-of-all"
mkdir -p "$work"/user/{home,tmp,run}
IFS=: read -r user _ < <(comm -12 <(cut -d: -f1 /etc/subuid | sort) <(cut -d: -f1 /etc/subgid | sort) | head -n 1) || true
if [[ -n ${user:-} ]]; then
    chown -R "$user:" "$work/user" "$runc"
    bats_with "runc as a plain user" setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
        env "HOME=$work/user/home" "TMPDIR=$work/user/tmp" "XDG_RUNTIME_DIR=$work/user/run" "RUNC=$work/runtime-of-all" ROOTLESS_FEATURES= >> "$work/results"
else
    echo "no plain user with further ids: runc's suite runs as root alone"
fi

for file in "$crun"/tests/test_*.py; do
    (cd "$crun" && timeout -k 5 120 python3 "$file" 2>/dev/null) | result "crun $(basename "$file" .py)" >> "$work/results" || true
done

# Of known failures a line is: suite and test, as they are printed here, and after a tab the reason.
passed=0 failed=0 known=0 skipped=0
while IFS=$'\t' read -r outcome name; do
    if [[ $outcome == ok ]]; then
        [[ ${name,,} == *"# skip"* || ${name,,} == *"#skip"* ]] && skipped=$((skipped + 1)) || passed=$((passed + 1))
    elif grep -qF "$name"$'\t' "$here/known"; then
        known=$((known + 1))
        echo "known: $(grep -F "$name"$'\t' "$here/known" | head -n 1 | tr '\t' ':')"
    else
        failed=$((failed + 1))
        echo "failed: $name"
    fi
done < "$work/results"
echo "$passed passed, $failed failed, $known known, $skipped skipped"
((failed == 0))
