"""WSGI by hand: one call for each request."""


def application(environ, start_response):
    """Say which path was asked for."""
    body = f"WSGI heard {environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n".encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
