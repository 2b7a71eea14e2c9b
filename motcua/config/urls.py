from django.conf import settings
from django.urls import include, path

from motcua.ui.views import choose_language

urlpatterns = [
    path("ngon-ngu/", choose_language, name="set_language"),
    path("api/v1/", include("motcua.api.urls")),
    path("van-hanh/he-thong/", include("motcua.api.clients_urls")),
    path("van-hanh/webhook/", include("motcua.api.webhooks_urls")),
    path("van-hanh/", include("motcua.operation.urls")),
    path("motcua/danh-muc/", include("motcua.catalogue.editor.urls")),
    path("motcua/", include("motcua.counter.urls")),
    path("", include("motcua.accounts.urls")),
    path("", include("motcua.portal.urls")),
]
if settings.DEMONSTRATION or settings.TESTING:
    urlpatterns.insert(0, path("ui/", include("motcua.ui.urls")))
