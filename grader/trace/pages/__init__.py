"""The pages that a label's code opens: static, in Chinese and English, and able to check themselves in the browser."""

from grader.trace.pages.site import forwarding, index_page, unknown_page
from grader.trace.pages.tray_page import Disclosed, Entry, Named, TrayPage, standing
from grader.trace.pages.writing import write_page

__all__ = [
    "Disclosed",
    "Entry",
    "Named",
    "TrayPage",
    "forwarding",
    "index_page",
    "standing",
    "unknown_page",
    "write_page",
]
