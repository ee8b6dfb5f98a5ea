#!/bin/sh
# mmdebstrap's last step, in the finished tree: make_disk.sh TREE DISK turns it into the disk of a machine that boots, mounts its
# second disk, starts what lies there, and powers off.
set -eu
tree=$1 disk=$2

chroot "$tree" useradd --create-home --shell /bin/bash student
echo wireproof >"$tree/etc/hostname"
echo '127.0.0.1 localhost wireproof' >"$tree/etc/hosts"
: >"$tree/etc/fstab"
cat >"$tree/etc/systemd/system/wireproof-guest.service" <<'UNIT'
[Unit]
Description=What the second disk wants to be run
After=openvswitch-switch.service
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/mount /dev/vdb /mnt
ExecStart=/bin/sh /mnt/start
ExecStopPost=-/bin/umount /mnt

[Install]
WantedBy=multi-user.target
UNIT
chroot "$tree" systemctl --quiet enable wireproof-guest.service
chroot "$tree" systemctl --quiet set-default multi-user.target
# Nobody logs in, and nothing may wake up in the middle of a measurement.
chroot "$tree" systemctl --quiet mask getty@.service serial-getty@.service apt-daily.timer apt-daily-upgrade.timer \
  dpkg-db-backup.timer e2scrub_all.timer fstrim.timer systemd-tmpfiles-clean.timer

# mmdebstrap has /proc, /sys and more mounted in the tree; a bind mount that is not recursive shows it without them.
export tree disk
# shellcheck disable=SC2016 # for the inner shell
unshare --mount sh -euc '
  mkdir /tmp/wireproof-tree.$$
  mount --bind "$tree" /tmp/wireproof-tree.$$
  mke2fs -q -F -t ext4 -m 0 -O ^has_journal -d /tmp/wireproof-tree.$$ "$disk" 6G
  umount /tmp/wireproof-tree.$$
  rmdir /tmp/wireproof-tree.$$'
