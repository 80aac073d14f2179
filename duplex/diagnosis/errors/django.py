"""Exceptions that Django raises because of a student's code, and those of a start that failed."""

from duplex.diagnosis.errors import finders
from duplex.diagnosis.errors.row import Row

PAGES = "02_polling#Task 1.2 · Oldest first, a page at a time"
CURSOR = "02_polling#Task 1.1 · Read on from a cursor"
APPS = "06_django_speaks_websocket#Task 2.1 · runserver speaks ASGI"

ROWS = (
    Row(r"Cannot reorder a query once a slice has been taken",
        "Cut first, ordered later",
        "A slice ends a query: what is cut cannot be asked for in another order. Order first, and "
        "cut at last.",
        PAGES),
    Row(r"Cannot filter a query once a slice has been taken",
        "Cut first, filtered later",
        "A slice ends a query: of what is cut, no other choice can be asked for. Filter first, and "
        "cut at last.",
        PAGES),
    Row(r"Negative indexing is not supported",
        "A query is cut from its end",
        "A database counts from the first row only. Order the other way round, cut from the "
        "beginning, and turn the list about.",
        PAGES),
    Row(r"Cannot use None as a query value",
        "The query is given None",
        "What stands in the filter has no value: often a function that ends without a `return`.",
        CURSOR),
    Row(r"view (?P<name>[\w.]+) didn't return an HttpResponse object\. It returned an unawaited",
        "The view hands on a coroutine",
        "Somebody must await it: `return await …`.",
        at=finders.view),
    Row(r"view (?P<name>[\w.]+) didn't return an HttpResponse object\. "
        r"It returned (?P<what>None|an? .+?|<.+?>)(?: instead)?\.?$",
        "The view `{name}` returns {what}",
        "Each way through a view must end with `return` and a response. The way that this request "
        "took does not.",
        at=finders.view),
    Row(r"MultiValueDictKeyError: '(?P<key>[^']*)'",
        "The request has no parameter `{key}`",
        "A client may leave a parameter out, and `[…]` raises an exception then. "
        "`get(\"{key}\", …)` has a value for that.",
        CURSOR),
    Row(r"FieldError: Cannot resolve keyword '(?P<key>\w+)' into field",
        "The model has no field `{key}`",
        "A filter names a field of the model, and after two underscores how to compare: `id__gt`."),
    Row(r"(?:OperationalError|ProgrammingError): no such (?P<what>table|column): (?P<name>\S+)",
        "The database has no {what} `{name}`",
        "The models and the migrations differ: a change of a model needs a migration. "
        "`python manage.py makemigrations` writes it.",
        weak=True),
    Row(r"OperationalError: database is locked",
        "Two wanted to write into the database at the same moment",
        "SQLite lets one after the other. A transaction that begins by reading must ask for its "
        "turn to write at once: \"transaction_mode\" is one of the OPTIONS of the database.",
        "10_delivery_and_history#Task 6.2 · A number for each message",
        at=finders.setting("DATABASES"), weak=True),
    Row(r"IntegrityError: UNIQUE constraint failed: (?P<name>.+)",
        "The database has this row already",
        "Two rows may not be alike in {name}, and nobody catches the IntegrityError that says "
        "so."),
    Row(r"IntegrityError: NOT NULL constraint failed: (?P<name>.+)",
        "A row is written without a value",
        "{name} must have one."),
    Row(r"MultipleObjectsReturned: get\(\) returned more than one (?P<what>\w+)",
        "`get` finds more than one {what}",
        "`get` wants exactly one row, and what it is asked for fits several. Ask for all of what "
        "makes a row the only one."),
    Row(r"(?P<name>\w+)?DoesNotExist: ",
        "There is no such row, and nobody catches that",
        "`get` raises DoesNotExist when nothing fits. Catch it, or take `filter(…).first()`, which "
        "is None then."),
    Row(r"No module named '(?P<name>[\w.]+)'",
        "A comma is missing: there is no module `{name}`",
        "Two texts that only a blank or a line's end parts are one text to Python. Put a comma "
        "after each of them.",
        APPS, only=finders.joined),
    Row(r"No module named '(?P<name>[\w.]+)'",
        "There is no module `{name}`",
        "The name is spelt differently: small and capital letters count, and an app is named as it "
        "is imported.",
        APPS, only=finders.constant),
    Row(r"No module named '(?P<name>[\w.]+)'",
        "There is no module `{name}`",
        "The name is spelt differently, or the file lies elsewhere."),
    Row(r"AppRegistryNotReady|Apps aren't loaded yet",
        "Something asks for models before Django is ready",
        "`get_asgi_application()` loads the apps; what imports models must be imported after it.",
        "06_django_speaks_websocket#3 · One application for each protocol"),
)  # fmt: skip
