"""A loopback nginx of the benchmark's own: real pages, its log, and what it counted."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
from typing import NamedTuple

CONFIG = """
daemon off;
worker_processes 1;
pid {dir}/pid;
error_log {dir}/error.log warn;
{modules}
events {{ worker_connections 16384; }}
worker_rlimit_nofile 32768;
http {{
  types {{ text/html html; text/css css; text/javascript js; image/png png; image/svg+xml svg; }}
  default_type application/octet-stream;
  charset utf-8;
  log_format bench '$status $connection $server_protocol $sent_http_content_encoding '
    '$host $uri';
  access_log {dir}/access.log bench buffer=64k flush=1s;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=20000 inactive=600s;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    {tls_listen}
    server_name _;
    root {root};
    {locations}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(command, pid_file, hint=""):
    """Starts a server that writes `pid_file` once it listens, and waits for that."""
    pid_file.unlink(missing_ok=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if pid_file.exists() and pid_file.read_text().strip():
            return process
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"{command} did not start {hint}")


class Line(NamedTuple):
    """A line of the log."""

    status: str
    connection: str
    protocol: str  # "HTTP/1.1", "HTTP/2.0"
    coding: str  # Content-Encoding, "-" without
    host: str
    path: str


class Nginx:
    """Serves `root` on a free loopback port until closed.

    `protocol` and `coding`: only pages sent by these are counted. `within` is the command
    that nginx is started by, for a network of its own.
    """

    def __init__(self, directory, root, locations="", tls=False, protocol=None, coding=None,
                 within=()):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.tls_port = free_port() if tls else None
        self.log = self.directory / "access.log"
        self.protocol, self.coding = protocol, coding
        modules = ""
        echo = pathlib.Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
        if echo.exists():
            modules = f"load_module {echo};"
        self.has_echo = echo.exists()
        tls_listen = ""
        if tls:
            self._make_certificate()
            tls_listen = (
                f"listen 127.0.0.1:{self.tls_port} ssl http2 backlog=8192;"
                f"ssl_certificate {self.directory}/cert.pem;"
                f"ssl_certificate_key {self.directory}/key.pem;"
            )
        (self.directory / "nginx.conf").write_text(
            CONFIG.format(
                dir=self.directory,
                port=self.port,
                root=root,
                locations=locations,
                modules=modules,
                tls_listen=tls_listen,
            )
        )
        self.process = start_server(
            [*within, shutil.which("nginx") or "/usr/sbin/nginx", "-c",
             str(self.directory / "nginx.conf")],
            self.directory / "pid", f"see {self.directory}/error.log")
        self._offset = 0

    def _make_certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,DNS:*.hosts.test,IP:127.0.0.1",
             "-keyout", self.directory / "key.pem", "-out", self.directory / "cert.pem"],
            check=True, stderr=subprocess.DEVNULL,
        )

    @property
    def certificate(self):
        return self.directory / "cert.pem"

    @property
    def site(self):
        return f"http://127.0.0.1:{self.port}"

    def new_lines(self):
        """The log's lines since the last call."""
        os.kill(self.process.pid, signal.SIGUSR1)  # reopens, and so flushes, its log
        time.sleep(1.2)
        with open(self.log, "rb") as log:
            log.seek(self._offset)
            data = log.read()
            self._offset += len(data)
        return [Line(*line.split(" ", 5)) for line in data.decode("latin-1").splitlines()]

    def _new_pages(self):
        return [line for line in self.new_lines()
                if line.status == "200"
                and (line.path.endswith(".html") or line.path.startswith("/p/"))
                and self.protocol in (None, line.protocol) and self.coding in (None, line.coding)]

    def count_pages(self):
        """Different pages served with status 200 since the last call."""
        return len({(line.host, line.path) for line in self._new_pages()})

    def count_connections(self):
        """Connections since the last call on which a page was served with status 200."""
        return len({line.connection for line in self._new_pages()})

    def close(self):
        self.process.terminate()
        self.process.wait()
