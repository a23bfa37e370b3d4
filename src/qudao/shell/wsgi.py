"""The WSGI application granian serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qudao.shell.settings")

from django.core.wsgi import get_wsgi_application

from qudao.kernel import database
from qudao.shell import arriving

database.ensure_server()
application = arriving.whole(get_wsgi_application())
