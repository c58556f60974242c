#!/bin/sh
# Runs a command as root so that it cannot change the machine: own pid, mount, net, ipc and uts namespaces; overlays on
# /etc /home /opt /root /srv /usr /var; new /run and /tmp; a private /dev with its own devpts (gid 5) and fuse; its own
# cgroup. Only the work tree is that of the machine, wherever it is. Usage: tools/sandbox.sh COMMAND [ARG…]
# SANDBOX_SECONDS in the environment: a timeout after which everything in it is killed; the exit status is then 137.
set -eu

enter() {
  [ "$(id -u)" = 0 ] || { echo "tools/sandbox.sh: wanted uid 0, got uid $(id -u): run it as root" >&2; exit 1; }
  sandbox=$(mktemp -d /tmp/vestibule-sandbox.XXXXXX)
  cgroup=
  for base in /sys/fs/cgroup/unified /sys/fs/cgroup; do
    [ -f "$base/cgroup.procs" ] && cgroup="$base/$(basename "$sandbox")" && mkdir "$cgroup" 2>/dev/null && break
    cgroup=
  done
  status=0
  SANDBOX="$sandbox" SANDBOX_CGROUP="$cgroup" timeout --foreground -s KILL "${SANDBOX_SECONDS:-0}" unshare -m -p -n -i -u -f --mount-proc --kill-child \
    --propagation private -- "$0" "$@" || status=$?
  [ -z "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  rmdir "$sandbox"
  exit "$status"
}
[ -n "${SANDBOX:-}" ] || enter "$@"

root=$(cd "$(dirname "$0")/.." && pwd)
[ -z "$SANDBOX_CGROUP" ] || echo $$ >"$SANDBOX_CGROUP/cgroup.procs"
# The mounts below may cover the work tree, or replace it by a copy that is lost at the end. This descriptor is used to
# mount it again.
exec 9<"$root"
mount -t tmpfs -o mode=0755 sandbox "$SANDBOX"
for dir in /etc /home /opt /root /srv /usr /var; do
  [ -d "$dir" ] || continue
  mkdir -p "$SANDBOX/up$dir" "$SANDBOX/work$dir"
  chmod --reference="$dir" "$SANDBOX/up$dir"
  mount -t overlay overlay -o "lowerdir=$dir,upperdir=$SANDBOX/up$dir,workdir=$SANDBOX/work$dir" "$dir"
done
# What a server of this machine has left here, a database of another version for example, is not what is tested.
rm -rf /etc/vestibule /usr/local/lib/vestibule /var/lib/vestibule /var/log/vestibule
# The command of that server: a link that leads nowhere now.
[ ! -L /usr/local/bin/vestibule ] || rm /usr/local/bin/vestibule
# Covered by the new /run below it would still be in the list of mounts.
umount --lazy /run/vestibule 2>/dev/null || true

mkdir "$SANDBOX/dev"
for node in null zero full random urandom tty; do
  touch "$SANDBOX/dev/$node"
  mount --bind "/dev/$node" "$SANDBOX/dev/$node"
done
mknod -m 0666 "$SANDBOX/dev/fuse" c 10 229
ln -s /proc/self/fd "$SANDBOX/dev/fd"
ln -s pts/ptmx "$SANDBOX/dev/ptmx"
mkdir "$SANDBOX/dev/pts" "$SANDBOX/dev/shm"
mount -t devpts -o newinstance,gid=5,mode=0620,ptmxmode=0666 devpts "$SANDBOX/dev/pts"
mount -t tmpfs -o mode=1777 shm "$SANDBOX/dev/shm"
mount --rbind "$SANDBOX/dev" /dev
mount -t tmpfs -o mode=0755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
mkdir -p "$root"
mount --no-canonicalize --bind /proc/self/fd/9 "$root"
exec 9<&-

hostname vestibule-test
ip link set lo up
cd "$root"
unset SANDBOX SANDBOX_CGROUP
export VESTIBULE_IN_SANDBOX=1
# Not exec: this shell stays pid 1 and reaps orphaned processes.
"$@"
exit $?
