"""The paper's claims and values against ours."""
