"""What an answer tells about itself: where it was made, and when."""

import os
import threading
import time


class Report(dict):
    """`with Report() as report:` notes the process, the thread, and the moments of the work."""

    def __enter__(self):
        self["process"] = os.getpid()
        self["thread"] = threading.current_thread().name
        self["began"] = time.perf_counter()
        return self

    def __exit__(self, *_):
        self["ended"] = time.perf_counter()
