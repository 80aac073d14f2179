"""The same work twice: in plain views, and in asynchronous ones."""

import asyncio
import time

from django.db.models import F, Func, TextField, Value
from django.http import HttpResponse, JsonResponse

from work.models import Note
from work.report import Report

LONG = 60  # seconds that an idle request is held
held = []  # the requests that were held so far


def hello(request):
    """Do nothing but answer."""
    return HttpResponse("hello\n", content_type="text/plain")


async def hello_async(request):
    """Do nothing but answer."""
    return HttpResponse("hello\n", content_type="text/plain")


def burn(pieces):
    """Compute in `pieces`, each the same work; return the moment after each."""
    moments = [time.perf_counter()]
    for _ in range(pieces):
        sum(number * number for number in range(5000))
        moments.append(time.perf_counter())
    return moments


def compute(request):
    """Keep the processor busy."""
    with Report() as report:
        report["moments"] = burn(int(request.GET["pieces"]))
    return JsonResponse(report)


async def compute_async(request):
    """Keep the processor busy."""
    with Report() as report:
        report["moments"] = burn(int(request.GET["pieces"]))
    return JsonResponse(report)


def ask_service(request):
    """Wait for another computer's answer, and let this thread wait."""
    with Report() as report:
        time.sleep(float(request.GET["seconds"]))
    return JsonResponse(report)


async def ask_service_async(request):
    """Wait for another computer's answer, and let the event loop go on."""
    with Report() as report:
        await asyncio.sleep(float(request.GET["seconds"]))
    return JsonResponse(report)


def slow_notes(seconds):
    """A query that takes its time; `where` is the thread in which the database was asked."""
    pause = Func(Value(seconds), function="pause", output_field=TextField())
    return Note.objects.annotate(where=pause).values("text", where=F("where"))


def ask_database(request):
    """Ask a slow database."""
    with Report() as report:
        report["query"] = slow_notes(float(request.GET["seconds"])).get()["where"]
    return JsonResponse(report)


async def ask_database_async(request):
    """Ask a slow database, with the method whose name begins with a."""
    with Report() as report:
        report["query"] = (await slow_notes(float(request.GET["seconds"])).aget())["where"]
    return JsonResponse(report)


async def ask_database_wrongly(request):
    """Ask the database from asynchronous code, as plain code would."""
    return JsonResponse({"notes": Note.objects.count()})


def hold(request):
    """Hold the request, as a long poll does when there is no news."""
    held.append(request)
    time.sleep(LONG)
    return HttpResponse("no news\n", content_type="text/plain")


async def hold_async(request):
    """Hold the request, as a long poll does when there is no news."""
    held.append(request)
    await asyncio.sleep(LONG)
    return HttpResponse("no news\n", content_type="text/plain")


def count_held(request):
    """Count the requests that this process has held so far."""
    return JsonResponse({"held": len(held)})
