"""The application, for gunicorn and the flask command; what keeps it from starting is said in one line."""

import sys

from api import create_app
from api.errors import SourcebookError

try:
    app = create_app()
except SourcebookError as error:
    sys.exit(f"sourcebook: {error}")
