#!/bin/bash
# Proves the commands of the README on a bare Debian 12: a minimal tree (variant minbase) to which only git,
# ca-certificates and sudo were added, with a fresh clone of the committed state in it.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: sudo tests/fresh/debootstrap.sh [--user] [--base FILE] [COMMAND...]

  COMMAND      shell commands to run one after another in the clone, with CI=true; each is timed.
               Without any: './lab test' and './lab run'.
  --user       run them as an ordinary user who may use sudo without a password (default: as root)
  --base FILE  a tar of the minimal tree; made there first if there is none, so that it can be used again

Needs root, mmdebstrap and git, and a Debian mirror: the machine's own apt configuration is used. Everything is
made in a folder under TMPDIR (4 GB), in namespaces of its own, and removed. Ends with 1 if a command fails.

example: sudo tests/fresh/debootstrap.sh --user './lab doctor' './lab run tv.q01'
USAGE
}

as_user=
base=
while [[ ${1:-} == -* ]]; do
  case $1 in
    --user) as_user=yes ;;
    --base)
      base=${2:?--base wants a file}
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done
[[ $(id -u) == 0 ]] || {
  echo "this needs root, to make a tree of another system" >&2
  exit 2
}
[[ $# -gt 0 ]] || set -- './lab test' './lab run'

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/fresh/tree.sh
source "$here/tree.sh"
repository=${here%/tests/fresh}
scratch=$(mktemp -d -t fresh-debian.XXXXXX)
trap 'rm -rf --one-file-system "$scratch"' EXIT
tree=$scratch/tree
base=${base:-$scratch/base.tar}

if [[ ! -e $base ]]; then
  make_tree "$scratch/base.tar.new" tar git,ca-certificates,sudo
  mv "$scratch/base.tar.new" "$base"
fi
mkdir "$tree"
tar -C "$tree" --numeric-owner -xpf "$base"
lend_network "$tree"

user=root home=/root
if [[ $as_user ]]; then
  user=student home=/home/student
  chroot "$tree" useradd --create-home --shell /bin/bash "$user"
  echo "$user ALL=(ALL) NOPASSWD: ALL" >"$tree/etc/sudoers.d/$user"
fi
git -C "$repository" bundle create --quiet "$tree/wireproof.bundle" HEAD
chmod 644 "$tree/wireproof.bundle"

# Runs as process 1 of the tree.
cat >"$tree/start" <<'START'
set -euo pipefail
source "$1"
tree=$2 user=$3 home=$4
shift 4
mount --make-rprivate /
mount --bind "$tree" "$tree"
move_into "$tree"
inside() {
  setpriv --reuid "$user" --regid "$user" --init-groups \
    env -i -C "$1" HOME="$home" USER="$user" PATH="$(login_path "$user")" LANG=C.UTF-8 CI=true bash -c "$2"
}
inside "$home" 'git clone --quiet /wireproof.bundle wireproof'
failed=0
for command in "$@"; do
  printf '\n=== %s$ %s\n' "$user" "$command"
  begun=$SECONDS status=0
  inside "$home/wireproof" "$command" || status=$?
  printf '=== status %d after %d s: %s\n' "$status" $((SECONDS - begun)) "$command"
  ((status == 0)) || failed=1
done
left=$(still_running)
printf '=== left running: %s\n' "${left:-nothing}"
exit "$failed"
START
setpriv --pdeathsig KILL unshare --mount --pid --ipc --uts --fork --kill-child \
  bash "$tree/start" "$here/tree.sh" "$tree" "$user" "$home" "$@"
