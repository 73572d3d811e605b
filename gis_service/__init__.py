"""How it is served: Flask application, access, endpoints, web."""

__version__ = "0.1.0"
