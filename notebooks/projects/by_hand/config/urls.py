"""No pages: the applications beside this file answer by themselves."""

urlpatterns = []
