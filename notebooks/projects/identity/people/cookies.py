"""What a browser is told about the session's cookie."""


class ChosenSameSite:
    """Lets `?samesite=Strict` choose what usually SESSION_COOKIE_SAMESITE says (Lax)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "samesite" in request.GET and "sessionid" in response.cookies:
            cookie = response.cookies["sessionid"]
            cookie["samesite"] = request.GET["samesite"]
            cookie["secure"] = request.is_secure()
        return response
