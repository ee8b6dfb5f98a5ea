# shellcheck shell=bash
# Minimal Debian trees and how to live in one; sourced by the scripts beside it, which run under `set -euo pipefail`.

suite=bookworm

# apt_sources: this machine's lists of sources that speak of the suite itself; none (another system): mmdebstrap knows Debian's own.
apt_sources() {
  grep -lsE "^[^#]*(^|[[:space:]])$suite(-updates|-security)?([[:space:]]|\$)" \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources || :
}

# make_tree PLACE FORMAT INCLUDED OPTION...: a tree (directory) or an archive of one (tar), by mmdebstrap. What apt on this machine
# needs to reach its mirror, it needs in there too.
make_tree() {
  local place=$1 format=$2 included=$3 settings sources
  shift 3
  settings=$(mktemp)
  apt-config dump Acquire >"$settings"
  mapfile -t sources < <(apt_sources)
  mmdebstrap --quiet --format="$format" --variant=minbase ${included:+"--include=$included"} --aptopt="$settings" "$@" \
    "$suite" "$place" ${sources[@]+"${sources[@]}"} || {
    rm -f "$settings"
    return 1
  }
  rm -f "$settings"
}

# lend_network TREE: names and certificates as here. The tree shares this machine's network, so no service may start in it.
lend_network() {
  local tree=$1
  cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
  if [[ -e $tree/usr/sbin/update-ca-certificates ]] && compgen -G '/usr/local/share/ca-certificates/*' >/dev/null; then
    cp -rL /usr/local/share/ca-certificates "$tree/usr/local/share/"
    env -u TMPDIR chroot "$tree" update-ca-certificates >/dev/null 2>&1
  fi
  printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
  chmod +x "$tree/usr/sbin/policy-rc.d"
}

# move_into TREE: makes it, a mount point, the root of this process, which has mount and process namespaces of its own. By pivot_root,
# because user namespaces cannot be made in a chroot.
move_into() {
  local tree=$1 device name major minor
  cd "$tree" || return
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount -t tmpfs -o mode=755 dev dev
  mkdir dev/net dev/pts dev/shm
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
  mkdir dev/old
  pivot_root . dev/old
  cd /
  umount -l /dev/old
  rmdir /dev/old
}

# A login's environment, so that nothing of this machine leaks in; Debian gives ordinary users no sbin folders.
login_path() {
  [[ $1 != root ]] || printf '/usr/local/sbin:/usr/sbin:/sbin:'
  printf '/usr/local/bin:/usr/bin:/bin'
}

# still_running: a line for each process of this process namespace but the script itself; to be called by $(…). Without ps, which a
# bare Debian has not.
still_running() {
  local pid command
  for pid in /proc/[0-9]*; do
    pid=${pid#/proc/}
    [[ $pid != "$$" && $pid != "$BASHPID" ]] || continue
    command=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
    printf '%s %s\n' "$pid" "${command:-(kernel or zombie)}"
  done
}
