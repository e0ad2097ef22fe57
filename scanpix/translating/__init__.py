"""The words of the portal in other languages: found in the code, kept in ``locale/``, made ready for the start.

``python -m scanpix.translating renew`` and ``compile``; neither needs GNU gettext on the machine.
"""
