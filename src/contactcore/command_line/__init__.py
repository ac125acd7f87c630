"""The commands of the command line. `contactcore.__main__` runs them and opens the storages."""
