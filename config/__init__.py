"""Settings, URLs, Celery and the embedded servers. Wires everything together; nobody imports it."""
