# Sourced by the scripts. ensure command=package ...: installs what is missing, as root; says what is missing otherwise, and fails.
ensure() {
    local missing=() pair
    for pair in "$@"; do
        PATH="$PATH:/usr/sbin" command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        echo "missing: ${missing[*]} (on Debian: sudo apt-get install ${missing[*]})" >&2
        return 1
    fi
    timeout 300 apt-get -qq update >/dev/null || return 1
    DEBIAN_FRONTEND=noninteractive timeout 900 apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}
