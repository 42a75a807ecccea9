"""Programs that look for faults by trying many inputs; README.md says how they are run."""
