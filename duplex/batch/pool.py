"""Judge many projects at once on this computer."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator

from duplex.batch.job import Job
from duplex.batch.judge import Judge
from duplex.deadline import scaled

ENDED = object()


class Pool:
    """So many judges, each in a thread of its own, with a process that grades."""

    def __init__(self, make: Callable[[], Judge], size: int):
        self.judges = [make() for _ in range(size)]
        self.threads: list[threading.Thread] = []

    def run(self, jobs: Iterable[Job], at_once: int | None = None) -> Iterator[tuple[Job, dict]]:
        """Yield each job with its result, as they come; jobs are taken one by one when due."""
        done, turn, waiting = queue.Queue(), threading.Lock(), iter(jobs)
        threads = [threading.Thread(target=self._work, args=(judge, waiting, turn, done))
                   for judge in self.judges[:at_once]]  # fmt: skip
        for thread in threads:
            thread.daemon = True
            thread.start()
        self.threads, ended = threads, 0
        while ended < len(threads):
            what = done.get()
            if isinstance(what, BaseException):
                self.stop()
                raise what
            if what is ENDED:
                ended += 1
            else:
                yield what

    def _work(self, judge: Judge, waiting: Iterator[Job], turn, done: queue.Queue) -> None:
        try:
            while not judge.stopped:
                with turn:
                    job = next(waiting, None)
                if job is None:
                    break
                told = judge.judge(job)
                if not judge.stopped:
                    done.put((job, told))
            done.put(ENDED)
        except BaseException as error:
            done.put(error)

    def stop(self) -> None:
        """End all processes, also in the middle of a project."""
        for judge in self.judges:
            judge.ask_to_end()
        for judge in self.judges:
            judge.stop()
        for thread in self.threads:  # one may just be unpacking, into a folder that is to go
            thread.join(scaled(10))
