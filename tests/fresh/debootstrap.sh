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

repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d -t fresh-debian.XXXXXX)
trap 'rm -rf --one-file-system "$scratch"' EXIT
tree=$scratch/tree
base=${base:-$scratch/base.tar}

# What apt on this machine needs to reach its mirror, it needs in there too.
if [[ ! -e $base ]]; then
  apt-config dump Acquire >"$scratch/acquire.conf"
  mapfile -t sources < <(grep -ls bookworm /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources)
  mmdebstrap --quiet --format=tar --variant=minbase --include=git,ca-certificates,sudo --aptopt="$scratch/acquire.conf" \
    bookworm "$scratch/base.tar.new" ${sources[@]+"${sources[@]}"}
  mv "$scratch/base.tar.new" "$base"
fi
mkdir "$tree"
tar -C "$tree" --numeric-owner -xpf "$base"
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
if compgen -G '/usr/local/share/ca-certificates/*' >/dev/null; then
  cp -rL /usr/local/share/ca-certificates "$tree/usr/local/share/"
  chroot "$tree" update-ca-certificates >/dev/null 2>&1
fi
# The tree shares this machine's network, so no service of the packages may start in it.
printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
chmod +x "$tree/usr/sbin/policy-rc.d"

user=root home=/root
if [[ $as_user ]]; then
  user=student home=/home/student
  chroot "$tree" useradd --create-home --shell /bin/bash "$user"
  echo "$user ALL=(ALL) NOPASSWD: ALL" >"$tree/etc/sudoers.d/$user"
fi
git -C "$repository" bundle create --quiet "$tree/wireproof.bundle" HEAD
chmod 644 "$tree/wireproof.bundle"

# Runs as process 1 of the tree. pivot_root, because user namespaces cannot be made in a chroot.
cat >"$tree/start" <<'START'
#!/bin/bash
set -euo pipefail
tree=$1 user=$2 home=$3
shift 3
mount --make-rprivate /
mount --bind "$tree" "$tree"
cd "$tree"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 dev dev
mkdir dev/net dev/pts dev/shm old
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 net/tun:10:200; do
  IFS=: read -r name major minor <<<"$device"
  mknod -m 666 "dev/$name" c "$major" "$minor"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 shm dev/shm
pivot_root . old
cd /
umount -l /old
rmdir /old

# A login's environment, so that nothing of this machine leaks in; Debian gives ordinary users no sbin folders.
path=/usr/local/bin:/usr/bin:/bin
[[ $user != root ]] || path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
inside() {
  setpriv --reuid "$user" --regid "$user" --init-groups \
    env -i -C "$1" HOME="$home" USER="$user" PATH="$path" LANG=C.UTF-8 CI=true bash -c "$2"
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
printf '=== left running:\n'
ps -e -o pid,user,args --no-headers 2>/dev/null | grep -vE ' (ps|grep|/bin/bash /?start|bash) ?' || echo "nothing"
exit "$failed"
START
unshare --mount --pid --ipc --uts --fork --kill-child bash "$tree/start" "$tree" "$user" "$home" "$@"
