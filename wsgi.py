"""The application, for gunicorn and the flask command."""

from api import create_app

app = create_app()
