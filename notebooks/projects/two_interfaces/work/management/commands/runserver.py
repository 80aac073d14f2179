"""`runserver` as Django has it; with PROCESSES=4, four processes with one thread each."""

import multiprocessing
import os
import sys

from django.core.management.commands import runserver
from django.core.servers.basehttp import (
    WSGIRequestHandler,
    WSGIServer,
    get_internal_wsgi_application,
)

COUNT = int(os.environ.get("PROCESSES", 0))
# Windows cannot fork: there each process starts anew, and is handed the socket.
START = multiprocessing.get_context("spawn" if sys.platform == "win32" else "fork")


class ManyProcesses(WSGIServer):
    """Several processes accept connections from one socket; the kernel shares out the cores."""

    def serve_forever(self, *arguments, **options):
        for _ in range(COUNT - 1):
            START.Process(target=serve, args=[self.socket], daemon=True).start()
        super().serve_forever(*arguments, **options)


def serve(listener):
    """In a process of its own: serve one request after another."""
    server = WSGIServer(("127.0.0.1", 0), WSGIRequestHandler, bind_and_activate=False)
    server.socket.close()
    server.socket, server.server_address = listener, listener.getsockname()
    server.server_name, server.server_port = "localhost", server.server_address[1]
    server.setup_environ()
    server.set_app(get_internal_wsgi_application())
    server.serve_forever()


class Command(runserver.Command):
    """Django's own command, with another server when PROCESSES says so."""

    def handle(self, *arguments, **options):
        if COUNT:
            self.server_cls, options["use_threading"] = ManyProcesses, False
        super().handle(*arguments, **options)
