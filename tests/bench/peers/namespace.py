"""A network of the benchmark's own: loopback, and a name server that knows every name."""

import os
import pathlib
import shutil
import subprocess

from harness import Runner
from nginx import start_server

SBIN = ":/usr/sbin:/sbin"


def tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + SBIN)


class Namespace:
    """A network namespace in which dnsmasq has 127.0.0.1 for all names under .test.

    Programs started `within` it read its own resolv.conf; `measure` runs commands in it.
    """

    @staticmethod
    def missing():
        """What keeps this machine from having one, or None."""
        if os.geteuid() != 0:
            return "only root can make a network namespace"
        lacking = [name for name in ("ip", "dnsmasq") if not tool(name)]
        return f"{' and '.join(lacking)} not installed" if lacking else None

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.name = f"crawl-peers-{os.getpid()}"
        self.within = [tool("ip"), "netns", "exec", self.name]
        self._settings = pathlib.Path("/etc/netns") / self.name
        self._dnsmasq = self._runner = None
        subprocess.run([tool("ip"), "netns", "add", self.name], check=True)
        try:
            self._settings.mkdir(parents=True)
            (self._settings / "resolv.conf").write_text("nameserver 127.0.0.1\n")
            # No run has to do with the ports that earlier ones left in TIME_WAIT.
            subprocess.run(
                [*self.within, "sh", "-ec", f"{tool('ip')} link set lo up; "
                 "cd /proc/sys/net/ipv4; echo 1024 65535 >ip_local_port_range; "
                 "echo 0 >tcp_max_tw_buckets"], check=True)
            pid_file = directory / "dnsmasq.pid"
            # --local: a name's IPv6 addresses are none, instead of asked for elsewhere.
            self._dnsmasq = start_server(
                [*self.within, tool("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null",
                 "--no-resolv", "--no-hosts", "--user=root", "--listen-address=127.0.0.1",
                 "--bind-interfaces", "--address=/test/127.0.0.1", "--local=/test/",
                 "--local-ttl=3600", f"--pid-file={pid_file}"], pid_file)
            self._runner = Runner(self.within)
            self.measure = self._runner.measure
        except BaseException:
            self.close()
            raise

    def close(self):
        if self._runner:
            self._runner.close()
        if self._dnsmasq:
            self._dnsmasq.terminate()
            self._dnsmasq.wait()
        subprocess.run([tool("ip"), "netns", "del", self.name], check=True)
        shutil.rmtree(self._settings)
