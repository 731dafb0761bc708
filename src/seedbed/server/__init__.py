"""The server of live workshops: accounts and links, the HTTP side, the live side, and the built pages.

Importing this package imports no web framework; the modules do.
"""
