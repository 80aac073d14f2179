"""There are no pages here: only the chat is measured."""

urlpatterns = []
