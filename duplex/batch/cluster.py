"""Judge many projects on a dask.distributed cluster: the same jobs, as JSON in both directions."""

import contextlib
import json
import queue
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from duplex import catalog
from duplex.batch.job import Job, unpack
from duplex.batch.judge import Judge, errors
from duplex.batch.keys import lab_key
from duplex.deadline import scaled
from duplex.errors import CourseError

CONNECT = 10.0  # seconds, scaled
AHEAD = 2  # jobs that are sent for each that can be judged at once
HINT = "start one with `dask scheduler` and `dask worker`, or leave --cluster out"
OTHER = "A machine of the cluster has another version of the course, or other packages or programs."

_idle: dict[tuple, queue.SimpleQueue] = {}  # the judges of this process that have nothing to do


class Cluster:
    """The cluster at an address such as tcp://host:8786; its machines need this very course."""

    def __init__(self, address: str, trust: bool, patience: float):
        from distributed import Client

        self.address, self.options = address, (trust, patience)
        try:
            self.client = Client(address, timeout=scaled(CONNECT), set_as_default=False)
            self.client.wait_for_workers(1, timeout=scaled(CONNECT))
        except (OSError, ValueError) as error:
            why = str(error).splitlines()[0].rstrip(".")
            sentence = f"No cluster of machines answers at {address} ({why})"
            raise CourseError(f"{sentence}; {HINT}.") from None

    def run(self, jobs: Iterable[Job], at_once: int | None = None) -> Iterator[tuple[Job, dict]]:
        """Yield each job with its result, as they come; jobs are packed when they are due."""
        from distributed import as_completed

        waiting, sent = iter(jobs), {}
        done = as_completed(loop=self.client.loop)
        while True:
            while len(sent) < (at_once or self.places()) and (job := next(waiting, None)):
                future = self._send(job)
                sent[future.key] = job
                done.add(future)
            if not sent:
                return
            future = next(done)
            job = sent.pop(future.key)
            yield job, self._result(job, future)

    def places(self) -> int:
        """Return how many projects are sent at once."""
        return AHEAD * max(1, sum(self.client.nthreads().values()))

    def _send(self, job: Job):
        name = f"{job.key}-{'-'.join(job.tasks or ())}"
        return self.client.submit(judge_packed, job.packed(), *self.options, key=name)

    def _result(self, job: Job, future) -> dict:
        """Return a result; a project over which several machines ended has none."""
        if future.cancelled():
            raise CourseError(f"The cluster at {self.address} is gone; start it, and this, again.")
        if error := future.exception():
            return errors(job, f"{type(error).__name__}: {error}")
        return json.loads(future.result())

    def stop(self) -> None:
        """Leave the cluster, and nothing of this batch there."""
        with contextlib.suppress(Exception):  # it may have gone before
            self.client.run(release, on_error="ignore")
        with contextlib.suppress(Exception):
            self.client.close(timeout=CONNECT)


def judge_packed(text: str, trust: bool, patience: float) -> str:
    """Judge a packed job on a machine of the cluster; returns the result as JSON."""
    with tempfile.TemporaryDirectory(prefix="duplex-batch-") as place, _judge(
        trust, patience
    ) as judge:  # fmt: skip
        job = unpack(text, Path(place) / "project")
        if lab_key(catalog.lab(job.lab, hidden=True), trust) != job.by:
            return json.dumps(errors(job, OTHER))
        return json.dumps(judge.judge(job))


@contextlib.contextmanager
def _judge(trust: bool, patience: float) -> Iterator[Judge]:
    """Lend a judge to one thread of this process."""
    idle = _idle.setdefault((trust, patience), queue.SimpleQueue())
    try:
        judge = idle.get_nowait()
    except queue.Empty:
        judge = Judge.with_worker(trust, patience)
    try:
        yield judge
    finally:
        idle.put(judge)


def release() -> None:
    """End the judges that have nothing to do."""
    for idle in _idle.values():
        with contextlib.suppress(queue.Empty):
            while True:
                idle.get_nowait().stop()
