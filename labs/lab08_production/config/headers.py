"""What a browser is told with every answer, beside what Django's own middleware tells it."""

# TODO task 8.4: by default nothing; scripts, styles, forms and connections ('self' includes WebSockets)
#   here only, and images also as data:; no <base>, and no frame of anybody around it; as it
#   stands, a script that got into the page may do anything
RULES = ["default-src * 'unsafe-inline'"]


def policy(get_response):
    """Middleware: send the content security policy with every answer."""

    def answer(request):
        response = get_response(request)
        response["Content-Security-Policy"] = "; ".join(RULES)
        return response

    return answer
