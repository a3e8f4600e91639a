#!/usr/bin/env bash
# Builds the packages, makes an image of testassets/WebApi with them, looks at it, starts it and asks it something. No Docker anywhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
repository=$PWD
source .ci/tools.sh
ensure skopeo=skopeo umoci=umoci runc=runc curl=curl tar=tar
say() { printf '\n== %s\n' "$*"; }

work=$(mktemp -d)
container=containerize-demo-$$
clean() {
    PATH="$PATH:/usr/sbin" runc delete --force "$container" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean EXIT
export PATH="$PATH:/usr/sbin"

say "Build and pack"
timeout 1800 ./build.sh
version=$(dotnet msbuild src/Containerize/Containerize.csproj -getProperty:Version)

say "A project as a user has it: WebApi with one package reference"
cp -r testassets/Directory.* testassets/WebApi "$work"
cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources>
    <add key="containerize-demo" value="$repository/artifacts/packages" />
  </packageSources>
</configuration>
CONFIG
cat "$work/WebApi/WebApi.csproj"

say "dotnet publish -t:Containerize"
cd "$work"
case $(uname -m) in
    aarch64 | arm64) rid=linux-arm64 ;;
    *) rid=linux-x64 ;;
esac
timeout 600 dotnet publish WebApi -c Release -r "$rid" -t:Containerize -p:ContainerArchiveOutputPath="$work/image.tar" -nologo

say "dotnet containerize inspect"
timeout 300 dotnet tool install dotnet-containerize --tool-path "$work/tool" --version "$version" --configfile nuget.config >/dev/null
timeout 60 "$work/tool/dotnet-containerize" inspect "oci-archive:$work/image.tar"

say "Unpack with umoci, start with runc"
timeout 120 skopeo copy --quiet --insecure-policy "oci-archive:$work/image.tar" "oci:$work/layout:demo"
timeout 120 umoci unpack --image "$work/layout:demo" "$work/bundle"
port=$(python3 - 2>/dev/null <<<'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' || echo $((20000 + RANDOM % 20000)))
# On the host's network, so that we can ask from here.
sed -i -z -E 's/\{[^{}]*"type": "network"[^{}]*\},?//; s/,(\s*\])/\1/g; s/"terminal": true/"terminal": false/' "$work/bundle/config.json"
sed -i -E "s/ASPNETCORE_HTTP_PORTS=[0-9;]*/ASPNETCORE_HTTP_PORTS=$port/" "$work/bundle/config.json"
timeout 120 runc run --bundle "$work/bundle" "$container" >"$work/log" 2>&1 &
answer=
for _ in {1..100}; do
    answer=$(curl -fsS --max-time 5 "http://127.0.0.1:$port/" 2>/dev/null) && break
    sleep 0.3
done
if [[ -z $answer ]]; then
    echo "no answer; the container said:" >&2
    cat "$work/log" >&2
    exit 1
fi

say "GET http://127.0.0.1:$port/"
echo "$answer"
runc kill "$container" TERM
for _ in {1..50}; do
    runc state "$container" >/dev/null 2>&1 || break
    sleep 0.2
done
say "Done"
