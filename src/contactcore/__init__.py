"""People and companies done right: entities, rules and storage for every business application."""
