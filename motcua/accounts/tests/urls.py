"""The pages of accounts beside a page of a citizen and some of the counter, so that its tests need no other app."""

from django.http import HttpResponse
from django.urls import include, path

from motcua.accounts.permissions import Can, requires, requires_account
from motcua.accounts.sessions import unattended
from motcua.ui.views import choose_language


@requires_account
def mine(request):
    return HttpResponse(f"của {request.user.full_name}")


@requires(Can.RECEIVE)
def desk(request):
    return HttpResponse(f"quầy của {request.user.full_name}")


@requires(Can.APPROVE)
def signing(request):
    return HttpResponse("chờ ký")


urlpatterns = [
    path("ngon-ngu/", choose_language, name="set_language"),
    path("", include("motcua.accounts.urls")),
    path("cua-toi/", mine),
    path("motcua/", desk),
    path("motcua/co-mat/", unattended(desk)),
    path("motcua/cho-ky/", signing),
]
