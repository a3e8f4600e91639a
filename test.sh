#!/usr/bin/env bash
# Builds, then runs all tests. The last line is the sum: "N passed, N failed" and, where there are some, ", N skipped".
# CONTAINERIZE_SLOW_TESTS=1 adds the slow ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source .ci/tools.sh

passed=0 failed=0 skipped=0
results=$(mktemp -d)
close() {
    rm -rf "$results"
    if ((skipped > 0)); then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    ((failed == 0)) || exit 1
}
trap close EXIT

# Other people's tools are the oracles; a test whose tool is missing says so and is skipped.
ensure skopeo=skopeo umoci=umoci podman=podman crun=crun runc=runc docker-registry=docker-registry oci-image-tool=oci-image-tool \
    buildah=buildah faketime=faketime zstd=zstd pigz=pigz bsdtar=libarchive-tools openssl=openssl \
    containerd=containerd busybox=busybox-static fuse-overlayfs=fuse-overlayfs newuidmap=uidmap setpriv=util-linux script=bsdutils \
    mmdebstrap=mmdebstrap psql=postgresql-client redis-cli=redis-tools curl=curl socat=socat tmux=tmux pasta=passt slirp4netns=slirp4netns || true
ldconfig -p 2>/dev/null | grep -q libseccomp.so.2 || ensure libseccomp=libseccomp2 || true

# Tests of plain users need one who has further ids. Where a machine has none, root makes one, without password, home and shell.
has_plain_user() {
    local name count
    while IFS=: read -r name _ count; do
        if [[ ${count:-0} -ge 65536 && $(id -u "$name" 2>/dev/null) == "$(id -g "$name" 2>/dev/null)" ]]; then
            return 0
        fi
    done < <(comm -12 <(sort /etc/subuid 2>/dev/null) <(sort /etc/subgid 2>/dev/null))
    return 1
}
if [[ $EUID -eq 0 ]] && ! has_plain_user; then
    groupadd --gid 57123 containerize-tests &&
        useradd --uid 57123 --gid 57123 --no-create-home --shell /usr/sbin/nologin --comment "tests of rootless containers" containerize-tests &&
        { has_plain_user || usermod --add-subuids 10000000-10065535 --add-subgids 10000000-10065535 containerize-tests; } || true
fi

if ! ./build.sh; then
    echo "the build failed"
    failed=1
    exit 1
fi

# A snapshot that is not there is a failure and not a new truth (a developer's own run writes it).
export SNAPSHOOTER_STRICT_MODE=on
count() { # count NAME FILE: an attribute of the trx file's counters
    grep -o '<Counters [^>]*>' "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' || echo 0
}
run() {
    local name trx status=0
    name=$(basename "$1" .csproj)
    trx=$results/$name.trx
    echo "== $name"
    timeout 3600 dotnet test "$1" -c Release --nologo --blame-hang-timeout 20m \
        --logger "trx;LogFileName=$name.trx" --results-directory "$results" || status=$?
    if [[ -f $trx ]]; then
        local total ok bad
        total=$(count total "$trx") ok=$(count passed "$trx") bad=$(count failed "$trx")
        passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
        if ((status == 0 || bad > 0)); then
            return
        fi
    fi
    # A crashed host, or a project that does not build.
    echo "$name ended with exit code $status and no failed test to show for it"
    failed=$((failed + 1))
}

# The fast ones first.
run tests/Containerize.Tests/Containerize.Tests.csproj
for project in tests/*.Tests/*.csproj; do
    [[ $project == tests/Containerize.Tests/* ]] || run "$project"
done
