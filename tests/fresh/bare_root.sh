#!/bin/bash
# Proves the first command of the README in a bare Debian 12 (variant minbase), as quickly as that can be done: './lab fresh' starts it.
#
#   bare_root.sh WORK [--anew]     WORK: the folder of all builds
#
# 1. makes the tree, and has './lab setup' install packages.txt, [run], and unpack [unpacked], in there; kept for the next time
# 2. has './lab run' run the questions of questions.txt in there
# 3. looks whether each question started its tool
#
# The clone and its builds are in the tree at their own places, so that nothing is compiled again, behind a layer that takes what is
# written. Status: 0 proved, 1 not so, 3 not tried.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/fresh/tree.sh
source "$here/tree.sh"
repository=${here%/tests/fresh}

say() { printf 'lab: fresh: %s\n' "$*" >&2; }
not_tried() {
  say "NOT TRIED: $*"
  exit 3
}

# ------------------------------------------------------------------------------- as process 1 of namespaces of its own

# layered PLACE ROOT: shows a folder in a root, at its own place, behind a layer that takes what is written.
layered() {
  local upper
  upper=$(mktemp -d -p "$scratch")
  mkdir -p "$2$1" "$upper/new" "$upper/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$upper/new,workdir=$upper/work" overlay "$2$1"
}

# live_in TREE KEEP COMMAND...: runs ./lab COMMAND... in the tree; what it changes there stays if KEEP is `kept`. Then says on standard
# output what it left running, and ends with its status.
live_in() {
  local root=$1 kept=$2 status=0 left variables=()
  shift 2
  mount --make-rprivate /
  mount -t tmpfs -o mode=700 tmpfs "$scratch"
  if [[ $kept != kept ]]; then
    mkdir "$scratch/root"
    mount -t overlay -o "lowerdir=$root,upperdir=$(mktemp -d -p "$scratch"),workdir=$(mktemp -d -p "$scratch")" overlay "$scratch/root"
    root=$scratch/root
  else
    mount --bind "$root" "$root"
  fi
  layered "$repository" "$root"
  # Elsewhere, or a file system of its own, which the layer does not show.
  if [[ $work != "$repository"/* || $(stat -c %d "$work") != "$(stat -c %d "$repository")" ]]; then layered "$work" "$root"; fi
  mkdir -p "$root$work/release/unpacked" "$root/evidence"
  mount --bind "$folder/unpacked" "$root$work/release/unpacked"
  mount --bind "$folder/evidence" "$root/evidence"
  # ./lab takes the build folder that is its user's own.
  if [[ $work == "$repository/build" ]]; then
    chown root: "$root$work"
  else
    chown nobody: "$root$repository"
    if [[ -e $root$repository/build ]]; then chown nobody: "$root$repository/build"; fi
    variables+=(XDG_CACHE_HOME="${work%/wireproof/*}")
  fi
  move_into "$root"
  cd "$repository"
  env -i HOME=/root USER=root PATH="$(login_path root)" LANG=C.UTF-8 CI=true ${variables[@]+"${variables[@]}"} ./lab "$@" || status=$?
  left=$(still_running)
  if [[ -n $left ]]; then printf '%s\n' "$left"; fi
  exit "$status"
}

if [[ $1 == --inside ]]; then
  work=$2 folder=$2/fresh scratch=$3
  shift 3
  live_in "$@"
fi

# ------------------------------------------------------------------------------------------------------- on this machine

work=$1 anew=${2:-}
folder=$work/fresh
if [[ $(id -u) != 0 ]]; then
  sudo -n true 2>/dev/null || not_tried "making a tree of another system needs root; 'sudo ./lab fresh' does it"
  exec sudo -n -- "$here/bare_root.sh" "$@"
fi

child='' scratch=''
tidy() {
  if [[ -n $child ]]; then
    kill -KILL "$child" 2>/dev/null || :
    wait "$child" 2>/dev/null || :
  fi
  rm -rf --one-file-system ${scratch:+"$scratch"} "$folder/tree.new" 2>/dev/null || :
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# alone SECONDS COMMAND...: runs it in mount and process namespaces of its own, which end with it, with this script, and after the seconds
# (then with status 137). In the background, or signals to this script would wait for it; jobs there ignore SIGINT, and so would programs
# that are to be interrupted.
alone() {
  local status=0
  setpriv --pdeathsig KILL timeout --signal=KILL "$1" setpriv --pdeathsig KILL env --default-signal=INT,QUIT \
    unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc "${@:2}" </dev/null &
  child=$!
  wait "$child" || status=$?
  child=''
  return "$status"
}

# step WHAT: begins one; `done_step` tells its time.
step() { printf 'lab: fresh: %s … ' "$1" >&2 && begun=$SECONDS; }
done_step() { printf '%d s\n' $((SECONDS - begun)) >&2; }
broken() { # WHAT LOG
  printf '\n' >&2
  say "$1. The last lines of $2:"
  tail -n 30 "$2" | sed 's/^/  | /' >&2
}

mkdir -p "$folder/unpacked" "$folder/evidence"
exec {lock}>"$folder/.lock"
if ! flock -n "$lock"; then
  say "waiting for another ./lab fresh"
  flock "$lock"
fi
rm -rf --one-file-system "$folder"/scratch.* "$folder/tree.new"
scratch=$(mktemp -d "$folder/scratch.XXXXXX")

# Can there be layers at all? Lists of packages without a way to the mirror are a reason not to try too, below.
# shellcheck disable=SC2016 # for the inner shell
alone 60 bash -c 'mount -t tmpfs tmpfs "$1" && mkdir "$1"/{a,b,c,d} && mount -t overlay -o "lowerdir=$1/a,upperdir=$1/b,workdir=$1/c" overlay "$1/d"' \
  bash "$scratch" 2>"$folder/layers.log" || not_tried "this machine cannot mount layers (overlay): $(tail -n 1 "$folder/layers.log")"

key=$(sed -n '/^\[run\]/,/^\[questions\]/p' "$repository/packages.txt" | cat - "$repository/lab" "$here/tree.sh" "$here/bare_root.sh" | sha256sum)
if [[ $anew == --anew || ! -d $folder/tree || $(cat "$folder/tree.key" 2>/dev/null) != "$key" ]]; then
  rm -rf --one-file-system "$folder/tree" "$folder/tree.key" "$folder/unpacked"
  mkdir "$folder/unpacked"
  included=
  if apt_sources | xargs -r cat | grep -q '^[^#]*https:'; then included=ca-certificates; fi

  step "making a bare Debian 12"
  # Nobody reads documentation in there, and nothing in there has to outlive a power cut.
  # shellcheck disable=SC2016 # for the inner shell
  alone 900 bash -c 'source "$1" && shift && make_tree "$@"' bash "$here/tree.sh" "$folder/tree.new" directory "$included" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt=force-unsafe-io >"$folder/mmdebstrap.log" 2>&1 || {
    broken "mmdebstrap ended with status $?" "$folder/mmdebstrap.log"
    not_tried "there is no bare Debian to try it in"
  }
  done_step

  step "./lab setup in there: packages.txt, [run]"
  lend_network "$folder/tree.new"
  alone 1500 "$here/bare_root.sh" --inside "$work" "$scratch" "$folder/tree.new" kept setup >"$folder/setup.log" 2>&1 || {
    broken "FAILED: './lab setup' in a bare Debian ended with status $?" "$folder/setup.log"
    exit 1
  }
  done_step
  rm -f "$folder/tree.new"/var/cache/apt/archives/*.deb
  mv "$folder/tree.new" "$folder/tree"
  printf '%s\n' "$key" >"$folder/tree.key"
else
  say "the tree of an earlier time is used again (--anew: not so)"
fi

mapfile -t questions < <(sed 's/#.*//; /^\[/d' "$here/questions.txt" | awk 'NF { print $2 }' | sort -u)
# What is INCONCLUSIVE for a busy machine is not so in two runs, of which the second has the machine for itself; what a missing tool makes
# INCONCLUSIVE is so again.
for jobs in '' '--jobs=1'; do
  rm -rf --one-file-system "$folder/evidence"
  mkdir "$folder/evidence"
  say "./lab run in there: one question for each tool"
  begun=$SECONDS status=0
  alone 900 "$here/bare_root.sh" --inside "$work" "$scratch" "$folder/tree" lent run --out /evidence ${jobs:+"$jobs"} "${questions[@]}" \
    >"$folder/left.txt" || status=$?
  say "status $status after $((SECONDS - begun)) s; the evidence is in $folder/evidence"
  ((status == 3)) || break
done
((status == 0)) || {
  say "FAILED: './lab run' in a bare Debian ended with status $status"
  exit 1
}
if [[ -s $folder/left.txt ]]; then
  say "FAILED: after it still ran:"
  sed 's/^/  | /' "$folder/left.txt" >&2
  exit 1
fi
PYTHONPATH=$repository /usr/bin/python3 -P -m tests.fresh.evidence "$here/questions.txt" "$folder/evidence" || exit 1
say "PROVED: the first command needs nothing beyond packages.txt: [run], and of [questions] what it asks for (${#questions[@]} questions)"
