"""Pictures that say how they were made, shown: a page for the browser, a contact sheet, a live page."""
