"""What the paper prints, and the audit of it. Nothing here is measured."""
