"""What a browser is told with every answer, beside what Django's own middleware tells it."""

# task 8.4: by default nothing; scripts, styles, forms and connections ('self' includes WebSockets)
#   here only, and images also as data:; no <base>, and no frame of anybody around it; as it
#   stands, a script that got into the page may do anything
# stub: RULES = ["default-src * 'unsafe-inline'"]
RULES = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
]  # fmt: skip
# end 8.4


def policy(get_response):
    """Middleware: send the content security policy with every answer."""

    def answer(request):
        response = get_response(request)
        response["Content-Security-Policy"] = "; ".join(RULES)
        return response

    return answer
