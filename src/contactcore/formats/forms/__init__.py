"""Forms of the web as HTML, and what comes back from them; without any storage."""
