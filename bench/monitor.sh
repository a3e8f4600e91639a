#!/usr/bin/env bash
# What the monitor of a detached container has in memory. bench/monitor.sh IMAGE: a local image with sh, sleep, yes and head in it.
# CONTAINERIZE names the tool ("dotnet containerize"). Prints Markdown.
set -euo pipefail
image=${1:?the name of a local image}
read -r -a tool <<< "${CONTAINERIZE:-dotnet containerize}"
names=()
trap '"${tool[@]}" rm -f "${names[@]}" >/dev/null' EXIT

row() { # row SITUATION NAME
    local pid
    pid=$("${tool[@]}" inspect -f '{{.State.MonitorPid}}' "$2")
    awk -v situation="$1" '/^VmRSS/ { all = $2 } /^RssAnon/ { own = $2 } END { printf "| %s | %.1f | %.1f |\n", situation, all / 1024, own / 1024 }' "/proc/$pid/status"
}
begin() { # begin NAME OPTIONS... -- COMMAND...
    local name=$1 options=()
    shift
    while [[ $1 != -- ]]; do options+=("$1") && shift; done
    shift
    names+=("$name")
    "${tool[@]}" run -d --name "$name" "${options[@]}" "$image" "$@" >/dev/null
}

echo "| situation | RSS, MB | of it its own |"
echo "|---|---|---|"
begin "bench-idle-$$" --network none -- sleep 1000
row "no network, no output" "bench-idle-$$"
begin "bench-port-$$" -p 127.0.0.1::80 --health-cmd true --health-interval 200ms -- sleep 1000
sleep 3
row "a port, and a health check five times a second" "bench-port-$$"
begin "bench-loud-$$" --network none --log-opt max-size=10m -- sh -c 'yes 0123456789abcdef | head -c 300000000; echo; echo done; sleep 1000'
for ((i = 0; i < 120; i++)); do
    [[ $("${tool[@]}" logs --tail 1 "bench-loud-$$") != done ]] || break
    sleep 1
done
row "after 300 MB of short lines into a log of 10 MB" "bench-loud-$$"
