"""A middleware that looks at the scope as it passes by."""


class Station:
    """Notes, under its name, which keys the scope has here; then passes the connection on."""

    def __init__(self, name, inner):
        self.name, self.inner = name, inner

    async def __call__(self, scope, receive, send):
        passed = [*scope.get("stations", []), [self.name, sorted(scope)]]
        return await self.inner(dict(scope, stations=passed), receive, send)
