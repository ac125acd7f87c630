"""A web application over contactcore: staff screens, a contact form, and a portal for clients."""
