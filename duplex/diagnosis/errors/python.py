"""Exceptions of Python itself, the special ones first."""

from duplex.diagnosis.errors import finders
from duplex.diagnosis.errors.row import Row

TEXT = "07_consumers#5 · Text, binary, JSON"
AWAITING = "07_consumers#3 · Synchronous and asynchronous consumers"

ROWS = (
    Row(r"(?P<kind>SyntaxError|IndentationError|TabError): (?P<what>.+)",
        "Python cannot read the file: {what}",
        "Nothing of the project runs until it can. Look at this line, and at the end of the one "
        "before."),
    Row(r"NameError: name '(?P<name>asyncio|base64|collections|contextlib|datetime|hashlib|json|"
        r"logging|math|os|re|secrets|sys|time|uuid)' is not defined",
        "`{name}` is not imported",
        "Write `import {name}` at the file's beginning."),
    Row(r"NameError: name 'self' is not defined",
        "There is no `self` here",
        "`self` is a method's first argument. A plain function has none: it works with what it is "
        "given, and a method must have `self` in its definition."),
    Row(r"NameError: name '(?P<name>\w+)' is not defined",
        "There is no `{name}` here",
        "The name is spelt differently, is not imported, or is a method's own: what belongs to an "
        "object is reached through it, `self.{name}`."),
    Row(r"UnboundLocalError: cannot access local variable '(?P<name>\w+)'",
        "`{name}` is a local variable of this function",
        "A name that a function gives a value to, with `=`, is its own in all of its lines, and "
        "has no value yet here. Change the object that the file knows, by one of its methods, and "
        "do not name a new one.",
        only=finders.in_module),
    Row(r"UnboundLocalError: cannot access local variable '(?P<name>\w+)'",
        "`{name}` has no value on this way",
        "The line that gives it one was not reached or raised an exception. After an `except` that "
        "answers, a `return` is needed, or else the function goes on."),
    Row(r"Object of type coroutine is not JSON serializable",
        "A coroutine is put into JSON",
        "Nobody has awaited it: write `await` before the call that makes it.",
        AWAITING),
    Row(r"Object of type (?P<what>\w+) is not JSON serializable",
        "`{what}` is returned, and not raised",
        "An exception that is returned is an object like others, and here it lands in JSON. Write "
        "`raise`.",
        only=finders.returned),
    Row(r"Object of type (?P<what>\w+) is not JSON serializable",
        "An exception is put into JSON",
        "JSON knows texts, numbers, true, false, null, lists and objects, but no {what}. Its words "
        "are `str(error)`.",
        TEXT, only=finders.exception),
    Row(r"Object of type (?P<what>builtin_function_or_method|function|method) is not JSON serial",
        "A function is put into JSON, and not what it returns",
        "Call it: the brackets are missing.",
        TEXT),
    Row(r"Object of type bytes is not JSON serializable",
        "Bytes are put into JSON",
        "JSON is text. `decode()` makes text of bytes.",
        TEXT),
    Row(r"Object of type (?P<what>\w+) is not JSON serializable",
        "A {what} is put into JSON",
        "JSON knows texts, numbers, true, false, null, lists and objects. Make one of these of "
        "it.",
        TEXT),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) takes (?P<takes>\d+|from \d+ to \d+) positional "
        r"arguments? but (?P<given>\d+) (?:was|were) given",
        "`{name}` takes {takes} and is given {given}",
        "The object itself, `self`, counts. Who calls the function gives it more than its "
        "definition has room for; Channels gives `disconnect` a code and a handler its event.",
        only=finders.definition),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) missing \d+ required (?:positional|keyword-only) "
        r"arguments?: (?P<key>.+)",
        "`{name}` is called without {key}",
        "Compare the call with the definition. `self` counts: in a class it comes first.",
        at=finders.definition),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<key>\w+)'",
        "`{name}` has no argument `{key}`",
        "Who calls it names this argument, so its definition must have one of the very name: "
        "Channels calls `receive` with `text_data=` or `bytes_data=`.",
        only=finders.definition),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<key>\w+)'",
        "`{name}` has no argument `{key}`",
        "The argument has another name; the notebook has the call."),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) got multiple values for argument '(?P<key>\w+)'",
        "`{name}` is given `{key}` twice",
        "Once by its place, once by its name. In a class the first argument of a method is the "
        "object itself, `self`: does the definition have it?",
        at=finders.definition),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) takes .+ given",
        "`{name}` is given more than it takes",
        "Compare the call with what the function is defined with."),
    Row(r"TypeError: (?P<name>[\w.]+)\(\) argument must be (?P<what>.+), not '(?P<key>\w+)'",
        "`{name}` cannot read a {key}",
        "It wants {what}, and a client may send anything. Look what came before you use it."),
    Row(r"'coroutine' object (?:has no attribute|is not|does not)",
        "A coroutine is used as if it were the result",
        "Nobody has awaited it: write `await` before the call that makes it.",
        AWAITING),
    Row(r"argument of type 'coroutine'|cannot unpack non-iterable coroutine",
        "A coroutine is used as if it were the result",
        "Nobody has awaited it: write `await` before the call that makes it.",
        AWAITING),
    Row(r"cannot unpack non-iterable (?P<what>\w+)(?: object)?",
        "Several values are wanted, and one came: a {what}",
        "Between the names on the left stand commas, so the function must return as many values, "
        "with commas as well, on each of its ways."),
    Row(r"not enough values to unpack|too many values to unpack",
        "On the left stand more or fewer names than values came",
        "Who returns several values, and who takes them, must agree on how many."),
    Row(r"AttributeError: 'tuple' object has no attribute '(?P<key>\w+)'",
        "A tuple has no `{key}`",
        "Several values came at once. Give each a name of its own: `message, new = …`."),
    Row(r"AttributeError: 'QuerySet' object has no attribute '(?P<key>\w+)'",
        "A query has no `{key}`; a row has",
        "`filter` returns all rows that fit, even if there is only one. `get(…)` or "
        "`filter(…).first()` returns a row."),
    Row(r"AttributeError: 'NoneType' object has no attribute '(?P<key>\w+)'",
        "Something is None that should have `{key}`",
        "Either a function ends without a `return`, or nothing was found and nobody looked. What "
        "stands before `.{key}` is None."),
    Row(r"AttributeError: '(?P<what>dict|list|str|int|float|bool)' object has no attribute "
        r"'(?P<key>get|strip|items|keys|lower|encode|append)'",
        "A {what} came where another kind was expected",
        "A client may send any JSON: a list, a number, null. Look with `isinstance` what came "
        "before you use it."),
    Row(r"AttributeError: module '(?P<name>[\w.]+)' has no attribute '(?P<key>\w+)'",
        "`{name}` has no `{key}`",
        "It is spelt differently in that file, or not written there yet."),
    Row(r"AttributeError: '(?P<what>\w+)' object has no attribute '(?P<key>\w+)'",
        "{what} has no `{key}`",
        "The name is spelt differently, belongs to something else, or gets its value only later: "
        "what `self.{key} = …` sets on one way is missing on the others."),
    Row(r"AttributeError: type object '(?P<what>\w+)' has no attribute '(?P<key>\w+)'",
        "{what} has no `{key}`",
        "The name is spelt differently, or belongs to something else."),
    Row(r"ImportError: cannot import name '(?P<key>\w+)' from '(?P<name>[\w.]+)'",
        "`{name}` has no `{key}`",
        "It is spelt differently in that file, is not written there yet, or the two files import "
        "each other."),
    Row(r"KeyError: '(?P<key>[^']*)'",
        "The environment has no variable `{key}`",
        "`os.environ[…]` raises KeyError for one that is not set. `os.environ.get(…)` gives None "
        "or another value instead.",
        code=r"\benviron\["),
    Row(r"KeyError: '?(?P<key>[^']*)'?$",
        "There is no key `{key}`, and nobody looked",
        "`[…]` raises KeyError for a key that is missing, and a client may leave out anything. "
        "`get` gives None instead; see then what came."),
    Row(r"RecursionError",
        "A function calls itself without end, or what is read is nested too deeply",
        "Python raises RecursionError then, which is no ValueError, and nobody catches it."),
    Row(r"(?P<kind>JSONDecodeError): (?P<what>.+)",
        "What is read is no JSON, and nobody catches that",
        "`json.loads` raises {kind}, a ValueError, for a text that is no JSON; and a client may "
        "send any text.",
        TEXT),
    Row(r"UnicodeEncodeError: .*surrogates not allowed",
        "A text has half of a pair of surrogates in it",
        "JSON can say one half, \"\\ud83c\"; UTF-8 cannot. Refuse such a text where it comes in."),
    Row(r"UnicodeDecodeError",
        "Bytes are read as text that are none",
        "Not all bytes are UTF-8, and `decode` raises UnicodeDecodeError then.",
        TEXT),
    Row(r"Strings must be encoded before hashing",
        "A hash is of bytes, and this is text",
        "`encode()` makes bytes of a text: `hashlib.sha256(room.encode())`.",
        "08_groups_and_layers#Task 4.2 · A valid group name"),
    Row(r"can only concatenate .*\"(?:builtin_function_or_method|function|method)\"",
        "A function is used in place of what it returns",
        "Call it: the brackets are missing."),
    Row(r"can only concatenate (?P<what>\w+) \(not \"(?P<key>\w+)\"\) to (?P=what)",
        "A {what} and {key} are added",
        "Both must be of one kind. Bytes become text by `decode()` or `hex()`, numbers by "
        "`str()`."),
    Row(r"ValueError: invalid literal for int\(\) with base (?P<base>\d+): (?P<what>.+)",
        "`int` is given a text that is no number",
        "It raises ValueError for {what}, and a client may send any text. Check first, or catch "
        "the exception and refuse."),
    Row(r"unhashable type: '(?P<what>\w+)'",
        "A {what} is looked up in a set or dict",
        "What changes cannot be a key, and a client may send any JSON. Look with `isinstance` what "
        "came before you look it up."),
    Row(r"'(?P<op>[<>]=?)' not supported between instances of '(?P<what>\w+)' and '(?P<key>\w+)'",
        "`{op}` cannot compare a {what} with a {key}",
        "In Python these two have no order. In a query, the comparison is a part of the "
        "argument's name: `filter(id__gt=…)`."),
    Row(r"argument after \*\* must be a mapping, not (?P<what>\w+)",
        "`{what}` is returned, and not raised",
        "An exception that is returned is an object like others, and its caller goes on with it. "
        "Write `raise`.",
        only=finders.returned),
    Row(r"'module' object is not \w+|argument of type 'module'|object of type 'module' has no",
        "A module is used in place of what stands in it",
        "A file that is imported whole is a module. Name what you want of it, after a dot: "
        "`members.members`."),
    Row(r"'(?P<what>\w+)' object is not callable",
        "A {what} is called as if it were a function",
        "The brackets after it are too much, or a name now means something else."),
    Row(r"'NoneType' object is not (?P<what>subscriptable|iterable)",
        "Something is None that should have a value",
        "Either a function ends without a `return`, or nothing was found and nobody looked."),
    Row(r"'(?:builtin_function_or_method|function|method|type)' object does not support the "
        r"(?:asynchronous )?context manager",
        "`with` is given a function, and not what it returns",
        "Call it: the brackets are missing."),
    Row(r"object of type '(?!NoneType|module)(?P<what>\w+)' has no len\(\)",
        "A {what} came where a text or a list was expected",
        "`len` counts the parts of a text, a list or a dict. Look what the function wants, and "
        "what of the {what} you mean."),
    Row(r"expected string or bytes-like object, got '(?P<what>\w+)'",
        "A {what} is searched as if it were a text",
        "A regular expression fits a text. Of a list, take the one that you mean: `values[-1]`."),
    Row(r"string indices must be integers",
        "A text is asked for a key",
        "What stands before `[…]` is a text, where a dict was expected: look what was given to the "
        "function."),
    Row(r"'(?:builtin_function_or_method|function|method)' object is not \w+",
        "A function is used in place of what it returns",
        "Call it: the brackets are missing."),
    Row(r"^(?P<kind>\w+)(?:: (?P<what>.*))?$",
        "Your own `raise` of {kind} is caught by nobody",
        "Who catches exceptions here waits for another class. Raise the one that is caught, or "
        "catch this one and answer.",
        only=finders.raise_line),
)  # fmt: skip
