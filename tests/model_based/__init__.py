"""Random histories of a workspace, checked against a model of the rules and against a run without hidden contacts."""
