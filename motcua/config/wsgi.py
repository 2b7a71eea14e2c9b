import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
application = get_wsgi_application()
# Every page is loaded before gunicorn forks: a process that replaces a killed one answers at once, and all share the memory.
import_module("motcua.config.urls")
