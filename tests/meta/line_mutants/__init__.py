"""One-line mutants: each is a module of the library with one careless line, which the fast tests must catch."""
