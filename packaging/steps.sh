# Sourced by run and test: the folder of the project, messages, builds, and steps with their time.
# shellcheck shell=bash
# Everything is said on stderr, so that the output of a program that is started stays its own.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)
logs=$root/build/log
steps_done=0
steps_all=0
mkdir -p "$logs"
# Where ccache is installed, a clone in another folder finds what an earlier one compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
# Precompiled headers are told apart by what is in them.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# One line for the start and the end of a step; its output goes to a file and is shown if it fails.
#   step "name of the step" command [argument…]
step() {
    local title=$1 started=$SECONDS
    shift
    local log=$logs/${title//[^A-Za-z0-9]/-}.log
    steps_done=$((steps_done + 1))
    printf '[%d/%d] %s … ' "$steps_done" "$steps_all" "$title" >&2
    if (cd "$root" && "$@") >"$log" 2>&1 </dev/null; then
        printf '%d s\n' $((SECONDS - started)) >&2
        return
    fi
    printf 'FAILED after %d s\n' $((SECONDS - started)) >&2
    tail -n 120 "$log" >&2
    printf '%s: the step "%s" failed; its last lines are above, all of them in %s\n' \
        "${0##*/}" "$title" "$log" >&2
    exit 1
}

# configure PRESET [-DNAME=VALUE…]
configure() {
    local launcher
    launcher=$(command -v ccache || true)
    cmake --preset "$@" "-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher"
}

# build PRESET [TARGET]
build() { cmake --build --preset "$1" --parallel "$jobs" ${2:+--target "$2"}; }

configure_and_build() { configure "$1" && build "$@"; }

# The tests of a preset, with a display of their own for those that open a window.
run_tests() {
    xvfb-run -a -s "-screen 0 1280x800x24" ctest --preset "$1" --parallel "$jobs"
}
