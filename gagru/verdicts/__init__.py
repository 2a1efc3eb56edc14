"""The paper's claims and figures against ours."""
